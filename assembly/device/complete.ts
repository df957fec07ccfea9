// Completions: CQEs, events, arms, and the retiring of send work requests (R4.4.1 to R4.5.5).

import {
  C_DMA_WRITE_BYTES,
  C_DMA_WRITES,
  C_INTERRUPTS,
  C_PCIE_TLPS,
  CAUSE_READS,
  CAUSE_RETIRE,
  L_HCA_COMPLETE,
  L_HCA_PROCESS,
  P_COMPLETE_LATENCY,
  P_EVENT_LATENCY,
  ST_CQE,
  V_POST_SEND,
} from "../gen/abi";
import { give, take } from "../lib/pool";
import { CHARGES } from "../model/charges";
import { CLOCK_BYTES, clockAdd, clockCopy, takeOver, timeOf } from "../model/clock";
import { account } from "../world/account";
import { logCharges, logOperation } from "../world/log";
import { CQ_ARM, Cq, QP_RETIRE, Qp } from "../world/objects";
import { Flow, HEAD_OWN, Op } from "../world/operation";
import { count, deviceClock, FREE_EVENT, nodeAt, param, R_UP, TOTAL_LAST, totalMax } from "../world/state";
import { WAIT_EVENT, WAIT_RECV_CQE, WAIT_SEND_CQE, wake } from "../world/thread";
import { detach, endFlow, freeFlow, queue } from "./flow";
import { holdsReadSlot, openGate } from "./gate";
import { fifo, headOf, join, lat, occupy, writeTime, writeTlps } from "./stage";
import { lookupCqc } from "./translate";

/** CQE and EQE size (prototype 10.4: 32-byte CQEs). */
// @ts-ignore: decorator
@inline
const CQE: u64 = 32;
/** Event record: { next u32, index u32 } and its clock at 16. */
// @ts-ignore: decorator
@inline
export const EVENT_CLOCK: usize = 16;
// @ts-ignore: decorator
@inline
const EVENT_BYTES: usize = EVENT_CLOCK + CLOCK_BYTES;

/** Counts a DMA write of `n` bytes (R4.13). */
export function countWrite(n: u64): void {
  count(C_DMA_WRITES, 1);
  count(C_DMA_WRITE_BYTES, n);
  count(C_PCIE_TLPS, writeTlps(n));
}
/** The requester learns that `fl`'s operation has ended; `fl` is consumed (R4.4.1, R4.4.2). */
export function requesterDone(fl: Flow): void {
  join(fl);
  const op = fl.op;
  const head = headOf(fl);
  if (op.qp == 0) {
    op.retired = 1;
    endFlow(fl);
    return;
  }
  const qp = changetype<Qp>(<usize>op.qp);
  op.done = <u32>changetype<usize>(fl);
  const signalled = op.flags & 1;
  if (CHARGES && !signalled) logCharges(changetype<usize>(fl) + HEAD_OWN, timeOf(head));
  if (!signalled)
    logOperation(qp.node.index, op.opcode, op.call_start, timeOf(head), fl.tie, qp.number, op.length);
  if (!signalled)
    account(
      V_POST_SEND,
      op.opcode,
      op.size_class,
      op.length,
      timeOf(head) - op.call_start,
      changetype<usize>(fl) + HEAD_OWN,
    );
  if (holdsReadSlot(op.opcode)) {
    qp.rd_outstanding--;
    const first = changetype<Op>(<usize>qp.gate_head);
    if (qp.gate_head != 0 && first.gated != 0 && first.gate_reason == 2) {
      const waiting = changetype<Flow>(<usize>first.gated);
      first.gated = 0;
      if (openGate(qp, first, waiting)) {
        takeOver(headOf(waiting), changetype<usize>(waiting) + HEAD_OWN, head, L_HCA_PROCESS, CAUSE_READS);
        queue(waiting);
      }
    }
  }
  totalMax(TOTAL_LAST, timeOf(head));
  retire(qp);
}

