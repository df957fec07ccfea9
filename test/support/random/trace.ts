/**
 * Random valid traces, reproducible from a seed. The recorded order is that of a
 * simple untimed execution: a message is sent only when a receive
 * for it has been posted, arrives at once, and its completions wait in their CQs until a thread polls them.
 */
import { NO_ID } from "../../../src/abi/columns.js";
import type { VerbsRowLike } from "../../oracle/rows.js";
import { pollSome, postReceives, postSends, waitForEvent } from "./actions.js";
import { emptyPolls, regMr, someControl } from "./controls.js";
import { Random } from "./rng.js";
import { row } from "./row.js";

export interface SimMr {
  lkey: number;
  rkey: number;
  handle: number;
  addr: bigint;
  size: number;
}
/** `silent`: no event may be expected of it (a message that its poll injects). */
export interface SimCqe {
  qp: SimQp;
  row: Partial<VerbsRowLike>;
  solicited: boolean;
  silent: boolean;
  receive: boolean;
}
export interface SimCq {
  id: number;
  node: number;
  poller?: SimThread;
  queue: SimCqe[];
  armed?: { solicitedOnly: boolean; events: number };
}
export interface SimQueue {
  free: number;
  fixed: boolean;
}
export interface SimQp {
  number: number;
  node: number;
  type: 0 | 1 | 2;
  sendCq: SimCq;
  recvCq: SimCq;
  srq: number;
  queue: SimQueue;
  peer?: SimQp;
  poster?: SimThread;
  solicitedAll: boolean;
  sigAll: boolean;
  maxSge: number;
  inline: number;
  writesIn: number;
  wrId: bigint;
  ordinal: number;
}
export interface SimThread {
  node: number;
  tid: number;
  call: number;
}
export interface SimNode {
  id: number;
  threads: SimThread[];
  mrs: SimMr[];
  cqs: SimCq[];
  qps: SimQp[];
  srqs: { id: number; queue: SimQueue }[];
  nextKey: number;
  nextAddr: bigint;
}

export interface RandomTrace {
  rows: VerbsRowLike[];
  partners: Map<string, string>;
}

export class Trace {
  readonly rows: VerbsRowLike[] = [];
  readonly random: Random;
  readonly timed: boolean;
  large: number;
  private time = 1_000_000n;

  readonly nodes: SimNode[];

  constructor(random: Random, nodes: SimNode[]) {
    this.random = random;
    this.nodes = nodes;
    this.timed = random.chance(0.8);
    this.large = random.chance(0.15) ? 1 : 0;
  }

  /** Emit one call of a thread. */
  call(thread: SimThread, rows: (Partial<VerbsRowLike> & { verb: string })[]): void {
    const dur = this.random.magnitude(5000);
    this.time += BigInt(this.random.chance(0.3) ? this.random.magnitude(20000) : this.random.int(0, 50));
    const t = this.timed ? this.time : 0n;
    this.time += BigInt(this.random.int(0, dur));
    for (const r of rows)
      this.rows.push(
        row({
          t,
          dur: this.timed ? dur : 0,
          node: thread.node,
          tid: thread.tid,
          call: thread.call,
          ctx: thread.node === 1 ? 3 : 0,
          ...r,
        }),
      );
    thread.call += 1;
  }
}

export function randomTrace(seed: number, size: number): RandomTrace {
  const random = new Random(seed);
  const nodes = Array.from(
    { length: random.int(1, 3) },
    (_, id): SimNode => ({
      id,
      threads: Array.from({ length: random.int(1, 3) }, (_, i) => ({ node: id, tid: 100 + 7 * i, call: 0 })),
      mrs: [],
      cqs: [],
      qps: [],
      srqs: [],
      nextKey: 0x100 * (id + 1),
      nextAddr: 0x7f00_0000_0000n,
    }),
  );
  const trace = new Trace(random, nodes);
  for (const node of nodes) setUp(trace, node);
  const partners = connect(trace, nodes);
  for (let idle = 0; trace.rows.length < size && idle < 1000; ) {
    const before = trace.rows.length;
    act(trace, nodes);
    idle = trace.rows.length > before ? 0 : idle + 1;
  }
  if (random.chance(0.7))
    for (const node of nodes)
      for (const cq of node.cqs)
        while (cq.queue.length > 0) pollSome(trace, node, cq.poller ?? node.threads[0]!, cq);
  for (const node of nodes) {
    if (!random.chance(0.5)) continue;
    const main = node.threads[0]!;
    for (const qp of node.qps)
      if (random.chance(0.5)) trace.call(main, [{ verb: "destroy_qp", qp: qp.number }]);
    for (const mr of node.mrs)
      if (random.chance(0.5))
        trace.call(main, [{ verb: "dereg_mr", mr: mr.handle, lkey: mr.lkey, size: BigInt(mr.size) }]);
  }
  return { rows: trace.rows, partners };
}

