// Per-class statistics: count, bytes, latency, service and wait per layer, log-linear histogram.
//   record: count u64 | bytes u64 | min u64 | max u64 | sum u64 | pad | service 32 u64 | wait 32 u64 (at 64) | histogram u32 (at 576)
// The record sums what it is given; Σ (service + wait) = latency is checked here, on every operation.

import { E_INVARIANT } from "../gen/abi";
import { alloc } from "../lib/arena";
import { OWN_BYTES, ownAddTo, WAITS } from "../model/own";
import { fail } from "./state";

/** Kind of a message (its sender's call to its receiver's poll); other kinds are verb ids. */
// @ts-ignore: decorator
@inline
export const KIND_MESSAGE: u32 = 63;
// @ts-ignore: decorator
@inline
export const SIZE_CLASSES: u32 = 36;
/** Size class of calls that move no bytes. */
// @ts-ignore: decorator
@inline
export const SIZE_NONE: u32 = 35;
// @ts-ignore: decorator
@inline
const SUMS: usize = 64;
// @ts-ignore: decorator
@inline
const HISTOGRAM: usize = SUMS + OWN_BYTES;
/** 128 steps an octave: values below 128 exactly, then 57 octaves. */
// @ts-ignore: decorator
@inline
const BUCKETS: usize = 58 * 128;
// @ts-ignore: decorator
@inline
const RECORD: usize = HISTOGRAM + (BUCKETS << 2);

export const CLASS_TABLE: usize = memory.data(64 * 16 * 36 * 4);

/** 0 bytes: 0; otherwise 1 + the exponent of the smallest power of two that holds n (R5.2). */
export function sizeClass(n: u64): u32 {
  if (n == 0) return 0;
  return n == 1 ? 1 : 65 - <u32>clz<u64>(n - 1);
}

/** 128 steps an octave (R5.3). */
// @ts-ignore: decorator
@inline
function bucketOf(v: u64): u32 {
  if (v < 128) return <u32>v;
  const e = 63 - <u32>clz<u64>(v);
  return ((e - 6) << 7) + (<u32>(v >> (e - 7)) & 127);
}

/** The record of a class, made at its first use. */
// @ts-ignore: decorator
@inline
function recordOf(kind: u32, opcode: u32, size: u32): usize {
  const slot = CLASS_TABLE + ((<usize>((kind * 16 + opcode) * SIZE_CLASSES + size)) << 2);
  let record = <usize>load<u32>(slot);
  if (record == 0) {
    record = alloc(RECORD);
    store<u64>(record, u64.MAX_VALUE, 16);
    store<u32>(slot, <u32>record);
  }
  return record;
}

// @ts-ignore: decorator
@inline
function begin(record: usize, bytes: u64, latency: u64): void {
  store<u64>(record, load<u64>(record) + 1);
  store<u64>(record, load<u64>(record, 8) + bytes, 8);
  if (latency < load<u64>(record, 16)) store<u64>(record, latency, 16);
  if (latency > load<u64>(record, 24)) store<u64>(record, latency, 24);
  store<u64>(record, load<u64>(record, 32) + latency, 32);
  const bucket = record + HISTOGRAM + ((<usize>bucketOf(latency)) << 2);
  store<u32>(bucket, load<u32>(bucket) + 1);
}

/** One operation: its own ledger must sum to its latency (R5.1). */
export function account(kind: u32, opcode: u32, size: u32, bytes: u64, latency: u64, own: usize): void {
  const record = recordOf(kind, opcode, size);
  begin(record, bytes, latency);
  const sum = ownAddTo(record + SUMS, own);
  if (sum != latency) fail(E_INVARIANT, kind, latency, sum);
}

/**
 * A message: what it carried when it became visible, plus the
 * receiver's lateness, plus the receiver's call (R3.23).
 */
export function accountMessage(
  opcode: u32,
  size: u32,
  bytes: u64,
  latency: u64,
  carried: usize,
  late: u64,
  lateLayer: u32,
  call: usize,
): void {
  const record = recordOf(KIND_MESSAGE, opcode, size);
  begin(record, bytes, latency);
  const sums = record + SUMS;
  const own = ownAddTo(sums, carried) + ownAddTo(sums, call);
  const slot = sums + ((<usize>(lateLayer + WAITS)) << 3);
  store<u64>(slot, load<u64>(slot) + late);
  const sum = own + late;
  if (sum != latency) fail(E_INVARIANT, KIND_MESSAGE, latency, sum);
}
