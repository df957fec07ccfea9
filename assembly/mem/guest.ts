// The first dimension: gva to gpa, or on a host gva to hpa (M3.5 to M3.8).
import { FRAME_TABLES, MP_GUEST_LEAF, MP_PLACEMENT, MP_THP_SHARE16 } from "../gen/abi";
import { fittingLevel, fragmentFrame, isHugeBlock, mappedFrame, mappedLevel, takeBlocks } from "./place";
import { guestLevels, memParam } from "./state";
import {
  entry,
  entryAt,
  frameOf,
  guestRoot,
  keepStep,
  LEAF,
  MAPPED,
  NO_WAY,
  newTable,
  T_BLOCK,
  tableOf,
} from "./tables";

// @ts-ignore: decorator
@inline
const CONTIGUOUS: u64 = 0;
// @ts-ignore: decorator
@inline
const THP: u64 = 2;

/**
 * Ids number the 4 KiB pages in the order of mapping; a large leaf takes as
 * many, aligned, so that each page size has tags of its own.
 */
let nextId: u32 = 0;
export function guestInit(): void {
  nextId = 0;
  guestWay = NO_WAY;
}

/** The tables on the way to the page found last, for a walk that follows: walk.ts says how. */
export const GUEST_WAY: usize = memory.data(64);
export let guestWay: u64 = NO_WAY;
export let guestWayLeaf: u64 = 0;

/** Level of the leaf that the last guestLeaf found. */
export let guestLeafLevel: u32 = 0;

/** The leaf entry of a page, mapped now if it was not (M3.1). */
export function guestLeaf(page: u64): u64 {
  let table = guestRoot,
    frame: u32 = FRAME_TABLES,
    level = guestLevels;
  while (true) {
    keepStep(GUEST_WAY, level, frame, table);
    const e = load<u64>(entryAt(table, page, level));
    if (e == 0) {
      guestWay = NO_WAY; // its tables are not there yet
      return map(page, table, level);
    }
    if (e & LEAF) {
      guestLeafLevel = level;
      guestWay = page;
      guestWayLeaf = e;
      return e;
    }
    table = tableOf(e);
    frame = frameOf(e);
    level--;
  }
}

/** Maps a page; `table`, at `level`, is the lowest of its tables that exists (M3.5, M3.6, M3.9). */
function map(page: u64, table: usize, level: u32): u64 {
  let leaf = mappedLevel(false, page);
  const given = leaf != 0;
  if (!given) {
    const asked: u32 =
      memParam(MP_PLACEMENT) == THP
        ? isHugeBlock(page >> 9, memParam(MP_THP_SHARE16))
          ? 2
          : 1
        : <u32>memParam(MP_GUEST_LEAF);
    leaf = fittingLevel(false, page, asked);
  }
  // A table that is there already (of smaller leaves around) bounds the leaf from above.
  if (leaf > level) leaf = level;
  for (; level > leaf; level--) table = newTable(entryAt(table, page, level), false);
  const bits = 9 * (leaf - 1),
    pages: u32 = 1 << bits;
  const frame = given
    ? mappedFrame
    : leaf == 1
      ? smallFrame(page, table)
      : takeBlocks(false, leaf == 2 ? 1 : 512) << 9;
  const id = (nextId + pages - 1) & ~(pages - 1);
  nextId = id + pages;
  const e = entry(MAPPED | LEAF, frame, id);
  store<u64>(entryAt(table, page, leaf), e);
  guestLeafLevel = leaf;
  return e;
}

/** Frame of a page in a 4k leaf (M3.7, M3.8). */
function smallFrame(page: u64, table: usize): u32 {
  if (memParam(MP_PLACEMENT) != CONTIGUOUS) return fragmentFrame();
  let block = load<u32>(table, T_BLOCK);
  if (block == 0) {
    block = takeBlocks(false, 1) + 1;
    store<u32>(table, block, T_BLOCK);
  }
  return ((block - 1) << 9) | (<u32>page & 511);
}
