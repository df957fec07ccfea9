/**
 * Random valid traces, reproducible from a seed. The recorded order is that of a
 * simple untimed execution: a message is sent only when a receive
 * for it has been posted, arrives at once, and its completions wait in their CQs until a thread polls them.
 */
import type { VerbsRowLike } from "../../oracle/rows.js";
import { postReceives, postSends, sendUnmatched } from "./actions.js";
import { pollSome, waitForEvent } from "./completions.js";
import { emptyPolls, regMr, someControl } from "./controls.js";
import { connect } from "./qps.js";
import { ownStream, Random } from "./rng.js";
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
  /** the QP that modify_qp names, and the PSNs that it sets */
  peerNumber: number;
  rqPsn: number;
  sqPsn: number;
  /** by R2.41; not of a UD QP, each of whose sends names another */
  peer?: SimQp;
  poster?: SimThread;
  solicitedAll: boolean;
  sigAll: boolean;
  maxSge: number;
  inline: number;
  writesIn: number;
  wrId: bigint;
  /** wr_ids count up, or repeat after so many */
  wrIds?: bigint;
  /** of the last sends */
  recent: bigint[];
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

export function contextOf(node: number): number {
  return node === 1 ? 3 : 0;
}

export class Trace {
  readonly rows: VerbsRowLike[] = [];
  readonly random: Random;
  /** a stream of its own for what came later, so that it moves little of what was drawn before */
  readonly rare: Random;
  /** UD QPs, by whose numbers sends go (R2.23) */
  readonly ud: SimQp[] = [];
  readonly timed: boolean;
  large: number;
  private time = 1_000_000n;

  readonly nodes: SimNode[];

  constructor(random: Random, rare: Random, nodes: SimNode[]) {
    this.random = random;
    this.rare = rare;
    this.nodes = nodes;
    this.timed = random.chance(0.8);
    this.large = random.chance(0.15) ? 1 : 0;
  }

  /** Emit one call of a thread. */
  call(thread: SimThread, rows: (Partial<VerbsRowLike> & { verb: string })[]): void {
    let dur = this.random.magnitude(5000);
    this.time += BigInt(this.random.chance(0.3) ? this.random.magnitude(20000) : this.random.int(0, 50));
    const t = this.timed ? this.time : 0n;
    this.time += BigInt(this.random.int(0, dur));
    if (this.rare.chance(0.01)) {
      dur = 0xffffffff;
      this.time += BigInt(this.rare.int(0, 9_000_000_000));
    }
    for (const r of rows)
      this.rows.push(
        row({
          t,
          dur: this.timed ? dur : 0,
          node: thread.node,
          tid: thread.tid,
          call: thread.call,
          ctx: contextOf(thread.node),
          ...r,
        }),
      );
    thread.call += 1;
  }
}

export function randomTrace(seed: number, size: number): VerbsRowLike[] {
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
  const trace = new Trace(random, ownStream(seed, "rare"), nodes);
  for (const node of nodes) setUp(trace, node);
  connect(trace, nodes);
  for (let idle = 0; trace.rows.length < size && idle < 1000; ) {
    const before = trace.rows.length;
    act(trace, nodes);
    idle = trace.rows.length > before ? 0 : idle + 1;
  }
  if (random.chance(0.7))
    for (const node of nodes)
      for (const cq of node.cqs)
        while (cq.queue.length > 0) pollSome(trace, node, cq.poller ?? node.threads[0]!, cq);
  for (const node of nodes) for (const qp of node.qps) sendUnmatched(trace, qp);
  for (const node of nodes) {
    if (!random.chance(0.5)) continue;
    const main = node.threads[0]!;
    for (const qp of node.qps)
      if (random.chance(0.5)) trace.call(main, [{ verb: "destroy_qp", qp: qp.number }]);
    for (const mr of node.mrs)
      if (random.chance(0.5))
        trace.call(main, [{ verb: "dereg_mr", mr: mr.handle, lkey: mr.lkey, size: BigInt(mr.size) }]);
  }
  return trace.rows;
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
  else if (what < 92) waitForEvent(trace, node, cq);
  else if (what < 95) emptyPolls(trace, cq.poller ?? thread, cq);
  else someControl(trace, node, thread);
}
