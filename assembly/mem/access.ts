// The rows of a memory trace, one after the other (M5.1 to M5.3).
import {
  KIND_IS_IFETCH,
  M_MEM_ACCESSES,
  M_MEM_INSTRUCTIONS,
  M_MEM_REFS_L1,
  M_MEM_REFUSED,
  M_MEM_STRADDLES_LINE,
  M_MEM_STRADDLES_PAGE,
  M_TLB_L1_4K_HITS,
} from "../gen/abi";
import { AHEAD, readAhead } from "./ahead";
import { setOf } from "./assoc";
import { BY_DATA, l1, ref, refFrom, seek } from "./caches";
import { guestLevels, tally } from "./state";
import { COUNT_BITS, ONE_HIT, PLACE, SET, slotOf, TAG, translate, UNCACHED } from "./translate";

/**
 * Columns of the rows (vaddr, size, kind, gap, tid, t): byte
 * addresses of linear memory; 0 where the trace has none.
 */
export const COLUMNS_PTR: usize = memory.data(32);
// @ts-ignore: decorator
@inline
function column(slot: usize): usize {
  return <usize>load<u32>(COLUMNS_PTR + (slot << 2));
}

/**
 * Executes the rows from `first` on, at most `n` of them; rows of other
 * threads are passed over when the trace has a `tid` column.
 * Fetches are refused, if the trace has any (`fetches`). Returns
 * how many rows were executed or refused (M5.1).
 */
export function runRows(first: u32, n: u32, tid: u32, fetches: bool): u32 {
  const kinds = column(2),
    gaps = column(3),
    tids = column(4),
    end = first + n;
  let rows: u32 = 0,
    refused: u32 = 0,
    instructions: u64 = 0;
  for (let i = first; i < end; ) {
    // The longest stretch of rows to execute.
    let stop = end;
    if (fetches || tids != 0) {
      for (stop = i; stop < end && isOurs(tids, tid, stop) && !(fetches && isFetch(kinds, stop)); ) stop++;
    }
    if (stop != i) {
      execute(i, stop);
      if (gaps != 0) instructions += sum(gaps + ((<usize>i) << 2), gaps + ((<usize>stop) << 2));
      rows += stop - i;
      i = stop;
    } else {
      if (isOurs(tids, tid, i)) {
        if (gaps != 0) instructions += <u64>load<u32>(gaps + ((<usize>i) << 2));
        refused++;
      }
      i++;
    }
  }
  tally(M_MEM_ACCESSES, rows);
  tally(M_MEM_REFUSED, refused);
  tally(M_MEM_INSTRUCTIONS, instructions);
  return rows + refused;
}
/** Sum of the u32 in [from, end), four at a time: one by one it took a sixth of a replay of hits. */
function sum(from: usize, end: usize): u64 {
  let sums = i64x2.splat(0);
  for (; from + 16 <= end; from += 16) {
    const four = v128.load(from);
    sums = i64x2.add(sums, i64x2.add(i64x2.extend_low_i32x4_u(four), i64x2.extend_high_i32x4_u(four)));
  }
  let all = i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
  for (; from < end; from += 4) all += <u64>load<u32>(from);
  return all;
}
// @ts-ignore: decorator
@inline
function isOurs(tids: usize, tid: u32, i: u32): bool {
  return tids == 0 || load<u32>(tids + ((<usize>i) << 2)) == tid;
}
// @ts-ignore: decorator
@inline
function isFetch(kinds: usize, i: u32): bool {
  return load<u8>(kinds + <usize>i) == KIND_IS_IFETCH;
}

// @ts-ignore: decorator
@inline
const NONE: u64 = 0xffffffffffffffff;
/**
 * Line of the access before, and one hit of its page's size. The line and its page are
 * the most recent of their sets: touching them again changes nothing.
 */
let lastLine: u64 = NONE;
let lastHit: u64 = 0;
export function accessForget(): void {
  lastLine = NONE;
}

/** Rows between two readings of the packed counts: fewer than 2^COUNT_BITS. */
// @ts-ignore: decorator
@inline
const CHUNK: usize = 1 << 20;

/**
 * Rows are read ahead when so many pages in a row had to be looked up, each at most NEAR bytes
 * of addresses (8 rows) after the one before: a sequential trace, which looks one up every 512 rows, never is.
 */
// @ts-ignore: decorator
@inline
const DENSE: u32 = 4;
// @ts-ignore: decorator
@inline
const NEAR: usize = 64;

