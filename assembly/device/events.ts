// Events of CQs: EQEs, who waits for them, and the arm that asks for one (R4.5.3 to R4.5.5).
import { C_INTERRUPTS, CAUSE_RETIRE, L_HCA_COMPLETE, P_EVENT_LATENCY } from "../gen/abi";
import { give, take } from "../lib/pool";
import { CLOCK_BYTES, clockAdd, clockCopy, takeOver } from "../model/clock";
import { CQ_ARM, Cq } from "../world/objects";
import { Flow, HEAD_OWN } from "../world/operation";
import { count, deviceClock, FREE_EVENT, nodeAt, param, R_UP } from "../world/state";
import { WAIT_EVENT, wake } from "../world/thread";
import { dropPolledOfCq } from "./cqes";
import { freeFlow } from "./flow";
import { countWrite, headOf, occupy, writeTime } from "./stage";

/** CQE and EQE size (prototype 10.4: 32-byte CQEs). */
// @ts-ignore: decorator
@inline
export const CQE: u64 = 32;
/** Event record: { next u32, index u32 } and its clock at 16. */
// @ts-ignore: decorator
@inline
export const EVENT_CLOCK: usize = 16;
// @ts-ignore: decorator
@inline
const EVENT_BYTES: usize = EVENT_CLOCK + CLOCK_BYTES;

/** An EQE is written and the CQ's next event gets the clock `from` + event latency (R4.5.3). */
export function makeEvent(cq: Cq, visible: usize, from: usize): void {
  const node = nodeAt(cq.node);
  occupy(deviceClock(node, R_UP), L_HCA_COMPLETE, writeTime(CQE), visible);
  countWrite(CQE);
  count(C_INTERRUPTS, 1);
  const event = take(FREE_EVENT, EVENT_BYTES);
  store<u32>(event, 0);
  while (wasAssumed(cq, cq.events_made)) cq.events_made++;
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

/** The wait for event `number` went on without one (R3.20). Record: { next u32, number u32 }, of an event's size. */
export function assumed(cq: Cq, number: u32): void {
  const record = take(FREE_EVENT, EVENT_BYTES);
  store<u32>(record, cq.events_assumed);
  store<u32>(record, number, 4);
  cq.events_assumed = <u32>record;
}
/** True when no event is to have this number; it is forgotten then, for later events have later ones. */
function wasAssumed(cq: Cq, number: u32): bool {
  let at = changetype<usize>(cq) + offsetof<Cq>("events_assumed");
  while (load<u32>(at) != 0) {
    const record = <usize>load<u32>(at);
    if (load<u32>(record, 4) == number) {
      store<u32>(at, load<u32>(record));
      give(FREE_EVENT, record);
      return true;
    }
    at = record;
  }
  return false;
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
