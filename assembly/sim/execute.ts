// Threads execute their calls (docs/model.md 3). `step` carries a thread on for as long as it is the next event.
import { move, zero } from "../lib/mem";
import { give } from "../lib/pool";
import { clockAdd, clockCopy, ownService, ownZero, scaled, takeOver, timeOf } from "../model/clock";
import { THREAD_TIE, isNext, push } from "./heap";
import {
  CALL_AWAIT_POLLED, CALL_AWAIT_QP, CALL_AWAIT_WRITES, CALL_CREATED, CALL_CREATED_KIND, CALL_FEATURES, CALL_FLAGS, CALL_HEADER, CALL_INDEX, CALL_ITEMS, CALL_OBJECT, CALL_OBJECT_KIND, CALL_PROGRAM, CALL_QP, CALL_ROW,
  CALL_STATUS, CALL_THINK, CALL_VERB, CQE_ITEM, KIND_CQ, KIND_QP, KIND_RQ, RECV_ITEM,
} from "./call";
import { FEATURE_BYTES } from "./resolve-call";
import {
  CPU_BYTES, CQ_READY, Cq, FREE_FLOW, Flow, HEAD_OWN, Node, QP_POLLED, QP_READY, QP_WRITES, Qp, RECV_SGES, RQ_READY, RecvQueue, SGE_BYTES, TOTALS_PTR, TOTAL_FIRST, TOTAL_LAST, count, cpuResource, totalMax, nodeAt, nodeCount,
} from "./state";
import {
  T_FEATURES, Thread, WAIT_EVENT, WAIT_NONE, WAIT_OBJECT, WAIT_POLLED, WAIT_RECV_CQE, WAIT_RESOURCE, WAIT_SEND_CQE, WAIT_WRITES, block, clockOf, ownOf, resume, threadAt, threadCount, tieOfThread, wake,
} from "./thread";
import { CLOCK_BYTES } from "../model/clock";
import { form, guarded, programAt } from "./program";
import { inject, launchArm, launchSends, numbers } from "./launch";
import { EVENT_CLOCK, dropPolled, dropPolledOfCq, findCqe, findEvent, takeEvent } from "./complete";
import { addWqe } from "./responder";
import { newRecv } from "./flow";
import { SIZE_NONE, account, accountMessage, sizeClass } from "./account";
import { headOf } from "./stage";
import {
  C_CQE_POLLED, C_EVENTS_ASSUMED, F_ONESIDED_BYTES, F_SLEPT, INSTR_ARG, INSTR_COEF, INSTR_OP, INSTR_SIZE, I_ACQUIRE, I_COST, I_COUNT, I_END, I_LAUNCH, I_RELEASE, I_WAIT, L_APP_THINK, L_LIB_POLL, O_NONE, RESOURCE_WAITS,
  V_GET_CQ_EVENT, V_POLL_CQ, V_POST_RECV, V_POST_SEND, V_POST_SRQ_RECV, V_REQ_NOTIFY_CQ,
} from "../gen/abi";

// @ts-ignore: decorator
@inline const PH_FETCH: u32 = 0;
// @ts-ignore: decorator
@inline const PH_AWAIT_WRITES: u32 = 1;
// @ts-ignore: decorator
@inline const PH_AWAIT_POLLED: u32 = 2;
// @ts-ignore: decorator
@inline const PH_AWAIT_OBJECT: u32 = 3;
// @ts-ignore: decorator
@inline const PH_BEGIN: u32 = 4;
// @ts-ignore: decorator
@inline const PH_POLL: u32 = 5;
// @ts-ignore: decorator
@inline const PH_RUN: u32 = 6;
// @ts-ignore: decorator
@inline const PH_END: u32 = 7;

/** CPU resource record behind its clock: held u32, queue head u32, queue tail u32. */
// @ts-ignore: decorator
@inline const HELD: usize = CLOCK_BYTES;

/** True when the thread is the next event; otherwise it goes back to the queue. */
// @ts-ignore: decorator
@inline
function mayGo(t: Thread): bool {
  const time = timeOf(clockOf(t)), tie = tieOfThread(t);
  if (isNext(time, tie)) return true;
  push(time, tie, changetype<usize>(t));
  return false;
}
/** Takes over a clock outside of any own ledger. */
// @ts-ignore: decorator
@inline
function follow(t: Thread, clock: usize): void {
  const mine = clockOf(t);
  if (timeOf(clock) > timeOf(mine)) clockCopy(mine, clock);
}
// @ts-ignore: decorator
@inline
function callOf(t: Thread): usize {
  return <usize>(t.queue + t.read);
}
function itemsOf(call: usize): usize {
  return call + CALL_HEADER + 10 * <usize>FEATURE_BYTES;
}
// @ts-ignore: decorator
@inline
function feature(t: Thread, f: u32): usize {
  return changetype<usize>(t) + T_FEATURES + (<usize>f << 3);
}