/** Rows that are all executed (M5.2). */
function execute(first: u32, end: u32): void {
  const vaddrs = column(0),
    // A row's size is at a quarter of its address's place from here.
    sizes = column(1) - (vaddrs >> 2),
    pages = ((<u64>1) << (9 * guestLevels)) - 1,
    last = vaddrs + ((<usize>end) << 3);
  for (let at = vaddrs + ((<usize>first) << 3); at < last; ) {
    const rows = at,
      stop = min(last, at + (CHUNK << 3));
    let others: u32 = 0,
      ahead = at,
      lookedUp = at,
      dense: u32 = 0;
    fastHits = 0;
    // Called from two places, so that the compiler leaves it a function.
    at = fast(at, stop, sizes, pages);
    while (at != stop) {
      others++;
      if (missedSet != 0) refFrom(missedSet, missedLine, BY_DATA);
      else {
        const page = (load<u64>(at) >> 12) & pages;
        if (load<u64>(slotOf(page)) != page) {
          dense = at - lookedUp <= NEAR ? dense + 1 : 0;
          lookedUp = at;
          if (at >= ahead && dense >= DENSE) {
            ahead = min(stop, at + (AHEAD << 3));
            readAhead(at, ahead, pages);
          }
        }
        access(load<u64>(at), <u32>load<u16>(sizes + (at >> 2)), pages);
      }
      at = fast(at + 8, stop, sizes, pages);
    }
    for (let k: u32 = 0; k < 3; k++)
      tally(M_TLB_L1_4K_HITS + 2 * k, (fastHits >> (COUNT_BITS * k)) & ((1 << COUNT_BITS) - 1));
    tally(M_MEM_REFS_L1, ((stop - rows) >> 3) - others);
  }
}

/** Hits in the L1 TLB that fast() decided, by the size of the page, in thirds of one u64. */
let fastHits: u64 = 0;
/** Of the row at which fast() stopped: its line and set in L1 if only that is left to do, else 0. */
let missedSet: usize = 0;
let missedLine: u32 = 0;

/**
 * Executes rows up to the first that must be searched for; where it stopped. What is decided here: the line of
 * the access before, or a page and perhaps a line that are the most recent of their sets in TLB and L1. Such a
 * hit changes no state and is only counted. Calls nothing: a loop with a call in it
 * keeps what it counts on the stack (docs/performance.md).
 */
function fast(from: usize, stop: usize, sizes: usize, pages: u64): usize {
  // Of L1, what the loop asks for every row. Sets that are no power of two
  // (mask 0, no such L1 was built) are left to access().
  const l1Tags = <usize>l1.tags,
    l1Mask = l1.mask,
    l1Stride = <usize>l1.stride;
  let line = lastLine,
    hit = lastHit,
    hits = fastHits,
    at = from;
  missedSet = 0;
  for (; at < stop; at += 8) {
    const va = load<u64>(at);
    if ((<u32>va & 63) + <u32>load<u16>(sizes + (at >> 2)) > 64) break;
    const l = va >> 6;
    if (l == line) {
      hits += hit;
      continue;
    }
    const p = (va >> 12) & pages,
      slot = slotOf(p);
    if (load<u64>(slot) != p) break;
    if (load<u32>(<usize>load<u32>(slot, SET)) != load<u32>(slot, TAG)) break;
    if (l1Mask == 0) break;
    // what is above the frame is shifted out
    const physical = (load<u32>(slot, PLACE) << 6) | (<u32>l & 63),
      set = l1Tags + <usize>(physical & l1Mask) * l1Stride;
    hit = load<u64>(slot, ONE_HIT);
    hits += hit;
    line = l;
    if (load<u32>(set) != physical) {
      missedSet = set;
      missedLine = physical;
      break;
    }
  }
  lastLine = line;
  lastHit = hit;
  fastHits = hits;
  return at;
}

/** One access in full: each line a reference, each page a translation (M1.4, M5.2). */
function access(va: u64, bytes: u32, pages: u64): void {
  const from = va >> 6,
    to = (va + <u64>bytes - 1) >> 6;
  const slot = translate((from >> 6) & pages),
    place = load<u32>(slot, PLACE),
    physical = (place << 6) | (<u32>from & 63);
  seek(setOf(l1, physical), physical, BY_DATA);
  lastLine = (place & UNCACHED) != 0 ? NONE : from;
  lastHit = load<u64>(slot, ONE_HIT);
  if (from != to) straddle(from, to, place, pages);
}
/** The other lines of an access that has several (M5.3). */
function straddle(from: u64, to: u64, place: u32, pages: u64): void {
  tally(M_MEM_STRADDLES_LINE, 1);
  if (from >> 6 != to >> 6) tally(M_MEM_STRADDLES_PAGE, 1);
  for (let l = from + 1; l <= to; l++) {
    if ((l & 63) == 0) {
      const slot = translate((l >> 6) & pages);
      place = load<u32>(slot, PLACE);
      lastHit = load<u64>(slot, ONE_HIT);
    }
    ref((place << 6) | (<u32>l & 63), BY_DATA);
  }
  lastLine = (place & UNCACHED) != 0 ? NONE : to;
}
