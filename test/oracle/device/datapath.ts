/** Posts and polls: which WR is which, which completion belongs to what (R2.24 to R2.36). */
import { FLAGS, type Opcode } from "../../../src/abi/verbs.js";
import {
  isAtomic,
  isSend,
  isWrite,
  type Qp,
  type RecvWr,
  returnsData,
  type SendWr,
  type Sge,
  wqeBytes,
} from "../objects.js";
import { Refused } from "../refused.js";
import {
  awaitCreation,
  type Call,
  type NodeObjects,
  named,
  type PolledCqe,
  type VerbsRowLike,
} from "../rows.js";
import { wqeSize } from "../sizes.js";

/** SGEs with the regions that their lkeys have now (R2.17). */
function sges(objects: NodeObjects, r: VerbsRowLike): Sge[] {
  return r.sge.map(({ addr, length, lkey }) => {
    const mr = objects.mrs.get(`${r.ctx}/${lkey}`);
    return mr ? { addr, length, mr } : { addr, length };
  });
}

/** No InfiniBand message is longer. */
const LONGEST = 2 ** 31;

/** Rows that say two things, or what cannot be, are refused (R2.24). */
function checkLength(objects: NodeObjects, r: VerbsRowLike, row: number, qp?: Qp): void {
  if (r.status !== 0) return;
  const sum = r.sge.reduce((n, s) => n + s.length, 0);
  if (r.sge.length > 0 && (r.num_sge !== r.sge.length || r.length !== sum))
    throw new Refused(row, `${r.num_sge} SGEs of ${r.length} bytes, but ${r.sge.length} of ${sum} bytes`);
  if (!qp) return;
  if (r.length > LONGEST) throw new Refused(row, `a message of ${r.length} bytes`);
  if (qp.type === "UD" && r.length > (qp.mtu || objects.testbed.number("wire.mtu")))
    throw new Refused(row, `a UD message of ${r.length} bytes`);
}

/** The WRs of a post_send call (R2.20, R2.24, R2.29, R2.30, R2.31, R2.32, R2.38, R2.43). */
export function postSends(objects: NodeObjects, call: Call): void {
  const first = call.rows[0]!;
  const qp = named(objects.qps, call, "QP", first.ctx, first.qp);
  const f = call.features;
  if (qp.polledRows > 0 && qp.lastPoller !== `${call.node}/${call.tid}`)
    call.awaitPolled = { qp, count: qp.polledRows };
  awaitCreation(call, qp);
  for (const [i, r] of call.rows.entries()) {
    checkLength(objects, r, call.row + i, qp);
    const opcode = r.opcode as Opcode;
    const inline = (r.flags & FLAGS.inline) !== 0;
    const { units, inlineBytes } = wqeSize(opcode, qp.type === "UD", r.num_sge, inline, r.length);
    const wr: SendWr = {
      qp,
      destination: r.peer_qp,
      failed: false,
      opcode,
      wrId: r.wr_id,
      length: r.length,
      inline,
      fence: (r.flags & FLAGS.fence) !== 0,
      solicited: (r.flags & FLAGS.solicited) !== 0,
      signalled: qp.sigAll || (r.flags & FLAGS.signaled) !== 0,
      accepted: r.status === 0,
      units,
      inlineBytes,
      sges: sges(objects, r),
      numSge: r.num_sge,
      remoteAddr: r.remote_addr,
      rkey: r.rkey,
      mtu: qp.mtu,
      maxRdAtomic: qp.maxRdAtomic,
      number: -1,
    };
    call.sends.push(wr);
    f.wr += 1n;
    if (!inline) f.sge += BigInt(r.num_sge);
    f.wqe_units += BigInt(units);
    f.inline_bytes += BigInt(inlineBytes);
    if (!wr.accepted) continue;
    if (qp.sendCapacity > 0 && qp.posted.length - qp.retiredRows >= qp.sendCapacity)
      objects.over.capacity += 1;
    if (inline && r.length > qp.inlineCapacity) objects.over.inline += 1;
    qp.posted.push(wr);
    if (!inline && (isSend(opcode) || isWrite(opcode))) f.payload_bytes += BigInt(r.length);
  }
  const accepted = call.sends.filter((w) => w.accepted);
  if (accepted.length === 1 && usesBlueFlame(accepted[0]!)) {
    f.blueflame = 1n;
    f.bf_bytes = BigInt(wqeBytes(accepted[0]!.units));
  } else if (accepted.length > 0) f.doorbell = 1n;
}

