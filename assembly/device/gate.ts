// The two gates that keep a send queue in order: WRs are processed in
// order of post, fences and the READ depth hold them (R4.1.5);
// and they leave on the link in order, though some skip the payload read (R4.2.8).

import {
  CAUSE_ORDER,
  CAUSE_WIRE,
  L_HCA_PROCESS,
  L_WIRE_SERIALIZE,
  O_ATOMIC_CMP_AND_SWP,
  O_ATOMIC_FETCH_AND_ADD,
  O_RDMA_READ,
  ST_ENGINE,
} from "../gen/abi";
import { clockCopy, takeOver } from "../model/clock";
import { QP_GATE, QP_WIRE, Qp } from "../world/objects";
import { Flow, HEAD_OWN, Op, TAIL, TAIL_OWN } from "../world/operation";
import { queue } from "./flow";
import { headOf } from "./stage";

// @ts-ignore: decorator
@inline
const FENCE: u32 = 4;

/** READs and atomics: the operations that max_rd_atomic limits and a fence waits for (R4.1.5). */
// @ts-ignore: decorator
@inline
export function holdsReadSlot(opcode: u32): bool {
  return opcode == O_RDMA_READ || opcode == O_ATOMIC_CMP_AND_SWP || opcode == O_ATOMIC_FETCH_AND_ADD;
}

/**
 * `fl` asks to pass. True: it goes on to the engine, its head not
 * before the predecessor left. False: it is parked (R4.1.5).
 */
export function enterGate(qp: Qp, op: Op, fl: Flow): bool {
  if (qp.gate_head != <u32>changetype<usize>(op)) {
    op.gated = <u32>changetype<usize>(fl);
    op.gate_reason = 1;
    return false;
  }
  return openGate(qp, op, fl);
}

/** As enterGate, for the first operation of the queue (R4.1.5, R4.1.6). */
export function openGate(qp: Qp, op: Op, fl: Flow): bool {
  if (
    ((op.flags & FENCE) != 0 && qp.rd_outstanding != 0) ||
    (holdsReadSlot(op.opcode) && op.max_rd != 0 && qp.rd_outstanding >= op.max_rd)
  ) {
    op.gated = <u32>changetype<usize>(fl);
    op.gate_reason = 2;
    return false;
  }
  takeOver(
    headOf(fl),
    changetype<usize>(fl) + HEAD_OWN,
    changetype<usize>(qp) + QP_GATE,
    L_HCA_PROCESS,
    CAUSE_ORDER,
  );
  fl.stage = ST_ENGINE;
  return true;
}

/**
 * A burst or request asks to enter the link. True: it may, not before the
 * predecessor left. False: it is parked (R4.2.8, R4.2.10).
 */
export function enterWire(fl: Flow): bool {
  const op = fl.op;
  if (op.qp == 0) return true;
  const qp = changetype<Qp>(<usize>op.qp);
  if (qp.wire_head == <u32>changetype<usize>(op)) {
    followWire(qp, fl);
    return true;
  }
  const ptr = <u32>changetype<usize>(fl);
  fl.next = 0;
  if (op.wire_parked == 0) op.wire_parked = ptr;
  else changetype<Flow>(<usize>op.wire_parked_last).next = ptr;
  op.wire_parked_last = ptr;
  return false;
}
/** Neither clock comes before the gate's (R4.2.9). */
function followWire(qp: Qp, fl: Flow): void {
  const clock = changetype<usize>(qp) + QP_WIRE;
  takeOver(headOf(fl), changetype<usize>(fl) + HEAD_OWN, clock, L_WIRE_SERIALIZE, CAUSE_WIRE);
  if (!fl.single)
    takeOver(
      changetype<usize>(fl) + TAIL,
      changetype<usize>(fl) + TAIL_OWN,
      clock,
      L_WIRE_SERIALIZE,
      CAUSE_WIRE,
    );
}

/**
 * The operation has left on the link (`fl` carries the clock; null for WRs
 * that never use it): the next one may (R4.2.8, R4.2.9).
 */
export function leaveWire(op: Op, fl: Flow | null): void {
  if (op.qp == 0) return;
  const qp = changetype<Qp>(<usize>op.qp);
  op.left = 1;
  if (fl != null) clockCopy(changetype<usize>(qp) + QP_WIRE, headOf(fl));
  while (qp.wire_head != 0) {
    const first = changetype<Op>(<usize>qp.wire_head);
    if (!first.left) {
      let ptr = first.wire_parked;
      first.wire_parked = 0;
      while (ptr != 0) {
        const parked = changetype<Flow>(<usize>ptr);
        ptr = parked.next;
        followWire(qp, parked);
        queue(parked);
      }
      return;
    }
    qp.wire_head = first.sq_next;
  }
}
