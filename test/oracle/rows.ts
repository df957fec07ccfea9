/** Rows become calls, and names become objects, in recorded order, before any simulation (R2.1 to R2.36). */
import { NO_ID } from "../../src/abi/columns.js";
import { FEATURE_NAMES, type Feature } from "../../src/abi/features.js";
import type { Verb } from "../../src/abi/verbs.js";
import { control } from "./control.js";
import { poll, postReceives, postSends } from "./device/datapath.js";
import type { Cq, Created, Mr, Qp, RecvWr, SendWr, Srq } from "./objects.js";
import { connect } from "./pairs.js";
import type { Testbed } from "./testbed.js";

export interface VerbsRowLike {
  t: bigint;
  dur: number;
  node: number;
  tid: number;
  call: number;
  verb: string;
  ctx: number;
  pd: number;
  qp: number;
  cq: number;
  rcq: number;
  srq: number;
  mr: number;
  lkey: number;
  rkey: number;
  peer_qp: number;
  wr_id: bigint;
  opcode: string;
  flags: number;
  length: number;
  num_sge: number;
  sge: { addr: bigint; length: number; lkey: number }[];
  remote_addr: bigint;
  imm: number;
  status: number;
  addr: bigint;
  size: bigint;
  access: number;
  runs: { page: bigint; frame: bigint; count: number }[];
  cqe: number;
  cap_send_wr: number;
  cap_recv_wr: number;
  cap_send_sge: number;
  cap_recv_sge: number;
  cap_inline: number;
  qp_type: number;
  qp_state: number;
  attr_mask: number;
  path_mtu: number;
  max_rd_atomic: number;
  rq_psn: number;
  sq_psn: number;
  await_writes: number;
  devices: number;
}

export type Features = Record<Feature, bigint>;

/**
 * One successful completion of a poll_cq call: of a send WR, or of the k-th
 * message of a QP. `mtu` is that of the QP before this row; `injected`: its message was (R4.6.4, R4.6.7).
 */
export type PolledCqe = {
  row: number;
  qp: Qp;
  opcode: string;
  length: number;
  mtu: number;
  injected?: boolean;
} & ({ send: SendWr; receive?: never } | { receive: number; send?: never });

export interface Call {
  verb: Verb;
  node: number;
  tid: number;
  row: number;
  rows: VerbsRowLike[];
  think: bigint;
  features: Features;
  ok: boolean;
  awaitWrites: { qp: Qp; count: number }[];
  awaitPolled?: { qp: Qp; count: number };
  awaitReady: Created[];
  sends: SendWr[];
  receives: RecvWr[];
  queue?: Qp["queue"];
  polled: PolledCqe[];
  cq?: Cq;
  eventIndex?: number;
  /** the first completion polled behind a get_cq_event, and the path_mtu of its QP at the event's row (R4.6.7) */
  wakes?: { cqe: PolledCqe; mtu: number };
  armNumber?: number;
  creates?: Created;
}

export interface ThreadCalls {
  node: number;
  tid: number;
  calls: Call[];
}

/** Posts beyond what a create call asked for (R2.43). */
export interface OverAsked {
  capacity: number;
  inline: number;
}

/** What is known of one node while its rows are read. Keys are `ctx/id`. */
export interface NodeObjects {
  node: number;
  cqs: Map<string, Cq>;
  qps: Map<string, Qp>;
  srqs: Map<string, Srq>;
  mrs: Map<string, Mr>;
  rkeys: Map<string, Mr[]>;
  created: Qp[];
  records: Map<string, number>;
  eventCounts: Map<Cq, number>;
  /** the last get_cq_event of a CQ, until a completion is polled behind it */
  sleepers: Map<Cq, Call>;
  over: OverAsked;
  testbed: Testbed;
  next: { cq: number; mr: number };
}
export interface Resolved {
  threads: ThreadCalls[];
  nodes: NodeObjects[];
  counts: { total: number; replayed: number; spin: number; refused: number };
  over: OverAsked;
}

/** What `dur` holds of a call that took longer (R3.6). */
const SATURATED = 4294967295;

const POSTS = ["post_send", "post_recv", "post_srq_recv"];

