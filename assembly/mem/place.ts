// Which frame a page gets (M3.3 to M3.11, M7.1).
import {
  FRAME_FRAGMENTS,
  FRAME_LINKED,
  MAP_FRAME,
  MAP_LEAF,
  MAP_PAGE_LOW,
  MAP_PAGES,
  MAPPING_WORDS,
  MP_FRAME_BITS,
  MP_GUEST_FIRST_BLOCK,
  MP_HOST_FIRST_BLOCK,
  MP_SEED,
} from "../gen/abi";
import { MEM_ERROR_FRAMES, memFail, memParam } from "./state";

let guestBlock: u32 = 0;
let hostBlock: u32 = 0;
let fragments: u32 = 0;
let linkedFrames: u32 = 0;
let frameBits: u32 = 9;
let seed: u32 = 0;

export function placeInit(): void {
  guestBlock = <u32>memParam(MP_GUEST_FIRST_BLOCK);
  hostBlock = <u32>memParam(MP_HOST_FIRST_BLOCK);
  fragments = 0;
  linkedFrames = 0;
  frameBits = <u32>memParam(MP_FRAME_BITS);
  seed = <u32>memParam(MP_SEED);
  guestRanges = hostRanges = 0;
  guestCount = hostCount = 0;
}

/** First of `n` new blocks; n = 512 (a 1g leaf) is aligned to itself (M3.3, M3.4). */
export function takeBlocks(host: bool, n: u32): u32 {
  let block = host ? hostBlock : guestBlock;
  if (n == 512) block = (block + 511) & ~511;
  if (host) hostBlock = block + n;
  else guestBlock = block + n;
  if (block + n > FRAME_FRAGMENTS >> 9) memFail(MEM_ERROR_FRAMES, 0);
  return block;
}

/** A permutation of the numbers below 2^frameBits (M3.10). */
function perm(i: u32): u32 {
  const m = ((<u32>1) << frameBits) - 1,
    half = (frameBits + 1) >> 1;
  let x = (i + seed * 0x9e3779b1) & m;
  x = (x * 0x2c1b3c6d) & m;
  x ^= x >> half;
  x = (x * 0x297a2d39) & m;
  return x ^ (x >> half);
}
/** The next frame of the fragments area (M3.4, M3.8). */
export function fragmentFrame(): u32 {
  if (fragments >> frameBits != 0) memFail(MEM_ERROR_FRAMES, 1);
  return FRAME_FRAGMENTS + perm(fragments++);
}
/** The next frame of the linked area (M4.5). */
export function linkedFrame(): u32 {
  // More links than frames happen only when pages are linked again and again: old frames are free by then.
  return FRAME_LINKED + perm(linkedFrames++ & (((<u32>1) << frameBits) - 1));
}
/** True when the share of `thp` gives the 2 MiB block of a page one large leaf (M3.9). */
export function isHugeBlock(block: u64, share16: u64): bool {
  return ((block ^ <u64>seed) * 0x9e3779b97f4a7c15) >> 48 < share16;
}

// Mapping table: ranges sorted by page, MAPPING_WORDS u32 each.
let guestRanges: usize = 0;
let hostRanges: usize = 0;
let guestCount: u32 = 0;
let hostCount: u32 = 0;
export function setRanges(host: bool, table: usize, n: u32): void {
  if (host) {
    hostRanges = table;
    hostCount = n;
  } else {
    guestRanges = table;
    guestCount = n;
  }
}
// @ts-ignore: decorator
@inline
function word(range: usize, slot: u32): u32 {
  return load<u32>(range + ((<usize>slot) << 2));
}
// @ts-ignore: decorator
@inline
function firstPage(range: usize): u64 {
  return load<u64>(range + ((<usize>MAP_PAGE_LOW) << 2));
}
/** The last range that starts at or before `page`; 0 when there is none. */
function rangeBefore(host: bool, page: u64): usize {
  const table = host ? hostRanges : guestRanges;
  let low: u32 = 0,
    high = host ? hostCount : guestCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (firstPage(table + <usize>((middle * MAPPING_WORDS) << 2)) <= page) low = middle + 1;
    else high = middle;
  }
  return low == 0 ? 0 : table + <usize>(((low - 1) * MAPPING_WORDS) << 2);
}

/**
 * Level of the leaf that the mapping table gives the page; 0 when it does not.
 * `mappedFrame` is then the leaf's first frame (M3.5, M3.12).
 */
export function mappedLevel(host: bool, page: u64): u32 {
  if ((host ? hostCount : guestCount) == 0) return 0;
  const range = rangeBefore(host, page);
  if (range == 0) return 0;
  const into = page - firstPage(range);
  if (into >= <u64>word(range, MAP_PAGES)) return 0;
  const level = word(range, MAP_LEAF);
  mappedFrame = word(range, MAP_FRAME) + (<u32>into & ~((1 << (9 * (level - 1))) - 1));
  return level;
}
export let mappedFrame: u32 = 0;

/** The largest level up to `most` whose aligned page around `page` overlaps no range (M3.5, M3.12). */
export function fittingLevel(host: bool, page: u64, most: u32): u32 {
  if ((host ? hostCount : guestCount) == 0) return most;
  for (let level = most; level > 1; level--) {
    const bits = <u64>(9 * (level - 1)),
      start = (page >> bits) << bits,
      end = start + ((<u64>1) << bits);
    const range = rangeBefore(host, end - 1);
    if (range == 0 || firstPage(range) + <u64>word(range, MAP_PAGES) <= start) return level;
  }
  return 1;
}
