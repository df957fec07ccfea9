// The batch being resolved: its descriptor, the current row, and the maps from trace ids to records.

import { B_BASE_ROW } from "../gen/abi";
import { HashMap, hashNew } from "../lib/hash";
import { fail } from "./state";

/** u32 words in the order of BATCH (src/abi/params.ts). */
export const BATCH_PTR: usize = memory.data(256);

// @ts-ignore: decorator
@inline
export function column(slot: u32): u32 {
  return load<u32>(BATCH_PTR + ((<usize>slot) << 2));
}

export let row: u32 = 0;
export function setRow(i: u32): void {
  row = i;
}
/** The mark of the current row (MARK of src/abi/params.ts), 0 for none. */
export let rowMark: usize = 0;
export function setMark(mark: usize): void {
  rowMark = mark;
}
/** Number of the current row in the whole trace. */
export function globalRow(): u32 {
  return column(B_BASE_ROW) + row;
}
export function rowError(code: u32, value: u64, second: u64): bool {
  fail(code, globalRow(), value, second);
  return false;
}

export let threadMap: HashMap = changetype<HashMap>(0);
export let qpMap: HashMap = changetype<HashMap>(0);
export let cqMap: HashMap = changetype<HashMap>(0);
export let srqMap: HashMap = changetype<HashMap>(0);
export let lkeyMap: HashMap = changetype<HashMap>(0);
export let rkeyMap: HashMap = changetype<HashMap>(0);
/** UD QPs by node and number. */
export let udMap: HashMap = changetype<HashMap>(0);

export function mapsInit(): void {
  threadMap = hashNew(64);
  qpMap = hashNew(64);
  cqMap = hashNew(64);
  srqMap = hashNew(64);
  lkeyMap = hashNew(64);
  rkeyMap = hashNew(64);
  udMap = hashNew(64);
}

/** Key of an object of a device context: node 12 bits, ctx 18 bits, id 32 bits; never 0 (R2.2). */
// @ts-ignore: decorator
@inline
export function objectKey(node: u32, ctx: u32, id: u32): u64 {
  return ((<u64>(node + 1)) << 50) | ((<u64>(ctx & 0x3ffff)) << 32) | <u64>id;
}
