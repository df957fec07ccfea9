// The host dimension: gpa to hpa, with memlink's splits (M3.12 to M4.10).
import {
  FRAME_TABLES,
  M_MEM_BLOCKS_COLLAPSED,
  M_MEM_BLOCKS_SPLIT,
  M_MEM_EPT_VIOLATIONS,
  M_MEM_PAGES_LINKED,
  M_MEM_PAGES_UNLINKED,
  MP_HOST_LEAF,
  MP_KHUGEPAGED,
  MP_KHUGEPAGED_DELAY,
} from "../gen/abi";
import { fittingLevel, linkedFrame, mappedFrame, mappedLevel, takeBlocks } from "./place";
import { hostLevels, MEM_ERROR_UNLINK, memFail, memParam, tally } from "./state";
import {
  entry,
  entryAt,
  frameOf,
  hostRoot,
  keepStep,
  LEAF,
  MAPPED,
  NO_WAY,
  newTable,
  PRESENT,
  payloadOf,
  slotAt,
  T_BLOCK,
  T_DUE,
  T_GPA_BLOCK,
  T_LARGE,
  T_LINKED,
  T_LISTED,
  T_NEXT,
  tableOf,
} from "./tables";

/** Blocks whose links are all gone, in order: khugepaged may make them one leaf again. */
let dueFirst: usize = 0;
let dueLast: usize = 0;
export function hostInit(): void {
  dueFirst = dueLast = 0;
  hostWay = NO_WAY;
}

/** Level of the leaf that the last hostLeaf found. */
export let hostLeafLevel: u32 = 0;

/** The tables on the way to the frame found last. */
export const HOST_WAY: usize = memory.data(64);
export let hostWay: u64 = NO_WAY;

/** The leaf entry of a gpa frame, present: an EPT violation if it was not (M3.1, M3.14). */
export function hostLeaf(frame: u32): u64 {
  const page = <u64>frame;
  let table = hostRoot,
    tableFrame: u32 = FRAME_TABLES,
    level = hostLevels,
    at = entryAt(table, page, level),
    e = load<u64>(at);
  keepStep(HOST_WAY, level, tableFrame, table);
  hostWay = page;
  while ((e & LEAF) == 0) {
    if (e == 0) {
      hostWay = NO_WAY; // its tables are not there yet
      const leaf = min(level, leafLevel(page));
      for (; level > leaf; level--) table = newTable(entryAt(table, page, level), true);
      at = entryAt(table, page, level);
      e = entry(MAPPED | LEAF, placeOf(page, table, level), 0);
      break;
    }
    table = tableOf(e);
    tableFrame = frameOf(e);
    level--;
    keepStep(HOST_WAY, level, tableFrame, table);
    at = entryAt(table, page, level);
    e = load<u64>(at);
  }
  hostLeafLevel = level;
  if ((e & PRESENT) == 0) {
    tally(M_MEM_EPT_VIOLATIONS, 1);
    e |= PRESENT;
    store<u64>(at, e);
  }
  return e;
}

/** Level of the leaf that a page has, or would have, if nothing around it were linked (M3.12). */
function leafLevel(page: u64): u32 {
  const given = mappedLevel(true, page);
  return given != 0 ? given : fittingLevel(true, page, <u32>memParam(MP_HOST_LEAF));
}

/**
 * First frame of a leaf at `level`, taken now unless the mapping table
 * gives it. `table` is the leaf's table (M3.12, M3.13).
 */
function placeOf(page: u64, table: usize, level: u32): u32 {
  const given = mappedLevel(true, page);
  if (given != 0)
    return mappedFrame | (<u32>page & ((1 << (9 * (given - 1))) - 1) & ~((1 << (9 * (level - 1))) - 1));
  if (level > 1) return takeBlocks(true, level == 2 ? 1 : 512) << 9;
  let block = load<u32>(table, T_BLOCK);
  if (block == 0) {
    block = takeBlocks(true, 1) + 1;
    store<u32>(table, block, T_BLOCK);
  }
  return ((block - 1) << 9) | (<u32>page & 511);
}

/** The level-1 table of a frame, after splitting what larger leaf there is, or would be (M4.2, M4.4). */
function smallTable(frame: u32): usize {
  const page = <u64>frame;
  let table = hostRoot,
    large = false;
  for (let level = hostLevels; level > 1; level--) {
    const at = entryAt(table, page, level),
      e = load<u64>(at);
    if (e != 0 && (e & LEAF) == 0) {
      table = tableOf(e);
      continue;
    }
    const split = level <= 3 && (e != 0 || leafLevel(page) >= level);
    const first = split ? (e != 0 ? frameOf(e) : placeOf(page, table, level)) : 0;
    table = newTable(at, true);
    if (split) {
      fill(table, first, level - 1);
      if (level == 2) {
        large = true;
        store<u32>(table, (first >> 9) + 1, T_BLOCK);
      }
    }
  }
  if (large) {
    tally(M_MEM_BLOCKS_SPLIT, 1);
    store<u32>(table, 1, T_LARGE);
    store<u32>(table, frame >> 9, T_GPA_BLOCK);
  }
  return table;
}
/** 512 leaves in the place of one, none of them present (M4.3). */
function fill(table: usize, first: u32, level: u32): void {
  for (let i: u32 = 0; i < 512; i++)
    store<u64>(slotAt(table, i), entry(MAPPED | LEAF, first + (i << (9 * (level - 1))), 0));
}

