// Whose turn it is, and the call that a thread executes.
import { E_TOO_LATE } from "../gen/abi";
import { takeClock, timeOf } from "../model/clock";
import { FEATURE_BYTES } from "../rows/resolve-call";
import { CALL_HEADER } from "../world/call";
import { isNext } from "../world/heap";
import { push } from "../world/queue";
import { fail, LATEST } from "../world/state";
import { clockOf, T_FEATURES, Thread, tieOfThread } from "../world/thread";

/** True when the thread is the next event; otherwise it goes back to the queue (R3.2, R3.25). */
// @ts-ignore: decorator
@inline
export function mayGo(t: Thread): bool {
  const time = timeOf(clockOf(t)),
    tie = tieOfThread(t);
  if (time > LATEST) {
    fail(E_TOO_LATE, t.blocked_row, time, 0);
    return false;
  }
  if (isNext(time, tie)) return true;
  push(time, tie, changetype<usize>(t));
  return false;
}

/** Takes over a clock outside of any own ledger (R2.40, R3.12). */
// @ts-ignore: decorator
@inline
export function follow(t: Thread, clock: usize): void {
  const mine = clockOf(t);
  if (timeOf(clock) > timeOf(mine)) takeClock(mine, clock);
}

// @ts-ignore: decorator
@inline
export function callOf(t: Thread): usize {
  return <usize>(t.queue + t.read);
}

export function itemsOf(call: usize): usize {
  return call + CALL_HEADER + 10 * <usize>FEATURE_BYTES;
}

// @ts-ignore: decorator
@inline
export function feature(t: Thread, f: u32): usize {
  return changetype<usize>(t) + T_FEATURES + ((<usize>f) << 3);
}
