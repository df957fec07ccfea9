// The end of a call: its effects on shared state, and its statistics (R3.21 to R3.23).

import { newRecv } from "../device/flow";
import { addWqe } from "../device/responder";
import { headOf } from "../device/stage";
import {
  L_LIB_POLL,
  O_NONE,
  V_DEREG_MR,
  V_POLL_CQ,
  V_POST_RECV,
  V_POST_SEND,
  V_POST_SRQ_RECV,
  V_REG_MR,
} from "../gen/abi";
import { move } from "../lib/mem";
import { give } from "../lib/pool";
import { CHARGES, follows } from "../model/charges";
import { clockCopy, timeOf } from "../model/clock";
import { relink } from "../rows/accesses";
import { account, accountMessage, SIZE_NONE } from "../world/account";
import {
  CALL_CREATED,
  CALL_CREATED_KIND,
  CALL_ITEMS,
  CALL_QP,
  CALL_VERB,
  CQE_ITEM,
  KIND_CQ,
  KIND_QP,
  KIND_RQ,
  RECV_ITEM,
} from "../world/call";
import { logCall, logCharges, logLate, logPolled, NO_OPERATION } from "../world/log";
import { CQ_READY, Cq, QP_POLLED, QP_READY, Qp, RecvQueue, RQ_READY } from "../world/objects";
import { Flow, HEAD_OWN, RECV_SGES, SGE_BYTES } from "../world/operation";
import { FREE_FLOW, TOTAL_LAST, totalMax } from "../world/state";
import { clockOf, ownOf, Thread, WAIT_OBJECT, WAIT_POLLED, wake } from "../world/thread";
import { itemsOf } from "./turn";

/** Effects of a finished call, and its statistics (R3.21, R3.22). */
export function end(t: Thread, call: usize): void {
  const verb = <u32>load<u8>(call, CALL_VERB);
  const clock = clockOf(t),
    own = ownOf(t);
  const now = timeOf(clock);
  const items = load<u32>(call, CALL_ITEMS);
  if (verb == V_POST_RECV || verb == V_POST_SRQ_RECV) {
    const rq = changetype<RecvQueue>(<usize>load<u32>(call, CALL_QP));
    let item = itemsOf(call);
    for (let i: u32 = 0; i < items; i++) {
      const wqe = newRecv();
      const n = <u32>load<u16>(item);
      wqe.num_sge = n;
      wqe.entries = load<u16>(item, 2);
      wqe.length = load<u32>(item, 4);
      move(changetype<usize>(wqe) + RECV_SGES, item + RECV_ITEM, <usize>n * SGE_BYTES);
      item += RECV_ITEM + <usize>n * SGE_BYTES;
      addWqe(rq, wqe, clock);
    }
  }
  if (verb == V_POLL_CQ) {
    totalMax(TOTAL_LAST, now);
    endPoll(t, call, items, now);
  } else account(verb, O_NONE, SIZE_NONE, 0, now - t.call_start, own);
  if (verb == V_REG_MR || verb == V_DEREG_MR) relink(t, call, verb == V_REG_MR);
  logCall(t.index, verb, t.call_start, now, verb == V_POST_SEND && items != 0 ? t.number : NO_OPERATION);
  const created = <usize>load<u32>(call, CALL_CREATED);
  if (created != 0) makeReady(created, load<u32>(call, CALL_CREATED_KIND), clock, now);
}

/** Those who wait for the object go on (R3.21). */
function makeReady(object: usize, kind: u32, clock: usize, now: u64): void {
  if (kind == KIND_QP) {
    const qp = changetype<Qp>(object);
    qp.ready = 1;
    clockCopy(object + QP_READY, clock);
    wake(object + offsetof<Qp>("ready_waiters"), WAIT_OBJECT, 0, true, now);
    if (!qp.rq.shared) makeReady(changetype<usize>(qp.rq), KIND_RQ, clock, now);
  } else if (kind == KIND_CQ) {
    changetype<Cq>(object).ready = 1;
    clockCopy(object + CQ_READY, clock);
    wake(object + offsetof<Cq>("ready_waiters"), WAIT_OBJECT, 0, true, now);
  } else {
    changetype<RecvQueue>(object).ready = 1;
    clockCopy(object + RQ_READY, clock);
    wake(object + offsetof<RecvQueue>("ready_waiters"), WAIT_OBJECT, 0, true, now);
  }
}

/** A poll and the messages that it returned (R3.21, R3.23). */
function endPoll(t: Thread, call: usize, n: u32, now: u64): void {
  const own = ownOf(t),
    clock = clockOf(t);
  account(V_POLL_CQ, O_NONE, SIZE_NONE, 0, now - t.call_start, own);
  const items = itemsOf(call);
  for (let i: u32 = 0; i < n; i++) {
    const item = items + <usize>i * CQE_ITEM;
    if (!load<u8>(item, 13)) continue;
    const cqe = changetype<Flow>(<usize>load<u32>(item)),
      qp = changetype<Qp>(<usize>load<u32>(item, 4));
    if (CHARGES && cqe.side == 1 && follows(changetype<usize>(cqe) + HEAD_OWN)) {
      logCharges(own, now);
      logLate(L_LIB_POLL, timeOf(headOf(cqe)), t.call_start);
      logCharges(changetype<usize>(cqe) + HEAD_OWN, timeOf(headOf(cqe)));
    }
    logPolled(t.index, cqe.side, cqe.opcode, cqe.call_start, now, cqe.tie, qp.number, cqe.length);
    if (cqe.side == 1) {
      const visible = timeOf(headOf(cqe));
      const late = t.call_start > visible ? t.call_start - visible : 0;
      accountMessage(
        cqe.opcode,
        cqe.burst,
        cqe.length,
        now - cqe.call_start,
        changetype<usize>(cqe) + HEAD_OWN,
        late,
        L_LIB_POLL,
        own,
      );
    }
    if (--cqe.lists == 0) give(FREE_FLOW, changetype<usize>(cqe));
    qp.polled++;
    if (now >= timeOf(changetype<usize>(qp) + QP_POLLED)) clockCopy(changetype<usize>(qp) + QP_POLLED, clock);
    if (qp.poll_waiters != 0)
      wake(changetype<usize>(qp) + offsetof<Qp>("poll_waiters"), WAIT_POLLED, qp.polled, false, now);
  }
}
