// What a thread waits for: objects, completions, events (R2.39, R3.11, R3.12, R3.19, R3.20).

import { dropPolled, dropPolledOfCq, findCqe } from "../device/cqes";
import { assumed, EVENT_CLOCK, findEvent, takeEvent } from "../device/events";
import { inject } from "../device/launch";
import { headOf } from "../device/stage";
import { C_CQE_POLLED, C_EVENTS_ASSUMED, F_SLEPT, V_GET_CQ_EVENT } from "../gen/abi";
import { CHARGES, follows, startLedger } from "../model/charges";
import { timeOf } from "../model/clock";
import {
  CALL_INDEX,
  CALL_ITEMS,
  CALL_OBJECT,
  CALL_OBJECT_KIND,
  CALL_QP,
  CALL_STATUS,
  CALL_VERB,
  CQE_ITEM,
  KIND_CQ,
  KIND_QP,
  KIND_RQ,
} from "../world/call";
import { CQ_READY, Cq, QP_READY, Qp, RecvQueue, RQ_READY } from "../world/objects";
import { HEAD_OWN } from "../world/operation";
import { count, TOTAL_LENGTHS, total } from "../world/state";
import {
  block,
  clockOf,
  ownOf,
  resume,
  Thread,
  threadAt,
  threadCount,
  WAIT_EVENT,
  WAIT_NONE,
  WAIT_OBJECT,
  WAIT_RECV_CQE,
  WAIT_SEND_CQE,
} from "../world/thread";
import { callOf, feature, follow, itemsOf } from "./turn";

// @ts-ignore: decorator
@inline
const UD: u32 = 2;
/** Global route header, which stands in front of a UD message (R5.5). */
// @ts-ignore: decorator
@inline
const GRH: u32 = 40;

/** Waits for the create call of the object that another thread made (R2.39, R2.40). */
export function awaitObject(t: Thread, call: usize): bool {
  const kind = load<u32>(call, CALL_OBJECT_KIND),
    object = <usize>load<u32>(call, CALL_OBJECT);
  let ready: u32, waiters: usize, clock: usize;
  if (kind == KIND_QP) {
    ready = changetype<Qp>(object).ready;
    waiters = object + offsetof<Qp>("ready_waiters");
    clock = object + QP_READY;
  } else if (kind == KIND_CQ) {
    ready = changetype<Cq>(object).ready;
    waiters = object + offsetof<Cq>("ready_waiters");
    clock = object + CQ_READY;
  } else if (kind == KIND_RQ) {
    ready = changetype<RecvQueue>(object).ready;
    waiters = object + offsetof<RecvQueue>("ready_waiters");
    clock = object + RQ_READY;
  } else return true;
  if (!ready) {
    block(t, waiters, WAIT_OBJECT, 0);
    return false;
  }
  follow(t, clock);
  return true;
}

