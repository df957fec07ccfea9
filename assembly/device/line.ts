// Payload lines: a QP reads the payload of one message at a time (R4.2.2 to R4.2.4).
//   line: { first u32, last u32, unsent u32, blocked u32 } in the Qp record, and the clock at which its last operation was done

import { CAUSE_BUFFER, CAUSE_LINE, L_DMA_PAYLOAD, L_WIRE_SERIALIZE, O_RDMA_READ } from "../gen/abi";
import { clockCopy, takeOver } from "../model/clock";
import { QP_LINE, QP_PEER_RESPOND, QP_RESPOND, Qp } from "../world/objects";
import { Flow, HEAD_OWN, Op, TAIL } from "../world/operation";
import { queue } from "./flow";
import { headOf } from "./stage";

/** Bursts of a line that may be read ahead of the link: the HCA's send buffer (R4.2.4). */
// @ts-ignore: decorator
@inline
const SEND_BUFFER_BURSTS: u32 = 2;
// @ts-ignore: decorator
@inline
const UNSENT: usize = 8;
// @ts-ignore: decorator
@inline
const BLOCKED: usize = 12;

/** Address of the line's words, or 0 for an operation that stands in none (R4.2.3). */
function lineOf(op: Op): usize {
  if (op.opcode != O_RDMA_READ) return op.qp != 0 ? <usize>op.qp + offsetof<Qp>("line") : 0;
  return op.peer != 0
    ? <usize>op.peer + offsetof<Qp>("respond")
    : <usize>op.qp + offsetof<Qp>("peer_respond");
}
function clockOfLine(op: Op): usize {
  if (op.opcode != O_RDMA_READ) return <usize>op.qp + QP_LINE;
  return op.peer != 0 ? <usize>op.peer + QP_RESPOND : <usize>op.qp + QP_PEER_RESPOND;
}

/** The operation stands in line from now on (R4.2.2). */
export function joinLine(op: Op): void {
  const line = lineOf(op);
  if (line == 0) return;
  const me = <u32>changetype<usize>(op),
    last = load<u32>(line, 4);
  if (last != 0) changetype<Op>(<usize>last).line_next = me;
  else store<u32>(line, me);
  store<u32>(line, me, 4);
}

/** Its first burst asks to be read. True: its turn has come; false: it is parked (R4.2.2). */
export function enterLine(fl: Flow): bool {
  const op = fl.op,
    line = lineOf(op);
  if (line == 0) return true;
  if (load<u32>(line) != <u32>changetype<usize>(op)) {
    op.line_parked = <u32>changetype<usize>(fl);
    return false;
  }
  takeOver(headOf(fl), changetype<usize>(fl) + HEAD_OWN, clockOfLine(op), L_DMA_PAYLOAD, CAUSE_LINE);
  return admit(line, fl);
}
/** True when the burst may be read now; otherwise it is kept until the link has served one (R4.2.4). */
function admit(line: usize, fl: Flow): bool {
  const unsent = load<u32>(line, UNSENT);
  if (unsent >= SEND_BUFFER_BURSTS) {
    store<u32>(line, <u32>changetype<usize>(fl), BLOCKED);
    return false;
  }
  store<u32>(line, unsent + 1, UNSENT);
  return true;
}
/**
 * A later burst of the message at the front asks to be read; it is queued
 * now or when the link has served one before it (R4.2.4).
 */
export function admitNext(fl: Flow): void {
  const line = lineOf(fl.op);
  if (line == 0 || admit(line, fl)) queue(fl);
}
/** A burst that was read in line has been served on the link (R4.2.4). */
export function servedOnLink(fl: Flow): void {
  const line = lineOf(fl.op);
  if (line == 0) return;
  const blocked = load<u32>(line, BLOCKED);
  if (blocked == 0) {
    store<u32>(line, load<u32>(line, UNSENT) - 1, UNSENT);
    return;
  }
  const waiting = changetype<Flow>(<usize>blocked);
  store<u32>(line, 0, BLOCKED);
  takeOver(
    headOf(waiting),
    changetype<usize>(waiting) + HEAD_OWN,
    headOf(fl),
    L_WIRE_SERIALIZE,
    CAUSE_BUFFER,
  );
  queue(waiting);
}

/** Its last burst has been read, done at the tail of `fl`: the next one's turn (R4.2.2). */
export function leaveLine(fl: Flow): void {
  const op = fl.op,
    line = lineOf(op);
  if (line == 0) return;
  const clock = clockOfLine(op);
  clockCopy(clock, fl.single ? headOf(fl) : changetype<usize>(fl) + TAIL);
  store<u32>(line, op.line_next);
  if (op.line_next == 0) {
    store<u32>(line, 0, 4);
    return;
  }
  const next = changetype<Op>(<usize>op.line_next);
  if (next.line_parked == 0) return;
  const waiting = changetype<Flow>(<usize>next.line_parked);
  next.line_parked = 0;
  takeOver(headOf(waiting), changetype<usize>(waiting) + HEAD_OWN, clock, L_DMA_PAYLOAD, CAUSE_LINE);
  if (admit(line, waiting)) queue(waiting);
}
