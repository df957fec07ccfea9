/** Random data path calls of the untimed execution. */
import { NO_ID } from "../../../src/abi/columns.js";
import type { Opcode } from "../../../src/abi/verbs.js";
import type { VerbsRowLike } from "../../oracle/rows.js";
import type { SimCq, SimCqe, SimMr, SimNode, SimQp, SimQueue, SimThread, Trace } from "./trace.js";

const RC: readonly Opcode[] = [
  "SEND",
  "SEND",
  "SEND_WITH_IMM",
  "SEND_WITH_INV",
  "RDMA_WRITE",
  "RDMA_WRITE",
  "RDMA_WRITE_WITH_IMM",
  "RDMA_READ",
  "RDMA_READ",
  "ATOMIC_CMP_AND_SWP",
  "ATOMIC_FETCH_AND_ADD",
  "LOCAL_INV",
  "BIND_MW",
];
const UC: readonly Opcode[] = ["SEND", "SEND_WITH_IMM", "RDMA_WRITE", "RDMA_WRITE_WITH_IMM"];
const UD: readonly Opcode[] = ["SEND", "SEND_WITH_IMM"];

function join(cqe: SimCqe, cq: SimCq): void {
  cq.queue.push(cqe);
  if (cq.armed && !cqe.silent && (!cq.armed.solicitedOnly || (cqe.receive && cqe.solicited)))
    cq.armed.events += 1;
}

/** A gather list over `length` bytes, of at most `most` entries. */
function sges(trace: Trace, node: SimNode, length: number, most: number): VerbsRowLike["sge"] {
  const { random } = trace;
  if (length === 0)
    return random.chance(0.5) ? [] : [{ addr: node.mrs[0]!.addr, length: 0, lkey: node.mrs[0]!.lkey }];
  const out: VerbsRowLike["sge"] = [];
  let left = length;
  for (let i = random.int(1, most); i > 0 && left > 0; i--) {
    const part = i === 1 ? left : random.int(0, left);
    const mr = fitting(trace, node, part);
    out.push({ addr: mr.addr + BigInt(random.int(0, mr.size - part)), length: part, lkey: mr.lkey });
    left -= part;
  }
  return out;
}

/** Every node has one region that holds the largest message. */
function fitting(trace: Trace, node: SimNode, length: number): SimMr {
  const { random } = trace;
  return random.pick(node.mrs.filter((m, i) => i === 0 || m.size >= length));
}

function sizeOf(trace: Trace, ud: boolean): number {
  const { random } = trace;
  if (random.chance(0.1)) return 0;
  if (ud) return random.magnitude(4096);
  if (trace.large > 0 && random.chance(0.01)) {
    trace.large -= 1;
    return random.magnitude(63) << 20;
  }
  return random.chance(0.1) ? random.magnitude(1 << 18) : random.magnitude(8192);
}

export function postSends(trace: Trace, node: SimNode, thread: SimThread, qp: SimQp): void {
  const { random } = trace;
  const rows: (Partial<VerbsRowLike> & { verb: string })[] = [];
  for (let i = random.chance(0.6) ? 1 : random.int(1, 8); i > 0; i--) {
    const opcodes = [RC, UC, UD][qp.type]!;
    // threads that share a QP may reach it in another order than
    // recorded: they send nothing that consumes a receive
    const opcode = random.pick(
      qp.poster
        ? opcodes
        : opcodes.filter(
            (o) => qp.type === 2 || o === "RDMA_WRITE" || o === "RDMA_READ" || o === "LOCAL_INV",
          ),
    );
    const consumes = opcode.startsWith("SEND") || opcode === "RDMA_WRITE_WITH_IMM";
    const refused = random.chance(0.02);
    if (consumes && !refused && qp.peer && (!qp.poster || !take(qp.peer.queue))) continue;
    const wrId = qp.wrId++;
    const inlined =
      qp.inline > 0 && (opcode.startsWith("SEND") || opcode.startsWith("RDMA_WRITE")) && random.chance(0.5);
    const atomic = opcode.startsWith("ATOMIC");
    const local = opcode === "LOCAL_INV" || opcode === "BIND_MW";
    let length = atomic ? 8 : local ? 0 : inlined ? random.int(0, qp.inline) : sizeOf(trace, qp.type === 2);
    const remote = qp.peer ? remoteBuffer(trace, qp.peer, length) : undefined;
    const list = local ? [] : sges(trace, node, length, Math.max(1, atomic ? 1 : qp.maxSge));
    if (list.length === 0) length = 0;
    const signalled = qp.sigAll || random.chance(0.6);
    const solicited = consumes && qp.solicitedAll;
    rows.push({
      verb: "post_send",
      qp: qp.number,
      wr_id: wrId,
      opcode,
      length,
      num_sge: list.length,
      sge: list,
      status: refused ? 12 : 0,
      flags:
        (signalled && !qp.sigAll ? 1 : 0) |
        (inlined ? 2 : 0) |
        (random.chance(0.1) ? 4 : 0) |
        (solicited ? 8 : 0),
      remote_addr: remote?.addr ?? 0n,
      rkey: remote?.rkey ?? (random.chance(0.5) ? NO_ID : 0xdead),
      peer_qp: qp.type === 2 ? (qp.peer?.number ?? 77) : NO_ID,
      imm: opcode.includes("IMM") ? 5 : 0,
    });
    if (refused) break;
    const done = { verb: "poll_cq", qp: qp.number, wr_id: wrId, opcode, length };
    if (signalled) join({ qp, row: done, solicited: false, silent: false, receive: false }, qp.sendCq);
    if (!qp.peer) continue;
    if (opcode === "RDMA_WRITE") qp.peer.writesIn += 1;
    if (consumes) arrive(qp.peer, length, solicited, opcode === "RDMA_WRITE_WITH_IMM");
  }
  if (rows.length === 0) return;
  if (qp.writesIn > 0 && random.chance(0.2)) rows[0]!.await_writes = random.int(1, qp.writesIn);
  trace.call(thread, rows);
}