function setUp(trace: Trace, node: SimNode): void {
  const { random } = trace;
  const main = node.threads[0]!;
  trace.call(main, [{ verb: "get_device_list", devices: random.int(1, 3) }]);
  trace.call(main, [{ verb: "open_device" }]);
  trace.call(main, [{ verb: "alloc_pd", pd: 1 }]);
  for (let i = random.int(1, 4); i > 0; i--) regMr(trace, node, main, random.magnitude(1 << 22));
  if (trace.large > 0) regMr(trace, node, main, 64 << 20);
  if (random.chance(0.5)) trace.call(main, [{ verb: "create_comp_channel" }]);
  for (let i = random.int(1, 3); i > 0; i--) {
    const cq: SimCq = { id: node.cqs.length + 1, node: node.id, queue: [] };
    if (random.chance(0.85)) cq.poller = random.pick(node.threads);
    node.cqs.push(cq);
    trace.call(main, [{ verb: "create_cq", cq: cq.id, cqe: random.magnitude(2000) }]);
  }
  if (random.chance(0.4)) {
    const srq = { id: 9, queue: { free: 0, fixed: true } };
    node.srqs.push(srq);
    trace.call(main, [
      { verb: "create_srq", srq: srq.id, cap_recv_wr: random.magnitude(500), cap_recv_sge: random.int(1, 3) },
    ]);
  }
}

/** Create the QPs, in pairs or alone, and bring them to RTS. */
function connect(trace: Trace, nodes: SimNode[]): Map<string, string> {
  const { random } = trace;
  const partners = new Map<string, string>();
  for (let left = random.int(1, 6); left > 0; ) {
    const type = random.pick([0, 0, 0, 1, 2] as const);
    const a = createQp(trace, random.pick(nodes), type);
    left -= 1;
    if (left > 0 && random.chance(0.8)) {
      const b = createQp(trace, random.pick(nodes), type);
      left -= 1;
      [a.peer, b.peer] = [b, a];
      partners.set(`${a.node}/${a.ordinal}`, `${b.node}/${b.ordinal}`);
      partners.set(`${b.node}/${b.ordinal}`, `${a.node}/${a.ordinal}`);
    }
  }
  for (const node of nodes) {
    for (const srq of node.srqs)
      for (let i = random.int(4, 20); i > 0; i--) postReceives(trace, node, node.threads[0]!, undefined, srq);
    for (const srq of node.srqs) srq.queue.fixed = false;
    for (const qp of node.qps) bringUp(trace, qp, node.threads[0]!);
  }
  return partners;
}

function createQp(trace: Trace, node: SimNode, type: 0 | 1 | 2): SimQp {
  const { random } = trace;
  const main = node.threads[0]!;
  const srq = random.chance(0.4) ? node.srqs[0] : undefined;
  const qp: SimQp = {
    number: 0x40 + node.qps.length,
    node: node.id,
    type,
    sendCq: random.pick(node.cqs),
    recvCq: random.pick(node.cqs),
    srq: srq?.id ?? NO_ID,
    queue: srq?.queue ?? { free: 0, fixed: false },
    solicitedAll: random.chance(0.4),
    sigAll: random.chance(0.3),
    maxSge: random.int(1, 5),
    inline: random.pick([0, 0, 28, 64, 220, 400]),
    writesIn: 0,
    wrId: BigInt(random.int(0, 1000)),
    ordinal: node.qps.length,
  };
  if (random.chance(0.85)) qp.poster = random.pick(node.threads);
  node.qps.push(qp);
  trace.call(main, [
    {
      verb: "create_qp",
      qp: qp.number,
      cq: qp.sendCq.id,
      rcq: qp.recvCq.id,
      srq: qp.srq,
      qp_type: type,
      flags: qp.sigAll ? 1 : 0,
      cap_send_wr: random.magnitude(300),
      cap_recv_wr: srq ? 0 : random.magnitude(500),
      cap_send_sge: qp.maxSge,
      cap_recv_sge: random.int(1, 4),
      cap_inline: qp.inline,
    },
  ]);
  return qp;
}

function bringUp(trace: Trace, qp: SimQp, main: SimThread): void {
  const { random } = trace;
  const mtu = random.pick([0, 256, 512, 1024, 2048, 4096]);
  trace.call(main, [
    { verb: "modify_qp", qp: qp.number, qp_state: 1, attr_mask: random.chance(0.8) ? 0x39 : 0x19 },
  ]);
  trace.call(main, [
    {
      verb: "modify_qp",
      qp: qp.number,
      qp_state: 2,
      attr_mask: 0x121181,
      path_mtu: mtu,
      peer_qp: qp.peer?.number ?? 77,
    },
  ]);
  trace.call(main, [
    {
      verb: "modify_qp",
      qp: qp.number,
      qp_state: 3,
      attr_mask: 0x12e01,
      max_rd_atomic: random.pick([0, 1, 2, 16]),
    },
  ]);
}

function act(trace: Trace, nodes: SimNode[]): void {
  const { random } = trace;
  const node = random.pick(nodes);
  const thread = random.pick(node.threads);
  const qp = node.qps.length > 0 ? random.pick(node.qps) : undefined;
  const cq = random.pick(node.cqs);
  const what = random.int(0, 99);
  if (what < 38 && qp) postSends(trace, node, qp.poster ?? thread, qp);
  else if (what < 58 && qp) {
    const srq = node.srqs.find((s) => s.id === qp.srq);
    postReceives(trace, node, thread, srq ? undefined : qp, srq);
  } else if (what < 85) pollSome(trace, node, cq.poller ?? thread, cq);
  else if (what < 92) waitForEvent(trace, cq);
  else if (what < 95) emptyPolls(trace, cq.poller ?? thread, cq);
  else someControl(trace, node, thread);
}