/** False when the thread has no row left in what was fed, though the trace has more. */
export function step(t: Thread): bool {
  while (true) {
    switch (t.phase) {
      case PH_FETCH: {
        if (t.read == t.ready) {
          if (t.rows_seen != t.rows_total) return false;
          t.ended = 1;
          return true;
        }
        const call = callOf(t);
        t.blocked_row = load<u32>(call, CALL_ROW);
        const think = load<u64>(call, CALL_THINK);
        if (think != 0) clockAdd(clockOf(t), L_APP_THINK, think);
        t.phase = PH_AWAIT_WRITES;
        if (!mayGo(t)) return true;
        break;
      }
      case PH_AWAIT_WRITES: {
        const need = load<u32>(callOf(t), CALL_AWAIT_WRITES);
        if (need != 0) {
          const qp = changetype<Qp>(<usize>load<u32>(callOf(t), CALL_AWAIT_QP));
          if (qp.writes_delivered < need) {
            block(t, changetype<usize>(qp) + offsetof<Qp>("write_waiters"), WAIT_WRITES, need);
            return true;
          }
          follow(t, changetype<usize>(qp) + QP_WRITES);
        }
        t.phase = PH_AWAIT_POLLED;
        if (!mayGo(t)) return true;
        break;
      }
      case PH_AWAIT_POLLED: {
        const need = load<u32>(callOf(t), CALL_AWAIT_POLLED);
        if (need != 0) {
          const qp = changetype<Qp>(<usize>load<u32>(callOf(t), CALL_QP));
          if (qp.polled < need) {
            block(t, changetype<usize>(qp) + offsetof<Qp>("poll_waiters"), WAIT_POLLED, need);
            return true;
          }
          follow(t, changetype<usize>(qp) + QP_POLLED);
        }
        t.phase = PH_AWAIT_OBJECT;
        if (!mayGo(t)) return true;
        break;
      }
      case PH_AWAIT_OBJECT: {
        if (!awaitObject(t, callOf(t))) return true;
        t.phase = PH_BEGIN;
        if (!mayGo(t)) return true;
        break;
      }
      case PH_BEGIN:
        begin(t, callOf(t));
        break;
      case PH_POLL: {
        if (!poll(t, callOf(t))) return true;
        t.phase = PH_RUN;
        if (!mayGo(t)) return true;
        break;
      }
      case PH_RUN: {
        if (!run(t, callOf(t))) return true;
        t.phase = PH_END;
        if (!mayGo(t)) return true;
        break;
      }
      default:
        end(t, callOf(t));
        t.read += load<u32>(callOf(t));
        t.phase = PH_FETCH;
        break;
    }
  }
}