/** Retires what is done, in order of post (R4.4.3, R4.4.4). */
function retire(qp: Qp): void {
  const clock = changetype<usize>(qp) + QP_RETIRE;
  while (qp.retire_head != 0) {
    const op = changetype<Op>(<usize>qp.retire_head);
    if (op.done == 0) return;
    const fl = changetype<Flow>(<usize>op.done);
    takeOver(headOf(fl), changetype<usize>(fl) + HEAD_OWN, clock, L_HCA_COMPLETE, CAUSE_RETIRE);
    clockCopy(clock, headOf(fl));
    qp.retire_head = op.sq_next;
    op.retired = 1;
    if (op.flags & 1) becomeCqe(fl, qp, changetype<Cq>(<usize>qp.send_cq), 0, op.opcode, false);
    else endFlow(fl);
  }
}

/** The flow goes on as the write of a CQE (R4.2.19, R4.4.4). */
export function becomeCqe(fl: Flow, qp: Qp, cq: Cq, side: u32, opcode: u32, solicited: bool): void {
  const op = fl.op;
  fl.qp = <u32>changetype<usize>(qp);
  fl.cq = <u32>changetype<usize>(cq);
  fl.node = cq.node;
  fl.side = side;
  fl.index = op.index;
  fl.opcode = opcode;
  fl.length = op.length;
  fl.solicited = solicited ? 1 : 0;
  fl.call_start = op.call_start;
  fl.burst = op.size_class; // a CQE has no burst: the word carries its size class
  fl.stage = ST_CQE;
  detach(fl);
  queue(fl);
}

/**
 * The CQE write is served: it becomes visible, joins its lists, may raise an event (R4.4.4, R4.5.1, R4.5.2).
 */
export function writeCqe(fl: Flow): void {
  const node = nodeAt(fl.node);
  const qp = changetype<Qp>(<usize>fl.qp);
  const cq = changetype<Cq>(<usize>fl.cq);
  fifo(deviceClock(node, R_UP), fl, L_HCA_COMPLETE, writeTime(CQE), writeTime(CQE));
  countWrite(CQE);
  lookupCqc(fl, node, cq.ordinal);
  lat(fl, L_HCA_COMPLETE, param(P_COMPLETE_LATENCY));
  const visible = timeOf(headOf(fl));
  fl.polled = 0;
  fl.lists = 2;
  fl.next = 0;
  fl.next_cq = 0;
  const ptr = <u32>changetype<usize>(fl);
  if (fl.side == 0) {
    if (CHARGES) logCharges(changetype<usize>(fl) + HEAD_OWN, visible);
    logOperation(fl.node, fl.opcode, fl.call_start, visible, fl.tie, qp.number, fl.length);
    account(
      V_POST_SEND,
      fl.opcode,
      fl.burst,
      fl.length,
      visible - fl.call_start,
      changetype<usize>(fl) + HEAD_OWN,
    );
    if (qp.send_last != 0) changetype<Flow>(<usize>qp.send_last).next = ptr;
    else qp.send_first = ptr;
    qp.send_last = ptr;
  } else {
    fl.index = qp.recv_count++;
    if (qp.recv_last != 0) changetype<Flow>(<usize>qp.recv_last).next = ptr;
    else qp.recv_first = ptr;
    qp.recv_last = ptr;
  }
  if (cq.last != 0) changetype<Flow>(<usize>cq.last).next_cq = ptr;
  else cq.first = ptr;
  cq.last = ptr;
  if (cq.armed == 1 || (cq.armed == 2 && fl.solicited)) {
    cq.armed = 0;
    // An assumed event may have taken a thread back, so that its arm is later than this CQE.
    const arm = changetype<usize>(cq) + CQ_ARM;
    makeEvent(cq, headOf(fl), timeOf(arm) > visible ? arm : headOf(fl));
  }
  if (qp.cqe_waiters != 0)
    wake(
      changetype<usize>(qp) + offsetof<Qp>("cqe_waiters"),
      fl.side == 0 ? WAIT_SEND_CQE : WAIT_RECV_CQE,
      fl.index,
      true,
      visible,
    );
}

/** The written CQE `index` of a QP's side, or null while it is not there (R2.33, R2.34). */
export function findCqe(qp: Qp, side: u32, index: u32): Flow | null {
  let ptr = side == 0 ? qp.send_first : qp.recv_first;
  while (ptr != 0) {
    const fl = changetype<Flow>(<usize>ptr);
    if (fl.index == index) return fl;
    ptr = fl.next;
  }
  return null;
}