/** Whether a call of this one WR writes it into the BlueFlame register (R2.28). */
function usesBlueFlame(wr: SendWr): boolean {
  const direct =
    (wr.inline && wr.length > 0 && wr.numSge > 0) ||
    wr.opcode === "RDMA_READ" ||
    (isWrite(wr.opcode) && wr.numSge === 0);
  return direct && wr.units > 1 && 16 * wr.units <= 256;
}

/** The WRs of a receive call (R2.32, R2.43). */
export function postReceives(objects: NodeObjects, call: Call): void {
  const first = call.rows[0]!;
  const target =
    call.verb === "post_recv"
      ? named(objects.qps, call, "QP", first.ctx, first.qp)
      : named(objects.srqs, call, "SRQ", first.ctx, first.srq);
  awaitCreation(call, target);
  const { queue } = target;
  call.queue = queue;
  for (const [i, r] of call.rows.entries()) {
    checkLength(objects, r, call.row + i);
    const wr: RecvWr = {
      sges: sges(objects, r),
      numSge: r.num_sge,
      length: r.length,
      accepted: r.status === 0,
    };
    if (wr.accepted) {
      if (queue.capacity > 0 && queue.held >= queue.capacity) objects.over.capacity += 1;
      queue.held += 1;
    }
    call.receives.push(wr);
    call.features.wr += 1n;
    call.features.sge += BigInt(r.num_sge);
  }
}

/**
 * The completions of a poll; those of failed WRs wait for nothing and
 * match nothing (R2.33, R2.34, R2.35, R2.36, R2.42, R2.43).
 */
export function poll(objects: NodeObjects, call: Call): void {
  const first = call.rows[0]!;
  const cq = named(objects.cqs, call, "CQ", first.ctx, first.cq);
  awaitCreation(call, cq);
  call.cq = cq;
  call.features.cqe = BigInt(call.rows.length);
  call.rows.forEach((r, i) => {
    if (r.status !== 0) return fail(objects, r);
    const qp = named(objects.qps, call, "QP", r.ctx, r.qp);
    qp.polledRows += 1;
    qp.lastPoller = `${call.node}/${call.tid}`;
    const entry = { row: call.row + i, qp, opcode: r.opcode, length: r.length, mtu: qp.mtu };
    const sleeper = objects.sleepers.get(cq);
    objects.sleepers.delete(cq);
    if (isReceive(r)) {
      call.features.recv_bytes += BigInt(r.length);
      qp.queue.held -= 1;
      const cqe: PolledCqe = { ...entry, receive: qp.received++ };
      if (sleeper) sleeper.wakes = { cqe, mtu: mtuAt(qp, sleeper.row) };
      call.polled.push(cqe);
      return;
    }
    const at = match(qp, r, call.row + i);
    qp.completed = at + 1;
    for (; qp.retiredRows <= at; qp.retiredRows++) {
      const retired = qp.posted[qp.retiredRows]!;
      if (returnsData(retired.opcode))
        call.features.recv_bytes += BigInt(isAtomic(retired.opcode) ? 8 : retired.length);
    }
    call.polled.push({ ...entry, send: qp.posted[at]! });
  });
}

function isReceive(r: VerbsRowLike): boolean {
  return r.opcode === "RECV" || r.opcode === "RECV_RDMA_WITH_IMM";
}

/** path_mtu of a QP before a row (R2.20, R4.6.7). */
function mtuAt(qp: Qp, row: number): number {
  return qp.mtus.filter((m) => m.row < row).at(-1)?.mtu ?? 0;
}

/** The WR of a failed completion, if it is known, is failed (R2.42). */
function fail(objects: NodeObjects, r: VerbsRowLike): void {
  if (isReceive(r)) return;
  const qp = objects.qps.get(`${r.ctx}/${r.qp}`);
  const wr = qp?.posted.find((w, i) => i >= qp.retiredRows && w.wrId === r.wr_id && !w.failed);
  if (wr) wr.failed = true;
}

/**
 * The place in `qp.posted` of the WR that a successful send
 * completion belongs to: the next signalled one (R2.33).
 */
function match(qp: Qp, r: VerbsRowLike, row: number): number {
  const next = qp.posted.findIndex((w, i) => i >= qp.completed && w.signalled);
  if (next >= 0 && qp.posted[next]!.wrId === r.wr_id) return next;
  const expected = next >= 0 ? `wr_id ${qp.posted[next]!.wrId}` : "no completion";
  throw new Error(
    `row ${row}: completion of wr_id ${r.wr_id} on QP ${r.qp}, the trace says ${expected} is next`,
  );
}
