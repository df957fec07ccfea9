// Reads what the next rows will need, so that it is in the host's caches when they are executed. Page tables
// of 1 GiB of 4k pages are 2 MiB a dimension, the sets of an L3 of 12 MiB are 768 KiB: a row that misses the TLB waits
// for three or four of their lines, one after the other. Read for 64 rows at a time the waits overlap
// (16 rows: 1.05 times as slow on gups of 1 GiB).
// Only reads: nothing is mapped, touched or counted, so results cannot change.
import { FRAME_TABLES } from "../gen/abi";
import { setOf } from "./assoc";
import { l3 } from "./caches";
import { guestLevels, hostLevels, nested } from "./state";
import { entryAt, frameOf, guestRoot, hostRoot, LEAF, lineOfEntry, tableOf } from "./tables";

/** Rows read ahead at a time. */
// @ts-ignore: decorator
@inline
export const AHEAD: usize = 64;
/** Per row: 0 frame of its page u32, hpa at the end | 4 line of the last entry on the way u32. */
const FOUND: usize = memory.data(512, 64);
// @ts-ignore: decorator
@inline
const UNMAPPED: u32 = 0xffffffff;
/** What was read, so that no compiler leaves the reads out. */
const READ: usize = memory.data(16, 16);

/** Looks a page up in the tables as they are, for the record at `to`. */
// @ts-ignore: decorator
@inline
function lookUp(to: usize, root: usize, levels: u32, page: u64): void {
  let table = root,
    frame: u32 = FRAME_TABLES,
    level = levels,
    e = load<u64>(entryAt(table, page, level));
  while ((e & LEAF) == 0 && e != 0) {
    table = tableOf(e);
    frame = frameOf(e);
    level--;
    e = load<u64>(entryAt(table, page, level));
  }
  const into = <u32>page & ((1 << (9 * (level - 1))) - 1);
  store<u32>(to, e == 0 ? UNMAPPED : frameOf(e) + into);
  store<u32>(to, lineOfEntry(frame, page, level), 4);
}

/** Reads ahead for the rows whose addresses are in [from, end), at most AHEAD of them. */
export function readAhead(from: usize, end: usize, pages: u64): void {
  const until = FOUND + (end - from);
  for (let at = from, to = FOUND; at < end; at += 8, to += 8)
    lookUp(to, guestRoot, guestLevels, (load<u64>(at) >> 12) & pages);
  if (nested)
    for (let to = FOUND; to < until; to += 8) {
      const frame = load<u32>(to);
      if (frame != UNMAPPED) lookUp(to, hostRoot, hostLevels, <u64>frame);
    }
  let read: u32 = 0;
  for (let at = from, to = FOUND; at < end; at += 8, to += 8) {
    const frame = load<u32>(to);
    read ^= load<u32>(setOf(l3, load<u32>(to, 4)));
    if (frame != UNMAPPED) read ^= load<u32>(setOf(l3, (frame << 6) | (<u32>(load<u64>(at) >> 6) & 63)));
  }
  store<u32>(READ, read);
}