/** Consecutive rows of one thread with one `call` value (R2.1, R2.3). */
function group(rows: VerbsRowLike[]): { calls: Call[]; threads: Map<string, Call[]> } {
  const calls: Call[] = [];
  const threads = new Map<string, Call[]>();
  rows.forEach((r, i) => {
    const key = `${r.node}/${r.tid}`;
    let mine = threads.get(key);
    if (!mine) threads.set(key, (mine = []));
    const last = mine.at(-1);
    if (last && last.rows[0]!.call === r.call) {
      if (last.verb !== r.verb)
        throw new Error(`row ${i}: call ${r.call} is both ${last.verb} and ${r.verb}`);
      last.rows.push(r);
      return;
    }
    const call: Call = {
      verb: r.verb as Verb,
      node: r.node,
      tid: r.tid,
      row: i,
      rows: [r],
      think: 0n,
      ok: r.status === 0,
      features: Object.fromEntries(FEATURE_NAMES.map((f) => [f, 0n])) as Features,
      awaitWrites: [],
      awaitReady: [],
      sends: [],
      receives: [],
      polled: [],
    };
    mine.push(call);
    calls.push(call);
  });
  return { calls, threads };
}

/** The gaps between calls, without spin, which is dropped together with its time (R3.6). */
function think(calls: Call[]): Call[] {
  let previous: VerbsRowLike | undefined;
  let gap = 0n;
  const kept: Call[] = [];
  for (const call of calls) {
    const first = call.rows[0]!;
    if (previous && previous.t !== 0n && first.t !== 0n && previous.dur !== SATURATED) {
      const between = first.t - (previous.t + BigInt(previous.dur));
      if (between > 0n) gap += between;
    }
    previous = first;
    if (call.verb === "poll_cq_empty") continue;
    call.think = gap * 1000n;
    gap = 0n;
    kept.push(call);
  }
  return kept;
}

/** All calls, with their objects (R2.3, R2.22). */
export function resolve(rows: VerbsRowLike[], testbed: Testbed): Resolved {
  const { calls, threads } = group(rows);
  const spin = rows.filter((r) => r.verb === "poll_cq_empty").length;
  const refused = rows.filter((r) => POSTS.includes(r.verb) && r.status !== 0).length;
  const out: Resolved = {
    threads: [],
    nodes: [],
    counts: { total: rows.length, replayed: rows.length - spin - refused, spin, refused },
    over: { capacity: 0, inline: 0 },
  };
  for (const [key, list] of threads) {
    const [node, tid] = key.split("/").map(Number) as [number, number];
    out.threads.push({ node, tid, calls: think(list) });
  }
  out.threads.sort((a, b) => a.node - b.node || a.tid - b.tid);
  const nodeCount = rows.reduce((n, r) => Math.max(n, r.node + 1), 0);
  for (let node = 0; node < nodeCount; node++) {
    out.nodes.push({
      node,
      cqs: new Map(),
      qps: new Map(),
      srqs: new Map(),
      mrs: new Map(),
      rkeys: new Map(),
      created: [],
      records: new Map(),
      eventCounts: new Map(),
      sleepers: new Map(),
      over: out.over,
      testbed,
      next: { cq: 0, mr: 0 },
    });
  }
  for (const objects of out.nodes)
    for (const call of calls) if (call.node === objects.node) resolveCall(objects, call);
  connect(
    out.nodes,
    calls.flatMap((c) => c.sends),
  );
  return out;
}

/** What a call names (R2.37, R3.19). */
function resolveCall(objects: NodeObjects, call: Call): void {
  const f = call.features;
  for (const r of call.rows) {
    if (r.await_writes > 0)
      call.awaitWrites.push({ qp: named(objects.qps, call, "QP", r.ctx, r.qp), count: r.await_writes });
  }
  switch (call.verb) {
    case "post_send":
      postSends(objects, call);
      break;
    case "post_recv":
    case "post_srq_recv":
      postReceives(objects, call);
      break;
    case "poll_cq":
      poll(objects, call);
      break;
    case "req_notify_cq":
    case "get_cq_event": {
      const r = call.rows[0]!;
      if (r.cq === NO_ID && !call.ok) break;
      const cq = named(objects.cqs, call, "CQ", r.ctx, r.cq);
      call.cq = cq;
      awaitCreation(call, cq);
      if (call.verb === "get_cq_event" && call.ok) {
        const k = objects.eventCounts.get(cq) ?? 0;
        objects.eventCounts.set(cq, k + 1);
        call.eventIndex = k;
        objects.sleepers.set(cq, call);
      }
      break;
    }
    case "get_device_list":
      f.devices = BigInt(call.rows[0]!.devices);
      break;
    default:
      control(objects, call);
  }
}

/** The object of that name (R2.2). */
export function named<T>(map: Map<string, T>, call: Call, what: string, ctx: number, id: number): T {
  const object = map.get(`${ctx}/${id}`);
  if (object === undefined)
    throw new Error(`row ${call.row}: ${call.verb} names ${what} ${id}, which nobody created`);
  return object;
}

/** Await (c) (R2.39). */
export function awaitCreation(call: Call, object: Created): void {
  if (object.creator !== `${call.node}/${call.tid}`) call.awaitReady.push(object);
}
