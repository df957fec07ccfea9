// Completions: CQEs, events, arms, and the retiring of send work requests (R4.4.1 to R4.5.5).

import {
  CAUSE_READS,
  CAUSE_RETIRE,
  L_HCA_COMPLETE,
  L_HCA_PROCESS,
  P_COMPLETE_LATENCY,
  ST_CQE,
  V_POST_SEND,
} from "../gen/abi";
import { CHARGES } from "../model/charges";
import { clockCopy, takeOver, timeOf } from "../model/clock";
import { account } from "../world/account";
import { logCharges, logOperation } from "../world/log";
import { CQ_ARM, Cq, QP_RETIRE, Qp } from "../world/objects";
import { FAILED, Flow, HEAD_OWN, Op } from "../world/operation";
import { deviceClock, nodeAt, param, R_UP, TOTAL_LAST, totalMax } from "../world/state";
import { WAIT_RECV_CQE, WAIT_SEND_CQE, wake } from "../world/thread";
import { CQE, makeEvent } from "./events";
import { detach, endFlow, queue } from "./flow";
import { holdsReadSlot, openGate } from "./gate";
import { countWrite, fifo, headOf, join, lat, writeTime } from "./stage";
import { lookupCqc } from "./translate";

/** The requester learns that `fl`'s operation has ended; `fl` is consumed (R2.42, R4.4.1, R4.4.2, R5.4). */
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
  if (!signalled && (CHARGES || !(op.flags & FAILED)))
    logOperation(qp.node.index, op.opcode, op.call_start, timeOf(head), fl.tie, qp.number, op.length);
  if (!signalled && !(op.flags & FAILED))
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
  fl.burst = op.size_class; // a CQE has no burst: the word carries its size class,
  fl.packets = op.flags & FAILED; // and no packets: this one whether it failed
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
    if (CHARGES || !fl.packets)
      logOperation(fl.node, fl.opcode, fl.call_start, visible, fl.tie, qp.number, fl.length);
    if (!fl.packets)
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