/**
 * Takes polled CQEs off the front of the QP's list; each goes back
 * to the pool when the CQ's list lets it go too.
 */
export function dropPolled(qp: Qp, side: u32): void {
  let ptr = side == 0 ? qp.send_first : qp.recv_first;
  while (ptr != 0) {
    const fl = changetype<Flow>(<usize>ptr);
    if (!fl.polled) break;
    const next = fl.next;
    release(fl);
    ptr = next;
  }
  if (side == 0) {
    qp.send_first = ptr;
    if (ptr == 0) qp.send_last = 0;
  } else {
    qp.recv_first = ptr;
    if (ptr == 0) qp.recv_last = 0;
  }
}
export function dropPolledOfCq(cq: Cq): void {
  let ptr = cq.first;
  while (ptr != 0) {
    const fl = changetype<Flow>(<usize>ptr);
    if (!fl.polled) break;
    const next = fl.next_cq;
    release(fl);
    ptr = next;
  }
  cq.first = ptr;
  if (ptr == 0) cq.last = 0;
}
function release(fl: Flow): void {
  if (--fl.lists == 0) freeFlow(fl);
}

/** An EQE is written and the CQ's next event gets the clock `from` + event latency (R4.5.3). */
function makeEvent(cq: Cq, visible: usize, from: usize): void {
  const node = nodeAt(cq.node);
  occupy(deviceClock(node, R_UP), L_HCA_COMPLETE, writeTime(CQE), visible);
  countWrite(CQE);
  count(C_INTERRUPTS, 1);
  const event = take(FREE_EVENT, EVENT_BYTES);
  store<u32>(event, 0);
  const index = cq.events_made++;
  store<u32>(event, index, 4);
  clockCopy(event + EVENT_CLOCK, from);
  clockAdd(event + EVENT_CLOCK, L_HCA_COMPLETE, param(P_EVENT_LATENCY));
  if (cq.events_last != 0) store<u32>(<usize>cq.events_last, <u32>event);
  else cq.events_first = <u32>event;
  cq.events_last = <u32>event;
  wake(
    changetype<usize>(cq) + offsetof<Cq>("event_waiters"),
    WAIT_EVENT,
    index,
    true,
    load<u64>(event, EVENT_CLOCK),
  );
}

/** Event number `index` of the CQ, or 0 while it has not happened (R3.19). */
export function findEvent(cq: Cq, index: u32): usize {
  let ptr = <usize>cq.events_first;
  while (ptr != 0) {
    if (load<u32>(ptr, 4) == index) return ptr;
    ptr = <usize>load<u32>(ptr);
  }
  return 0;
}
/** The event is taken off the CQ's list (R3.19). */
export function takeEvent(cq: Cq, event: usize): void {
  let at: usize = 0;
  let ptr = <usize>cq.events_first;
  while (ptr != event) {
    at = ptr;
    ptr = <usize>load<u32>(ptr);
  }
  const next = load<u32>(event);
  if (at == 0) cq.events_first = next;
  else store<u32>(at, next);
  if (<usize>cq.events_last == event) cq.events_last = <u32>at;
  give(FREE_EVENT, event);
}

/**
 * req_notify_cq reaches the device. The arm rides on a flow of its own;
 * `burst` says whether only solicited CQEs count (R4.5.4, R4.5.5).
 */
export function serveArm(fl: Flow): void {
  const cq = changetype<Cq>(<usize>fl.cq);
  const head = headOf(fl);
  dropPolledOfCq(cq);
  let ptr = cq.first;
  while (ptr != 0) {
    const cqe = changetype<Flow>(<usize>ptr);
    if (!cqe.polled && (!fl.solicited || cqe.solicited)) break;
    ptr = cqe.next_cq;
  }
  if (ptr == 0) {
    cq.armed = fl.solicited ? 2 : 1;
    clockCopy(changetype<usize>(cq) + CQ_ARM, head);
  } else {
    cq.armed = 0;
    takeOver(
      head,
      changetype<usize>(fl) + HEAD_OWN,
      headOf(changetype<Flow>(<usize>ptr)),
      L_HCA_COMPLETE,
      CAUSE_RETIRE,
    );
    makeEvent(cq, headOf(changetype<Flow>(<usize>ptr)), head);
  }
  freeFlow(fl);
}