/** Links a gpa frame: it moves to a page of its own, and its block to 4k leaves (M4.1, M4.5, M4.6). */
export function linkFrame(frame: u32, present: bool): void {
  const table = smallTable(frame),
    at = entryAt(table, <u64>frame, 1),
    e = load<u64>(at);
  tally(M_MEM_PAGES_LINKED, 1);
  const count = e == 0 ? 0 : payloadOf(e);
  if (count != 0) {
    store<u64>(at, entry((e & (MAPPED | LEAF | PRESENT)) | (present ? PRESENT : 0), frameOf(e), count + 1));
    return;
  }
  // The old place must be known before it is left: a table of small leaves takes its block now.
  if (e == 0) placeOf(<u64>frame, table, 1);
  store<u64>(at, entry(MAPPED | LEAF | (present ? PRESENT : 0), linkedFrame(), 1));
  store<u32>(table, load<u32>(table, T_LINKED) + 1, T_LINKED);
  store<u64>(table, 0, T_DUE);
}

/** Takes one link of a gpa frame back (M4.6, M4.7, M4.8). */
export function unlinkFrame(frame: u32, now: u64): void {
  const table = smallTable(frame),
    at = entryAt(table, <u64>frame, 1),
    e = load<u64>(at);
  const count = e == 0 ? 0 : payloadOf(e);
  if (count == 0) {
    memFail(MEM_ERROR_UNLINK, <u64>frame);
    return;
  }
  tally(M_MEM_PAGES_UNLINKED, 1);
  if (count > 1) {
    store<u64>(at, entry(e & (MAPPED | LEAF | PRESENT), frameOf(e), count - 1));
    return;
  }
  store<u64>(at, entry(MAPPED | LEAF, oldPlace(frame, table), 0));
  const left = load<u32>(table, T_LINKED) - 1;
  store<u32>(table, left, T_LINKED);
  if (left == 0 && load<u32>(table, T_LARGE) != 0 && memParam(MP_KHUGEPAGED) != 0) {
    store<u64>(table, now + memParam(MP_KHUGEPAGED_DELAY) + 1, T_DUE);
    enlist(table);
  }
}
/** Where the frame is when nothing links it (M4.7, M4.10). */
function oldPlace(frame: u32, table: usize): u32 {
  return load<u32>(table, T_LARGE) != 0
    ? ((load<u32>(table, T_BLOCK) - 1) << 9) | (frame & 511)
    : placeOf(<u64>frame, table, 1);
}

/** Moves the table to the end of the list: it has just become due (M4.8). */
function enlist(table: usize): void {
  if (load<u32>(table, T_LISTED) != 0) remove(table);
  store<u32>(table, 1, T_LISTED);
  store<u32>(table, 0, T_NEXT);
  if (dueLast != 0) store<u32>(dueLast, <u32>table, T_NEXT);
  else dueFirst = table;
  dueLast = table;
}
function remove(table: usize): void {
  let before: usize = 0,
    at = dueFirst;
  while (at != table) {
    before = at;
    at = <usize>load<u32>(at, T_NEXT);
  }
  const next = load<u32>(table, T_NEXT);
  if (before == 0) dueFirst = <usize>next;
  else store<u32>(before, next, T_NEXT);
  if (dueLast == table) dueLast = before;
  store<u32>(table, 0, T_LISTED);
}

/** Blocks that are due become one leaf again, in order; true when there were any (M4.9, M4.10). */
export function collapse(now: u64): bool {
  let any = false;
  for (let table = dueFirst; table != 0; ) {
    const next = <usize>load<u32>(table, T_NEXT),
      due = load<u64>(table, T_DUE);
    if (due != 0 && due - 1 <= now) {
      const page = (<u64>load<u32>(table, T_GPA_BLOCK)) << 9;
      let above = hostRoot;
      for (let level = hostLevels; level > 2; level--)
        above = tableOf(load<u64>(entryAt(above, page, level)));
      store<u64>(entryAt(above, page, 2), entry(MAPPED | LEAF, takeBlocks(true, 1) << 9, 0));
      tally(M_MEM_BLOCKS_COLLAPSED, 1);
      any = true;
    }
    if (due == 0 || due - 1 <= now) remove(table);
    table = next;
  }
  return any;
}
