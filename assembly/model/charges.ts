// Charges: the parts of an own ledger one by one, for `verbscope explain`
// (docs/explain.md). Only the build that defines EXPLAIN has them;
// in core.wasm every `if (CHARGES)` is gone before code is generated, so that a replay pays nothing for them.
// A ledger carries the address of its newest charge, and a charge that of
// the one before it: what copies a ledger copies its charges.
//   charge, 64 bytes: before u32 | what u32 (src/abi/charges.ts) | amount u64 | n u64 | mark u64 | clock u32 | burst u32 | payload u32

import {
  CAUSE_RESOURCE,
  CHARGE_CAUSE,
  CHARGE_FIRST,
  CHARGE_STAGE,
  CHARGE_THREAD,
  CHARGE_WAIT,
  ST_STEP,
} from "../gen/abi";
import { alloc } from "../lib/arena";

// @ts-ignore: decorator
@inline
export const CHARGES: bool = isDefined(EXPLAIN);
/**
 * In an own ledger (own.ts): the address of its newest charge, NO_CHARGE
 * when it is followed and has none yet, 0 when it is not.
 */
// @ts-ignore: decorator
@inline
export const NEWEST: usize = 520;
// @ts-ignore: decorator
@inline
export const NO_CHARGE: u32 = 1;
// @ts-ignore: decorator
@inline
const CHARGE_BYTES: usize = 64;
// @ts-ignore: decorator
@inline
export const CH_WHAT: usize = 4;
// @ts-ignore: decorator
@inline
export const CH_AMOUNT: usize = 8;
// @ts-ignore: decorator
@inline
export const CH_N: usize = 16;
// @ts-ignore: decorator
@inline
export const CH_MARK: usize = 24;
// @ts-ignore: decorator
@inline
export const CH_CLOCK: usize = 32;
// @ts-ignore: decorator
@inline
export const CH_BURST: usize = 36;
// @ts-ignore: decorator
@inline
export const CH_PAYLOAD: usize = 40;

// Whose clock it is: the pad of a clock names the operation or the thread that set it last.
// @ts-ignore: decorator
@inline
const MARK: usize = 8;
export function markOperation(clock: usize, number: u64): void {
  store<u64>(clock, (number + 1) << 1, MARK);
}
export function markThread(clock: usize, index: u32): void {
  store<u64>(clock, ((<u64>index + 1) << 1) | 1, MARK);
}
export function markOf(clock: usize): u64 {
  return load<u64>(clock, MARK);
}
export function setMark(clock: usize, mark: u64): void {
  store<u64>(clock, mark, MARK);
}

/** Operations that are followed: numbers from `first` up to, without, `end`. */
let first: u64 = 0,
  end: u64 = 0;
/** Records of stages and holds that end before this time are not wanted. */
export let logSince: u64 = 0;
export function followOperations(from: u64, to: u64, since: u64): void {
  first = from;
  end = to;
  logSince = since;
}
/** The ledger is followed from here on, if one of `n` operations from `number` is. */
export function followLedger(own: usize, number: u64, n: u64): void {
  if (number < end && number + n > first) startLedger(own);
}
export function startLedger(own: usize): void {
  store<u32>(own, NO_CHARGE, NEWEST);
}
export function follows(own: usize): bool {
  return load<u32>(own, NEWEST) != 0;
}

// What the charges that follow are for.
let stage: u32 = 0,
  burst: u32 = 0,
  payload: u32 = 0,
  clock: usize = 0,
  firstUnit: u64 = 0;
/**
 * What the last two costs were computed from: those of the first unit and of all, or a cost and its bound.
 */
let older: u64 = 0,
  newer: u64 = 0;

export function costOf(n: u64): void {
  older = newer;
  newer = n;
}
/** A stage; `c` is the cost that `older` belongs to. */
export function atStage(id: u32, k: u32, bytes: u32, resource: usize, c: u64): void {
  stage = id;
  burst = k;
  payload = bytes;
  clock = resource;
  firstUnit = c;
}
/** Instruction `pc` of a program, which costs `n` times its coefficient. */
export function atStep(pc: u32, n: u64): void {
  atStage(ST_STEP, pc, 0, 0, u64.MAX_VALUE);
  newer = n;
}

export function chargeCost(own: usize, layer: u32, c: u64): void {
  const part = c == firstUnit;
  const at = charge(own, layer | (stage << CHARGE_STAGE) | ((part ? 1 : 0) << CHARGE_FIRST), c);
  if (at == 0) return;
  store<u64>(at, part ? older : newer, CH_N);
  store<u32>(at, <u32>clock, CH_CLOCK);
  store<u32>(at, burst, CH_BURST);
  store<u32>(at, payload, CH_PAYLOAD);
}
/** `whose` is the clock that is waited for. */
export function chargeWait(own: usize, layer: u32, c: u64, cause: u32, whose: usize): void {
  const at = charge(own, layer | (1 << CHARGE_WAIT) | (cause << CHARGE_CAUSE), c);
  if (at == 0) return;
  const mark = markOf(whose);
  if (mark != 0) {
    store<u64>(at, (mark >> 1) - 1, CH_MARK);
    if (mark & 1) store<u32>(at, load<u32>(at, CH_WHAT) | (1 << CHARGE_THREAD), CH_WHAT);
  } else store<u64>(at, u64.MAX_VALUE, CH_MARK);
  if (cause == CAUSE_RESOURCE) store<u32>(at, <u32>whose, CH_CLOCK);
}
function charge(own: usize, what: u32, amount: u64): usize {
  const before = load<u32>(own, NEWEST);
  if (before == 0 || amount == 0) return 0;
  const at = alloc(CHARGE_BYTES);
  store<u32>(at, before);
  store<u32>(at, what, CH_WHAT);
  store<u64>(at, amount, CH_AMOUNT);
  store<u32>(own, <u32>at, NEWEST);
  return at;
}
