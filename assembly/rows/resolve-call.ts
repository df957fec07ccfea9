// Opening and closing call records.

import { F_BF_BYTES, F_BLUEFLAME, F_DOORBELL, P_THINK, PROGRAM_OF, V_POST_SEND } from "../gen/abi";
import { zero } from "../lib/mem";
import { globalRow } from "../world/batch";
import {
  CALL_ACCESSES,
  CALL_FEATURES,
  CALL_FLAGS,
  CALL_HEADER,
  CALL_ITEMS,
  CALL_PROGRAM,
  CALL_ROW,
  CALL_THINK,
  CALL_VERB,
  reserve,
} from "../world/call";
import { param } from "../world/state";
import { Thread } from "../world/thread";
import { accessesBefore } from "./accesses";

/** Feature pairs that follow a header; a slot each for what post_send measures, the largest set. */
// @ts-ignore: decorator
@inline
export const FEATURE_BYTES: u32 = 16;
// @ts-ignore: decorator
@inline
const MAX_FEATURES: u32 = 10;

/** Offset of the open call's header in the thread's region. */
export function openHeader(t: Thread): usize {
  return <usize>(t.queue + t.ready);
}

/** A call record for the current row (R3.6). */
export function openCall(t: Thread, verb: u32, call: u32): void {
  const bytes = <u32>CALL_HEADER + MAX_FEATURES * FEATURE_BYTES;
  const h = reserve(t, bytes);
  zero(h, CALL_HEADER); // features count from `features`, the rest of the slots is never read
  store<u8>(h, <u8>verb, CALL_VERB);
  store<u8>(h, unchecked(PROGRAM_OF[verb]), CALL_PROGRAM);
  store<u32>(h, globalRow(), CALL_ROW);
  if (t.accesses != 0)
    store<u64>(h, accessesBefore(t), CALL_ACCESSES); // they take the place of the gap
  else if (param(P_THINK) != 0) store<u64>(h, t.gap * 1000, CALL_THINK);
  t.gap = 0;
  t.open = 1;
  t.open_call = call;
  t.open_verb = verb;
}

/** Adds to the value of a feature of the open call. */
export function addFeature(t: Thread, feature: u32, value: u64): void {
  const h = openHeader(t);
  const n = load<u32>(h, CALL_FEATURES);
  for (let i: u32 = 0; i < n; i++) {
    const pair = h + CALL_HEADER + <usize>(i * FEATURE_BYTES);
    if (load<u64>(pair) == <u64>feature) {
      store<u64>(pair, load<u64>(pair, 8) + value, 8);
      return;
    }
  }
  const pair = h + CALL_HEADER + <usize>(n * FEATURE_BYTES);
  store<u64>(pair, feature);
  store<u64>(pair, value, 8);
  store<u32>(h, n + 1, CALL_FEATURES);
}

/** No more rows: the record becomes visible to its thread (R2.28, R2.29). */
export function closeCall(t: Thread): void {
  const h = openHeader(t);
  if (t.open_verb == V_POST_SEND) {
    const items = load<u32>(h, CALL_ITEMS);
    const bf = load<u32>(h, CALL_FLAGS);
    if (items == 1 && bf != 0) {
      addFeature(t, F_BLUEFLAME, 1);
      addFeature(t, F_BF_BYTES, bf);
    } else {
      store<u32>(h, 0, CALL_FLAGS);
      if (items != 0) addFeature(t, F_DOORBELL, 1);
    }
  }
  store<u32>(h, t.write - t.ready);
  t.ready = t.write;
  t.open = 0;
}
