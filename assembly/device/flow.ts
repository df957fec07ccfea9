// Making, queueing and ending flows and operations.
import { E_TOO_LATE } from "../gen/abi";
import { zero } from "../lib/mem";
import { give, take } from "../lib/pool";
import { CHARGES, markOperation } from "../model/charges";
import { clockCopy } from "../model/clock";
import { ownCopy, ownZero } from "../model/own";
import { Qp } from "../world/objects";
import {
  FLOW_BYTES,
  Flow,
  HEAD,
  HEAD_OWN,
  OP_BYTES,
  Op,
  RECV_BYTES,
  RecvWqe,
  TAIL,
  TAIL_OWN,
} from "../world/operation";
import { push } from "../world/queue";
import { FREE_FLOW, FREE_OP, FREE_RECV, fail, LATEST } from "../world/state";

/**
 * Sub-number of an acknowledgement among the events of its
 * operation; burst k of the main flow has 2·k (R4.3).
 */
// @ts-ignore: decorator
@inline
export const ACK_SUB: u64 = 1;

// @ts-ignore: decorator
@inline
export function tieOf(number: u64, sub: u64): u64 {
  return (number << 26) | sub;
}

/** The device's work belongs to no row. */
// @ts-ignore: decorator
@inline
const NO_ROW: u64 = u64.MAX_VALUE;

/** A flow of `op`; its clocks are still to be set (R4.2). */
export function newFlow(op: Op, sub: u64): Flow {
  const fl = changetype<Flow>(take(FREE_FLOW, FLOW_BYTES));
  fl.op = op;
  fl.tie = tieOf(op.number, sub);
  fl.next = 0;
  fl.burst = 0;
  fl.bytes = 0;
  fl.packets = 1;
  fl.single = 1;
  op.flows++;
  return fl;
}
function markFlow(fl: Flow): void {
  markOperation(changetype<usize>(fl) + HEAD, fl.tie >> 26);
}
/** `to` starts where the head of `from` is. */
export function startAtHead(to: Flow, from: Flow): void {
  clockCopy(changetype<usize>(to) + HEAD, changetype<usize>(from) + HEAD);
  ownCopy(changetype<usize>(to) + HEAD_OWN, changetype<usize>(from) + HEAD_OWN);
  if (CHARGES) markFlow(to);
}
/** `to` starts where the tail of `from` is (R4.2.6, R4.2.17). */
export function startAtTail(to: Flow, from: Flow): void {
  if (from.single) {
    startAtHead(to, from);
    return;
  }
  clockCopy(changetype<usize>(to) + HEAD, changetype<usize>(from) + TAIL);
  ownCopy(changetype<usize>(to) + HEAD_OWN, changetype<usize>(from) + TAIL_OWN);
  if (CHARGES) markFlow(to);
}
/** Starts at a thread's clock with its own ledger (null: a zero one) (R4.1.1). */
export function startAtThread(to: Flow, clock: usize, own: usize): void {
  clockCopy(changetype<usize>(to) + HEAD, clock);
  if (own != 0) ownCopy(changetype<usize>(to) + HEAD_OWN, own);
  else ownZero(changetype<usize>(to) + HEAD_OWN);
  if (CHARGES) markFlow(to);
}

/** The flow's next stage is an event at its head's time (R3.25, R4.9). */
export function queue(fl: Flow): void {
  const time = load<u64>(changetype<usize>(fl) + HEAD);
  if (time > LATEST) fail(E_TOO_LATE, NO_ROW, time, 0);
  push(time, fl.tie, changetype<usize>(fl));
}

export function newOp(): Op {
  const ptr = take(FREE_OP, OP_BYTES);
  zero(ptr, offsetof<Op>()); // OP_SGES leaves room for the rounding
  return changetype<Op>(ptr);
}
export function newRecv(): RecvWqe {
  return changetype<RecvWqe>(take(FREE_RECV, RECV_BYTES));
}

/** The flow leaves its operation; an operation without flows that is retired goes back to the pool. */
export function detach(fl: Flow): void {
  const op = fl.op;
  op.flows--;
  settle(op);
}
export function settle(op: Op): void {
  if (op.flows != 0 || !op.retired) return;
  if (op.qp != 0) {
    const qp = changetype<Qp>(<usize>op.qp);
    if (qp.sq_last == <u32>changetype<usize>(op)) qp.sq_last = 0;
  }
  if (op.wqe != 0) give(FREE_RECV, <usize>op.wqe);
  give(FREE_OP, changetype<usize>(op));
}
export function freeFlow(fl: Flow): void {
  give(FREE_FLOW, changetype<usize>(fl));
}
export function endFlow(fl: Flow): void {
  detach(fl);
  freeFlow(fl);
}
