/** Random posts of the untimed execution. */
import { NO_ID } from "../../../src/abi/columns.js";
import type { Opcode } from "../../../src/abi/verbs.js";
import type { VerbsRowLike } from "../../oracle/rows.js";
import { arrive, join, polledLength } from "./completions.js";
import type { SimMr, SimNode, SimQp, SimQueue, SimThread, Trace } from "./trace.js";

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

/** Least wire.mtu of random testbeds: UD sends may not be longer (R2.24). */
const UD_MOST = 256;

function sizeOf(trace: Trace, ud: boolean): number {
  const { random } = trace;
  if (random.chance(0.1)) return 0;
  if (ud) return random.magnitude(UD_MOST);
  if (trace.large > 0 && random.chance(0.01)) {
    trace.large -= 1;
    return random.magnitude(63) << 20;
  }
  return random.chance(0.1) ? random.magnitude(1 << 18) : random.magnitude(8192);
}

/** Inline data, now and then longer than the QP was asked to hold. */
function inlineSize(trace: Trace, qp: SimQp): number {
  const { random, rare } = trace;
  const asked = random.int(0, qp.inline);
  const size = rare.chance(0.1) ? qp.inline + rare.int(1, 300) : asked;
  return qp.type === 2 ? Math.min(size, UD_MOST) : size;
}

/** Who gets a send: the partner, or of UD the QP of a number that some node has; undefined when simulated. */
function receiverOf(trace: Trace, qp: SimQp): { peer?: SimQp; number: number } {
  if (qp.type !== 2) return { ...(qp.peer ? { peer: qp.peer } : {}), number: NO_ID };
  if (trace.nodes.length === 1) return { number: 77 };
  const { number } = trace.rare.pick(trace.ud);
  const named = trace.ud.filter((q) => q.number === number).sort((a, b) => a.node - b.node);
  return { peer: named.find((q) => q.node !== qp.node) ?? named[0]!, number };
}

function nextId(qp: SimQp): bigint {
  const id = qp.wrId;
  qp.wrId = qp.wrIds ? (id + 1n) % qp.wrIds : id + 1n;
  qp.recent = [...qp.recent, id].slice(-4);
  return id;
}

/** Of some WRs no SGEs are recorded, only their length is (R2.24). */
function recorded(
  trace: Trace,
  sge: VerbsRowLike["sge"],
  inlined: boolean,
): Pick<VerbsRowLike, "num_sge" | "sge"> {
  return !inlined && trace.rare.chance(0.03) ? { num_sge: 0, sge: [] } : { num_sge: sge.length, sge };
}

export function postSends(trace: Trace, node: SimNode, thread: SimThread, qp: SimQp): void {
  const { random, rare } = trace;
  const { writesIn } = qp; // without those of this call to itself
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
    const { peer, number } = receiverOf(trace, qp);
    if (consumes && !refused && peer && (!qp.poster || !take(peer.queue))) continue;
    const wrId = nextId(qp);
    const inlined =
      (opcode.startsWith("SEND") || opcode.startsWith("RDMA_WRITE")) &&
      (qp.inline > 0 ? random.chance(0.5) : rare.chance(0.03));
    const atomic = opcode.startsWith("ATOMIC");
    const local = opcode === "LOCAL_INV" || opcode === "BIND_MW";
    let length = atomic ? 8 : local ? 0 : inlined ? inlineSize(trace, qp) : sizeOf(trace, qp.type === 2);
    const remote = peer ? remoteBuffer(trace, peer, length) : undefined;
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
      ...recorded(trace, list, inlined),
      status: refused ? 12 : 0,
      flags:
        (signalled && !qp.sigAll ? 1 : 0) |
        (inlined ? 2 : 0) |
        (random.chance(0.1) ? 4 : 0) |
        (solicited ? 8 : 0),
      remote_addr: remote?.addr ?? 0n,
      rkey: remote?.rkey ?? (random.chance(0.5) ? NO_ID : 0xdead),
      peer_qp: number,
      imm: opcode.includes("IMM") ? 5 : 0,
    });
    if (refused) break;
    const done = { verb: "poll_cq", qp: qp.number, wr_id: wrId, opcode, length };
    if (signalled) join({ qp, row: done, solicited: false, silent: false, receive: false }, qp.sendCq);
    if (!peer) continue;
    if (opcode === "RDMA_WRITE") peer.writesIn += 1;
    if (consumes)
      arrive(peer, polledLength(trace, peer, length), solicited, opcode === "RDMA_WRITE_WITH_IMM");
  }
  if (rows.length === 0) return;
  if (writesIn > 0 && random.chance(0.2)) rows[0]!.await_writes = random.int(1, writesIn);
  trace.call(thread, rows);
}

function take(queue: SimQueue): boolean {
  if (queue.free === 0) return false;
  queue.free -= 1;
  return true;
}

/** More messages than receives, at the end: nobody polls them, and the last ones never arrive (R5.5). */
export function sendUnmatched(trace: Trace, qp: SimQp): void {
  const { poster, peer } = qp;
  if (!poster || !peer || peer.srq !== NO_ID || peer.queue.free > 8 || !trace.rare.chance(0.1)) return;
  for (let i = peer.queue.free + trace.rare.int(1, 3); i > 0; i--)
    trace.call(poster, [{ verb: "post_send", qp: qp.number, wr_id: nextId(qp), opcode: "SEND" }]);
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
