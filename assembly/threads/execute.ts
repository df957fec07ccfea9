// Threads execute their calls (R3.6 to R3.21). `step` carries a
// thread on for as long as it is the next event.

import { numbers } from "../device/launch";
import {
  F_ONESIDED_BYTES,
  L_APP_THINK,
  V_POLL_CQ,
  V_POST_RECV,
  V_POST_SEND,
  V_POST_SRQ_RECV,
  V_REQ_NOTIFY_CQ,
} from "../gen/abi";
import { zero } from "../lib/mem";
import { CHARGES, followLedger } from "../model/charges";
import { clockAdd, timeOf } from "../model/clock";
import { ownZero } from "../model/own";
import { access, EVERYTHING } from "../rows/accesses";
import { FEATURE_BYTES } from "../rows/resolve-call";
import {
  CALL_ACCESSES,
  CALL_AWAIT_POLLED,
  CALL_AWAIT_QP,
  CALL_AWAIT_WRITES,
  CALL_FEATURES,
  CALL_HEADER,
  CALL_ITEMS,
  CALL_OBJECT_KIND,
  CALL_QP,
  CALL_ROW,
  CALL_STATUS,
  CALL_THINK,
  CALL_VERB,
} from "../world/call";
import { QP_POLLED, QP_WRITES, Qp } from "../world/objects";
import { nodeAt, TOTAL_FIRST, TOTALS_PTR } from "../world/state";
import { block, clockOf, ownOf, Thread, WAIT_POLLED, WAIT_WRITES } from "../world/thread";
import { awaitObject, poll } from "./await";
import { end } from "./finish";
import { runProgram } from "./run-program";
import { callOf, feature, follow, mayGo } from "./turn";

// @ts-ignore: decorator
@inline
const PH_FETCH: u32 = 0;
// @ts-ignore: decorator
@inline
const PH_AWAIT_WRITES: u32 = 1;
// @ts-ignore: decorator
@inline
const PH_AWAIT_POLLED: u32 = 2;
// @ts-ignore: decorator
@inline
const PH_AWAIT_OBJECT: u32 = 3;
// @ts-ignore: decorator
@inline
const PH_BEGIN: u32 = 4;
// @ts-ignore: decorator
@inline
const PH_POLL: u32 = 5;
// @ts-ignore: decorator
@inline
const PH_RUN: u32 = 6;
// @ts-ignore: decorator
@inline
const PH_END: u32 = 7;

/**
 * False when the thread has no row left in what was fed, though the trace has more; or
 * no access (`starved` of rows/accesses.ts) (R2.37, R2.38, R2.40, R3.7).
 */
export function step(t: Thread): bool {
  while (true) {
    switch (t.phase) {
      case PH_FETCH: {
        if (t.read == t.ready) {
          if (t.rows_seen != t.rows_total || (t.accesses != 0 && !access(t, EVERYTHING))) return false;
          t.ended = 1;
          return true;
        }
        const call = callOf(t);
        t.blocked_row = load<u32>(call, CALL_ROW);
        if (t.accesses != 0 && !access(t, load<u64>(call, CALL_ACCESSES))) return false;
        const think = load<u64>(call, CALL_THINK);
        if (think != 0) clockAdd(clockOf(t), L_APP_THINK, think);
        t.phase = awaitsNothing(call) ? PH_BEGIN : PH_AWAIT_WRITES;
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
        if (!runProgram(t, callOf(t))) return true;
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

/** Most calls: they go from FETCH to BEGIN without three looks at the queue that change nothing. */
// @ts-ignore: decorator
@inline
function awaitsNothing(call: usize): bool {
  return (
    (load<u32>(call, CALL_AWAIT_WRITES) |
      load<u32>(call, CALL_AWAIT_POLLED) |
      load<u32>(call, CALL_OBJECT_KIND)) ==
    0
  );
}

/** The earliest is kept: after what was assumed (R3.20) a call can begin before one that began already (R5.4). */
function firstPost(call_start: u64): void {
  const first = load<u64>(TOTALS_PTR, TOTAL_FIRST);
  if (first == 0 || call_start < first - 1) store<u64>(TOTALS_PTR, call_start + 1, TOTAL_FIRST);
}

/** The call itself begins (R3.8, R3.9, R3.10). */
function begin(t: Thread, call: usize): void {
  const verb = <u32>load<u8>(call, CALL_VERB);
  if (verb == V_POST_SEND) t.number = numbers(load<u32>(call, CALL_ITEMS));
  else if (verb == V_REQ_NOTIFY_CQ && load<u16>(call, CALL_STATUS) == 0) t.number = numbers(1);
  const features = feature(t, 0);
  zero(features, 256);
  const n = load<u32>(call, CALL_FEATURES);
  for (let i: u32 = 0; i < n; i++) {
    const pair = call + CALL_HEADER + <usize>(i * FEATURE_BYTES);
    store<u64>(features + ((<usize>load<u64>(pair)) << 3), load<u64>(pair, 8));
  }
  if (
    verb == V_POST_SEND ||
    verb == V_POST_RECV ||
    verb == V_POST_SRQ_RECV ||
    verb == V_POLL_CQ ||
    verb == V_REQ_NOTIFY_CQ
  ) {
    const node = nodeAt(t.node);
    store<u64>(feature(t, F_ONESIDED_BYTES), node.onesided_bytes);
    node.onesided_bytes = 0;
  }
  ownZero(ownOf(t));
  if (CHARGES && verb == V_POST_SEND) followLedger(ownOf(t), t.number, load<u32>(call, CALL_ITEMS));
  t.call_start = timeOf(clockOf(t));
  if (verb == V_POST_SEND) firstPost(t.call_start);
  t.pc = 0;
  t.item = 0;
  t.phase = verb == V_POLL_CQ ? PH_POLL : PH_RUN;
}