/** Waits for each completion that the poll returned (R3.11, R3.12, R4.6.4). */
export function poll(t: Thread, call: usize): bool {
  const n = load<u32>(call, CALL_ITEMS),
    items = itemsOf(call);
  while (t.item < n) {
    const item = items + <usize>t.item * CQE_ITEM;
    if (load<u8>(item, 13)) {
      const qp = changetype<Qp>(<usize>load<u32>(item));
      const side = <u32>load<u8>(item, 12),
        index = load<u32>(item, 4);
      if (side == 1 && qp.simulated && !load<u8>(item, 15)) {
        store<u8>(item, 1, 15);
        if (qp.ahead != 0) qp.ahead--;
        else inject(t, qp, load<u8>(item, 14), load<u32>(item, 8), load<u32>(item, 16));
      }
      const cqe = findCqe(qp, side, index);
      if (cqe == null) {
        block(
          t,
          changetype<usize>(qp) + offsetof<Qp>("cqe_waiters"),
          side == 0 ? WAIT_SEND_CQE : WAIT_RECV_CQE,
          index,
        );
        return false;
      }
      follow(t, headOf(cqe));
      if (side == 1 && !sameLength(qp, cqe.length, load<u32>(item, 8))) total(TOTAL_LENGTHS, 1);
    }
    t.item++;
  }
  t.call_start = timeOf(clockOf(t));
  count(C_CQE_POLLED, n);
  for (let i: u32 = 0; i < n; i++) {
    const item = items + <usize>i * CQE_ITEM;
    if (!load<u8>(item, 13)) continue;
    const qp = changetype<Qp>(<usize>load<u32>(item));
    const cqe = findCqe(qp, load<u8>(item, 12), load<u32>(item, 4))!;
    cqe.polled = 1;
    cqe.lists++; // kept until this call has been accounted
    if (CHARGES && cqe.side == 1 && follows(changetype<usize>(cqe) + HEAD_OWN)) startLedger(ownOf(t));
    store<u32>(item, <u32>changetype<usize>(cqe));
    store<u32>(item, <u32>changetype<usize>(qp), 4);
    dropPolled(qp, load<u8>(item, 12));
    dropPolledOfCq(changetype<Cq>(<usize>cqe.cq));
  }
  return true;
}

/** A completion says how long its message was; of a UD message perhaps with its GRH (R5.5). */
function sameLength(qp: Qp, message: u32, completion: u32): bool {
  return completion == message || (qp.kind == UD && completion == message + GRH);
}

/** Waits for the CQ's next event, for which the simulated peer may have to send (R3.19, R4.6.7). */
export function awaitEvent(t: Thread, call: usize): bool {
  if (load<u8>(call, CALL_VERB) != V_GET_CQ_EVENT || load<u16>(call, CALL_STATUS) != 0) return true;
  if (t.assume) {
    t.assume = 0;
    count(C_EVENTS_ASSUMED, 1);
    return true;
  }
  const sleep = itemsOf(call);
  if (load<u32>(call, CALL_ITEMS) != 0 && !load<u8>(sleep, 15)) {
    store<u8>(sleep, 1, 15);
    const qp = changetype<Qp>(<usize>load<u32>(sleep));
    qp.ahead++;
    inject(t, qp, load<u8>(sleep, 14), load<u32>(sleep, 8), load<u32>(sleep, 16));
  }
  const cq = changetype<Cq>(<usize>load<u32>(call, CALL_QP));
  const event = findEvent(cq, load<u32>(call, CALL_INDEX));
  if (event == 0) {
    block(t, changetype<usize>(cq) + offsetof<Cq>("event_waiters"), WAIT_EVENT, load<u32>(call, CALL_INDEX));
    return false;
  }
  const before = timeOf(clockOf(t));
  follow(t, event + EVENT_CLOCK);
  const moved = timeOf(clockOf(t)) - before;
  t.call_start += moved;
  store<u64>(feature(t, F_SLEPT), moved != 0 ? 1 : 0);
  takeEvent(cq, event);
  return true;
}

/**
 * Nothing else can happen: the thread that waits for an event longest
 * goes on as if it had come (R3.20). False when none does.
 */
export function assumeEvent(): bool {
  let best: Thread | null = null;
  for (let i: u32 = 0; i < threadCount; i++) {
    const t = threadAt(i);
    if (t.waiting_for == WAIT_EVENT && (best == null || timeOf(clockOf(t)) < timeOf(clockOf(best)))) best = t;
  }
  if (best == null) return false;
  const cq = changetype<Cq>(<usize>load<u32>(callOf(best), CALL_QP));
  let link = changetype<usize>(cq) + offsetof<Cq>("event_waiters");
  while (load<u32>(link) != <u32>changetype<usize>(best))
    link = <usize>load<u32>(link) + offsetof<Thread>("wait_next");
  store<u32>(link, best.wait_next);
  best.waiting_for = WAIT_NONE;
  best.assume = 1;
  assumed(cq, load<u32>(callOf(best), CALL_INDEX));
  resume(best, 0);
  return true;
}
