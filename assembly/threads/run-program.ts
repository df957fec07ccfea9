// A path's program, step by step, and the CPU resources it holds (R3.13 to R3.18).

import { launchArm, launchSends } from "../device/launch";
import {
  CAUSE_RESOURCE,
  E_TOO_LATE,
  I_ACQUIRE,
  I_COST,
  I_COUNT,
  I_END,
  I_LAUNCH,
  I_RELEASE,
  I_WAIT,
  INSTR_ARG,
  INSTR_COEF,
  INSTR_OP,
  INSTR_SIZE,
  RESOURCE_WAITS,
  V_POST_SEND,
  V_REQ_NOTIFY_CQ,
} from "../gen/abi";
import { atStep, CHARGES } from "../model/charges";
import { CLOCK_BYTES, clockAdd, clockCopy, scaled, takeOver, timeOf } from "../model/clock";
import { ownService } from "../model/own";
import { CALL_FLAGS, CALL_PROGRAM, CALL_QP, CALL_STATUS, CALL_VERB } from "../world/call";
import { logHold, logStep } from "../world/log";
import { Cq } from "../world/objects";
import { form, guarded, programAt } from "../world/program";
import { count, cpuResource, fail, nodeAt } from "../world/state";
import { clockOf, ownOf, resume, Thread, WAIT_NONE, WAIT_RESOURCE } from "../world/thread";
import { awaitEvent } from "./await";
import { feature, itemsOf, mayGo } from "./turn";

/** CPU resource record behind its clock: held u32, queue head u32, queue tail u32, pad, held since u64. */
// @ts-ignore: decorator
@inline
const HELD: usize = CLOCK_BYTES;

/** Runs the path's program from `pc`; false when the thread yielded, blocked or failed (R3.13, R3.14, R3.17, R3.25). */
export function runProgram(t: Thread, call: usize): bool {
  const program = programAt(load<u8>(call, CALL_PROGRAM));
  if (program == 0) return true;
  const features = feature(t, 0);
  const clock = clockOf(t),
    own = ownOf(t);
  while (true) {
    const instr = program + <usize>t.pc * INSTR_SIZE;
    const op = <u32>load<u8>(instr, INSTR_OP),
      arg = <u32>load<u8>(instr, INSTR_ARG);
    if (op == I_END) return true;
    if (!guarded(instr, features)) {
      t.pc++;
      continue;
    }
    if (op == I_COST) {
      const n = form(instr, features),
        coef = load<u64>(instr, INSTR_COEF),
        c = scaled(n, coef),
        start = timeOf(clock);
      // A cost may take 2^56 ps (20 hours) at most, so that no program can wrap a clock between two looks at it.
      if (clz(n) + clz(coef) < 56) {
        fail(E_TOO_LATE, t.blocked_row, n, 1);
        return false;
      }
      if (CHARGES) atStep(t.pc, n);
      clockAdd(clock, arg, c);
      logStep(t.index, arg, start, start + c);
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

/** True when the thread holds the resource now; otherwise it is in the queue (R3.15). */
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
  takeOver(clockOf(t), ownOf(t), r, unchecked(RESOURCE_WAITS[which]), CAUSE_RESOURCE);
  store<u64>(r + HELD, timeOf(clockOf(t)), 16);
  return true;
}

/** The resource goes to the first in its queue (R3.4, R3.16). */
function release(t: Thread, r: usize, which: u32): void {
  clockCopy(r, clockOf(t));
  logHold(t.node, which, t.index, load<u64>(r + HELD, 16), timeOf(r));
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
  takeOver(clockOf(next), ownOf(next), r, unchecked(RESOURCE_WAITS[which]), CAUSE_RESOURCE);
  store<u64>(r + HELD, timeOf(clockOf(next)), 16);
  resume(next, 0);
}

/** The device learns of the call's work (R3.8, R3.18). */
function launch(t: Thread, call: usize): void {
  const verb = <u32>load<u8>(call, CALL_VERB);
  if (verb == V_POST_SEND) launchSends(t, call, itemsOf(call));
  else if (verb == V_REQ_NOTIFY_CQ && load<u16>(call, CALL_STATUS) == 0)
    launchArm(t, changetype<Cq>(<usize>load<u32>(call, CALL_QP)), load<u32>(call, CALL_FLAGS));
}