function take(queue: SimQueue): boolean {
  if (queue.free === 0) return false;
  queue.free -= 1;
  return true;
}

function arrive(qp: SimQp, length: number, solicited: boolean, write: boolean, silent = false): void {
  const opcode = write ? "RECV_RDMA_WITH_IMM" : "RECV";
  join(
    {
      qp,
      row: { verb: "poll_cq", qp: qp.number, wr_id: 0n, opcode, length },
      solicited,
      silent,
      receive: true,
    },
    qp.recvCq,
  );
}

function remoteBuffer(trace: Trace, peer: SimQp, length: number): { addr: bigint; rkey: number } | undefined {
  const node = trace.nodes[peer.node]!;
  const mr = fitting(trace, node, length);
  return mr && { addr: mr.addr + BigInt(trace.random.int(0, mr.size - length)), rkey: mr.rkey };
}

export function postReceives(
  trace: Trace,
  node: SimNode,
  thread: SimThread,
  qp: SimQp | undefined,
  srq: { id: number; queue: SimQueue } | undefined,
): void {
  const { random } = trace;
  const rows: (Partial<VerbsRowLike> & { verb: string })[] = [];
  for (let i = random.int(1, 8); i > 0; i--) {
    const list = random.chance(0.05) ? [] : sges(trace, node, random.magnitude(1 << 16), 4);
    const refused = random.chance(0.01);
    rows.push({
      verb: srq ? "post_srq_recv" : "post_recv",
      qp: qp?.number ?? NO_ID,
      srq: srq?.id ?? NO_ID,
      wr_id: BigInt(random.int(0, 1 << 20)),
      num_sge: list.length,
      sge: list,
      length: list.reduce((n, s) => n + s.length, 0),
      status: refused ? 12 : 0,
    });
    if (refused) break;
    // an SRQ's later receives are extra: only those posted during set-up
    // are counted on, for threads may race for the others
    if (qp) qp.queue.free += 1;
    else if (srq!.queue.fixed) srq!.queue.free += 1;
  }
  trace.call(thread, rows);
}

/** Messages of simulated peers are in no queue: a poll may see one whenever a receive is posted. */
function fromNowhere(trace: Trace, node: SimNode, cq: SimCq): void {
  const { random } = trace;
  const alone = node.qps.filter((q) => !q.peer && q.recvCq === cq && q.queue.free > 0);
  if (alone.length === 0 || !random.chance(0.4)) return;
  const qp = random.pick(alone);
  qp.queue.free -= 1;
  arrive(qp, random.magnitude(8192), false, qp.type !== 2 && random.chance(0.2), true);
}

export function pollSome(trace: Trace, node: SimNode, thread: SimThread, cq: SimCq): void {
  const { random } = trace;
  if (!cq.armed) fromNowhere(trace, node, cq);
  if (cq.armed && cq.armed.events > 0) return waitForEvent(trace, cq);
  const rows: (Partial<VerbsRowLike> & { verb: string })[] = cq.queue
    .splice(0, random.chance(0.5) ? 1 : random.int(1, 8))
    .map((c) => ({ verb: "poll_cq", cq: cq.id, ...c.row }));
  while (random.chance(0.03)) failure(trace, node, cq, rows);
  if (rows.length > 0) trace.call(thread, rows);
}

/**
 * A failed completion is an extra row anywhere in the call: it
 * belongs to no WR, and its opcode and length mean nothing.
 */
function failure(
  trace: Trace,
  node: SimNode,
  cq: SimCq,
  rows: (Partial<VerbsRowLike> & { verb: string })[],
): void {
  const { random } = trace;
  const qps = node.qps.filter((q) => q.sendCq === cq || q.recvCq === cq);
  if (qps.length === 0) return;
  const qp = random.pick(qps);
  rows.splice(random.int(0, rows.length), 0, {
    verb: "poll_cq",
    cq: cq.id,
    qp: qp.number,
    wr_id: qp.wrId - BigInt(random.int(0, Math.min(5, Number(qp.wrId)))),
    status: random.int(1, 21),
    opcode: random.pick(["NONE", "SEND", "RDMA_READ", "RECV", "RECV_RDMA_WITH_IMM"]),
    length: random.chance(0.5) ? 0 : random.magnitude(8192),
  });
}

/** Arm a CQ, or take the event of one that is armed. Only a CQ that one thread polls. */
export function waitForEvent(trace: Trace, cq: SimCq): void {
  const { random } = trace;
  if (!cq.poller) return;
  if (!cq.armed) {
    const solicitedOnly = random.chance(0.3);
    const counts = (c: SimCqe): boolean => !c.silent && (!solicitedOnly || (c.receive && c.solicited));
    cq.armed = { solicitedOnly, events: cq.queue.filter(counts).length };
    trace.call(cq.poller, [{ verb: "req_notify_cq", cq: cq.id, flags: solicitedOnly ? 8 : 0 }]);
  } else if (cq.armed.events > 0 || random.chance(0.03)) {
    // without an event the wait is one that the replay must assume (or one that a race ends)
    delete cq.armed;
    trace.call(cq.poller, [{ verb: "get_cq_event", cq: cq.id }]);
    if (random.chance(0.7)) trace.call(cq.poller, [{ verb: "ack_cq_events", cq: cq.id }]);
  }
}