function awaitObject(t: Thread, call: usize): bool {
  const kind = load<u32>(call, CALL_OBJECT_KIND), object = <usize>load<u32>(call, CALL_OBJECT);
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

function begin(t: Thread, call: usize): void {
  const verb = <u32>load<u8>(call, CALL_VERB);
  if (verb == V_POST_SEND) t.number = numbers(load<u32>(call, CALL_ITEMS));
  else if (verb == V_REQ_NOTIFY_CQ && load<u16>(call, CALL_STATUS) == 0) t.number = numbers(1);
  const features = feature(t, 0);
  zero(features, 256);
  const n = load<u32>(call, CALL_FEATURES);
  for (let i: u32 = 0; i < n; i++) {
    const pair = call + CALL_HEADER + <usize>(i * FEATURE_BYTES);
    store<u64>(features + (<usize>load<u64>(pair) << 3), load<u64>(pair, 8));
  }
  if (verb == V_POST_SEND || verb == V_POST_RECV || verb == V_POST_SRQ_RECV || verb == V_POLL_CQ || verb == V_REQ_NOTIFY_CQ) {
    const node = nodeAt(t.node);
    store<u64>(feature(t, F_ONESIDED_BYTES), node.onesided_bytes);
    node.onesided_bytes = 0;
  }
  ownZero(ownOf(t));
  t.call_start = timeOf(clockOf(t));
  if (verb == V_POST_SEND && load<u64>(TOTALS_PTR, TOTAL_FIRST) == 0) store<u64>(TOTALS_PTR, t.call_start + 1, TOTAL_FIRST);
  t.pc = 0;
  t.item = 0;
  t.phase = verb == V_POLL_CQ ? PH_POLL : PH_RUN;
}

/** Waits for each completion that the poll returned. */
function poll(t: Thread, call: usize): bool {
  const n = load<u32>(call, CALL_ITEMS), items = itemsOf(call);
  while (t.item < n) {
    const item = items + <usize>t.item * CQE_ITEM;
    if (load<u8>(item, 13)) {
      const qp = changetype<Qp>(<usize>load<u32>(item));
      const side = <u32>load<u8>(item, 12), index = load<u32>(item, 4);
      if (side == 1 && qp.simulated && !load<u8>(item, 15)) {
        store<u8>(item, 1, 15);
        inject(t, qp, load<u8>(item, 14), load<u32>(item, 8), load<u32>(item, 16));
      }
      const cqe = findCqe(qp, side, index);
      if (cqe == null) {
        block(t, changetype<usize>(qp) + offsetof<Qp>("cqe_waiters"), side == 0 ? WAIT_SEND_CQE : WAIT_RECV_CQE, index);
        return false;
      }
      follow(t, headOf(cqe));
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
    store<u32>(item, <u32>changetype<usize>(cqe));
    store<u32>(item, <u32>changetype<usize>(qp), 4);
    dropPolled(qp, load<u8>(item, 12));
    dropPolledOfCq(changetype<Cq>(<usize>cqe.cq));
  }
  return true;
}

/** Runs the path's program from `pc`; false when the thread yielded or blocked. */
function run(t: Thread, call: usize): bool {
  const program = programAt(load<u8>(call, CALL_PROGRAM));
  if (program == 0) return true;
  const features = feature(t, 0);
  const clock = clockOf(t), own = ownOf(t);
  while (true) {
    const instr = program + <usize>t.pc * INSTR_SIZE;
    const op = <u32>load<u8>(instr, INSTR_OP), arg = <u32>load<u8>(instr, INSTR_ARG);
    if (op == I_END) return true;
    if (!guarded(instr, features)) {
      t.pc++;
      continue;
    }
    if (op == I_COST) {
      const c = scaled(form(instr, features), load<u64>(instr, INSTR_COEF));
      clockAdd(clock, arg, c);
      ownService(own, arg, c);
    } else if (op == I_COUNT) count(arg, form(instr, features));
    else if (op == I_ACQUIRE) {
      if (t.acquired) t.acquired = 0;
      else if ((t.held >> arg) & 1) {
        // already held by an earlier step
      } else {
        if (!mayGo(t)) return false;
        if (!acquire(t, cpuResource(nodeAt(t.node), arg), arg)) return false;
      }
      t.held |= 1 << arg;
    } else if (op == I_RELEASE) {
      if ((t.held >> arg) & 1) {
        t.held &= ~(1 << arg);
        release(t, cpuResource(nodeAt(t.node), arg), arg);
      }
    } else if (op == I_LAUNCH) {
      if (!mayGo(t)) return false;
      launch(t, call);
    } else if (op == I_WAIT) {
      if (!mayGo(t)) return false;
      if (!awaitEvent(t, call)) return false;
    }
    t.pc++;
  }
}

function acquire(t: Thread, r: usize, which: u32): bool {
  if (load<u32>(r + HELD) != 0) {
    t.queue_next = 0;
    const me = <u32>changetype<usize>(t);
    const last = load<u32>(r + HELD, 8);
    if (last != 0) changetype<Thread>(<usize>last).queue_next = me;
    else store<u32>(r + HELD, me, 4);
    store<u32>(r + HELD, me, 8);
    t.waiting_for = WAIT_RESOURCE;
    return false;
  }
  store<u32>(r + HELD, 1);
  takeOver(clockOf(t), ownOf(t), r, unchecked(RESOURCE_WAITS[which]));
  return true;
}
function release(t: Thread, r: usize, which: u32): void {
  clockCopy(r, clockOf(t));
  const first = load<u32>(r + HELD, 4);
  if (first == 0) {
    store<u32>(r + HELD, 0);
    return;
  }
  const next = changetype<Thread>(<usize>first);
  store<u32>(r + HELD, next.queue_next, 4);
  if (next.queue_next == 0) store<u32>(r + HELD, 0, 8);
  next.acquired = 1;
  next.waiting_for = WAIT_NONE;
  takeOver(clockOf(next), ownOf(next), r, unchecked(RESOURCE_WAITS[which]));
  resume(next, 0);
}

function launch(t: Thread, call: usize): void {
  const verb = <u32>load<u8>(call, CALL_VERB);
  if (verb == V_POST_SEND) launchSends(t, call, itemsOf(call));
  else if (verb == V_REQ_NOTIFY_CQ && load<u16>(call, CALL_STATUS) == 0) launchArm(t, changetype<Cq>(<usize>load<u32>(call, CALL_QP)), load<u32>(call, CALL_FLAGS));
}

function awaitEvent(t: Thread, call: usize): bool {
  if (load<u8>(call, CALL_VERB) != V_GET_CQ_EVENT || load<u16>(call, CALL_STATUS) != 0) return true;
  if (t.assume) {
    t.assume = 0;
    count(C_EVENTS_ASSUMED, 1);
    return true;
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

/** Effects of a finished call, and its statistics. */
function end(t: Thread, call: usize): void {
  const verb = <u32>load<u8>(call, CALL_VERB);
  const clock = clockOf(t), own = ownOf(t);
  const now = timeOf(clock);
  const items = load<u32>(call, CALL_ITEMS);
  if (verb == V_POST_RECV || verb == V_POST_SRQ_RECV) {
    const rq = changetype<RecvQueue>(<usize>load<u32>(call, CALL_QP));
    let item = itemsOf(call);
    for (let i: u32 = 0; i < items; i++) {
      const wqe = newRecv();
      const n = load<u32>(item);
      wqe.num_sge = n;
      move(changetype<usize>(wqe) + RECV_SGES, item + RECV_ITEM, <usize>n * SGE_BYTES);
      item += RECV_ITEM + <usize>n * SGE_BYTES;
      addWqe(rq, wqe, clock);
    }
  }
  if (verb == V_POLL_CQ) {
    totalMax(TOTAL_LAST, now);
    endPoll(t, call, items, now);
  } else account(verb, O_NONE, SIZE_NONE, 0, now - t.call_start, own);
  const created = <usize>load<u32>(call, CALL_CREATED);
  if (created != 0) makeReady(created, load<u32>(call, CALL_CREATED_KIND), clock, now);
}

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

function endPoll(t: Thread, call: usize, n: u32, now: u64): void {
  const own = ownOf(t), clock = clockOf(t);
  account(V_POLL_CQ, O_NONE, SIZE_NONE, 0, now - t.call_start, own);
  const items = itemsOf(call);
  for (let i: u32 = 0; i < n; i++) {
    const item = items + <usize>i * CQE_ITEM;
    if (!load<u8>(item, 13)) continue;
    const cqe = changetype<Flow>(<usize>load<u32>(item)), qp = changetype<Qp>(<usize>load<u32>(item, 4));
    if (cqe.side == 1) {
      const visible = timeOf(headOf(cqe));
      const late = t.call_start > visible ? t.call_start - visible : 0;
      accountMessage(cqe.opcode, cqe.burst, cqe.length, now - cqe.call_start, changetype<usize>(cqe) + HEAD_OWN, late, L_LIB_POLL, own);
    }
    if (--cqe.lists == 0) give(FREE_FLOW, changetype<usize>(cqe));
    qp.polled++;
    if (now >= timeOf(changetype<usize>(qp) + QP_POLLED)) clockCopy(changetype<usize>(qp) + QP_POLLED, clock);
    if (qp.poll_waiters != 0) wake(changetype<usize>(qp) + offsetof<Qp>("poll_waiters"), WAIT_POLLED, qp.polled, false, now);
  }
}

/** Nothing else can happen: the thread that waits for an event longest goes on as if it had come (docs/model.md 3). False when none does. */
export function assumeEvent(): bool {
  let best: Thread | null = null;
  for (let i: u32 = 0; i < threadCount; i++) {
    const t = threadAt(i);
    if (t.waiting_for == WAIT_EVENT && (best == null || timeOf(clockOf(t)) < timeOf(clockOf(best)))) best = t;
  }
  if (best == null) return false;
  const cq = changetype<Cq>(<usize>load<u32>(callOf(best), CALL_QP));
  let link = changetype<usize>(cq) + offsetof<Cq>("event_waiters");
  while (load<u32>(link) != <u32>changetype<usize>(best)) link = <usize>load<u32>(link) + offsetof<Thread>("wait_next");
  store<u32>(link, best.wait_next);
  best.waiting_for = WAIT_NONE;
  best.assume = 1;
  resume(best, 0);
  return true;
}
