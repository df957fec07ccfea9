// Radix page tables in linear memory (M1.3, M3.2).
//   A table: header of 64 bytes, then 512 entries of 8 bytes.
//     header: 0 block + 1 u32 (the 2 MiB of a level-1 table, when its pages own a block) | 4 linked u32 | 8 large u32 | 12 next u32 | 16 due u64 | 24 gpa block u32 | 28 listed u32
//   An entry: bits 0..11 flags, 12..37 frame, 38..63 payload. To a table: the table's own frame, and its address / 64. A leaf: its first frame, and its id (guest) or link count (host).

import { FRAME_TABLES } from "../gen/abi";
import { alloc } from "../lib/arena";

// @ts-ignore: decorator
@inline
const HEADER: usize = 64;
// @ts-ignore: decorator
@inline
const TABLE_BYTES: usize = HEADER + 4096;
// @ts-ignore: decorator
@inline
export const MAPPED: u64 = 1;
// @ts-ignore: decorator
@inline
export const LEAF: u64 = 2;
// @ts-ignore: decorator
@inline
export const PRESENT: u64 = 4;

// header fields
// @ts-ignore: decorator
@inline
export const T_BLOCK: usize = 0;
// @ts-ignore: decorator
@inline
export const T_LINKED: usize = 4;
/** 1 when the block would be one large leaf if nothing in it were linked. */
// @ts-ignore: decorator
@inline
export const T_LARGE: usize = 8;
// @ts-ignore: decorator
@inline
export const T_NEXT: usize = 12;
// @ts-ignore: decorator
@inline
export const T_DUE: usize = 16;
// @ts-ignore: decorator
@inline
export const T_GPA_BLOCK: usize = 24;
// @ts-ignore: decorator
@inline
export const T_LISTED: usize = 28;

/** Address of a page's entry in a table of `level` (M1.3). */
// @ts-ignore: decorator
@inline
export function entryAt(table: usize, page: u64, level: u32): usize {
  return table + HEADER + ((<usize>((page >> (9 * (level - 1))) & 511)) << 3);
}
// @ts-ignore: decorator
@inline
export function slotAt(table: usize, i: u32): usize {
  return table + HEADER + ((<usize>i) << 3);
}
// @ts-ignore: decorator
@inline
export function frameOf(entry: u64): u32 {
  return <u32>(entry >> 12) & 0x3ffffff;
}
// @ts-ignore: decorator
@inline
export function payloadOf(entry: u64): u32 {
  return <u32>(entry >> 38);
}
// @ts-ignore: decorator
@inline
export function tableOf(entry: u64): usize {
  return (<usize>payloadOf(entry)) << 6;
}
// @ts-ignore: decorator
@inline
export function entry(flags: u64, frame: u32, payload: u32): u64 {
  return flags | ((<u64>frame) << 12) | ((<u64>payload) << 38);
}

/** Line of the cache that holds an entry: tables are 64 lines of 8 entries (M5.17). */
// @ts-ignore: decorator
@inline
export function lineOfEntry(tableFrame: u32, page: u64, level: u32): u32 {
  return (tableFrame << 6) | (<u32>(page >> (9 * (level - 1) + 3)) & 63);
}

/**
 * A way to a page: the table at each level, 8 bytes a level: its
 * frame, and its address / 64, which also serves as a tag.
 */
// @ts-ignore: decorator
@inline
export function keepStep(way: usize, level: u32, frame: u32, table: usize): void {
  const at = way + ((<usize>level) << 3);
  store<u32>(at, frame);
  store<u32>(at, <u32>(table >> 6), 4);
}
// @ts-ignore: decorator
@inline
export function stepFrame(way: usize, level: u32): u32 {
  return load<u32>(way + ((<usize>level) << 3));
}
// @ts-ignore: decorator
@inline
export function stepTag(way: usize, level: u32): u32 {
  return load<u32>(way + ((<usize>level) << 3), 4);
}
/** No page's number. */
// @ts-ignore: decorator
@inline
export const NO_WAY: u64 = 0xffffffffffffffff;

/** Roots and numbers of tables, guest (0) and host (1). */
export let guestRoot: usize = 0;
export let hostRoot: usize = 0;
let guestTables: u32 = 0;
let hostTables: u32 = 0;

/** The two roots (M3.2). */
export function tablesInit(): void {
  guestTables = hostTables = 0;
  guestRoot = cut();
  hostRoot = cut();
  guestTables = hostTables = 1;
}

/** Carved sixteen at a time, so that a growing arena is not asked for every table. */
let chunk: usize = 0;
let left: u32 = 0;
function cut(): usize {
  if (left == 0) {
    chunk = alloc(16 * TABLE_BYTES);
    left = 16;
  }
  const table = chunk;
  chunk += TABLE_BYTES;
  left--;
  return table;
}

/** A new table, entered at `slot` (M3.2). */
export function newTable(slot: usize, host: bool): usize {
  const table = cut();
  const number = host ? hostTables++ : guestTables++;
  store<u64>(slot, entry(MAPPED, FRAME_TABLES + number, <u32>(table >> 6)));
  return table;
}
