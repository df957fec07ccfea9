/** Rows become calls, and names become objects, in recorded order, before any simulation (R2.1 to R2.36). */
import { NO_ID } from "../../src/abi/columns.js";
import { FEATURE_NAMES, type Feature } from "../../src/abi/features.js";
import type { Verb } from "../../src/abi/verbs.js";
import { control } from "./control.js";
import { poll, postReceives, postSends } from "./device/datapath.js";
import {
  type Cq,
  type Created,
  type Mr,
  newQp,
  newQueue,
  type Qp,
  type RecvWr,
  type SendWr,
  type Srq,
} from "./objects.js";

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
 * message of a QP. `mtu` is that of the QP before this row.
 */
export type PolledCqe = { row: number; qp: Qp; opcode: string; length: number; mtu: number } & (
  | { send: SendWr; receive?: never }
  | { receive: number; send?: never }
);

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
  armNumber?: number;
  creates?: Created;
}

export interface ThreadCalls {
  node: number;
  tid: number;
  calls: Call[];
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
  next: { cq: number; mr: number };
}
export interface Resolved {
  threads: ThreadCalls[];
  nodes: NodeObjects[];
  counts: { total: number; replayed: number; spin: number; refused: number };
}

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
    if (previous && previous.t !== 0n && first.t !== 0n) {
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
export function resolve(rows: VerbsRowLike[], partners: Map<string, string>): Resolved {
  const { calls, threads } = group(rows);
  const spin = rows.filter((r) => r.verb === "poll_cq_empty").length;
  const refused = rows.filter((r) => POSTS.includes(r.verb) && r.status !== 0).length;
  const out: Resolved = {
    threads: [],
    nodes: [],
    counts: { total: rows.length, replayed: rows.length - spin - refused, spin, refused },
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
      next: { cq: 0, mr: 0 },
    });
  }
  for (const objects of out.nodes)
    for (const call of calls) if (call.node === objects.node) resolveCall(objects, call);
  pair(out, partners);
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

/**
 * QPs without a partner, UD or not, get one on the virtual node; a WR's peer_qp
 * is not looked at, so whoever calls pairs UD QPs (R2.23, R4.6.1).
 */
function pair(all: Resolved, partners: Map<string, string>): void {
  const byOrdinal = new Map<string, Qp>();
  for (const o of all.nodes) o.created.forEach((qp, ordinal) => byOrdinal.set(`${o.node}/${ordinal}`, qp));
  for (const [key, qp] of byOrdinal) {
    const partner = partners.get(key);
    if (partner !== undefined) {
      qp.peer = byOrdinal.get(partner);
      if (!qp.peer) throw new Error(`partner ${partner} of QP ${key} does not exist`);
      continue;
    }
    qp.peer = newQp({
      node: all.nodes.length,
      ordinal: -1,
      ctx: 0,
      type: qp.type,
      virtual: true,
      sigAll: false,
      queue: newQueue(),
      usesSrq: false,
      sqSlots: 0n,
      bufPages: 0n,
      peer: qp,
    });
  }
}
