// The rows of a memory trace, one after the other (docs/memory-model.md 5).
import { KIND_IS_IFETCH, M_MEM_ACCESSES, M_MEM_INSTRUCTIONS, M_MEM_REFS_L1, M_MEM_REFUSED, M_MEM_STRADDLES_LINE, M_MEM_STRADDLES_PAGE, M_TLB_L1_4K_HITS } from "../gen/abi";
import { setOf, touch } from "./assoc";
import { BY_DATA, l1, ref, refBeyond } from "./caches";
import { guestLevels, tally } from "./state";
import { pageSize, translate, uncached } from "./translate";

// @ts-ignore: decorator
@inline const NONE: u64 = 0xffffffffffffffff;

// The page and line of the access before. They are the most recent of their sets in TLB and L1, so that touching them again changes nothing:
// a repeat is counted and not looked up.
let lastPage: u64 = NONE;
let lastLine: u64 = NONE;
let lastFrame: u32 = 0;
let lastSize: u32 = 0;
export function accessForget(): void {
  lastPage = lastLine = NONE;
}

/** Columns of the rows (vaddr, size, kind, gap, tid, t): byte addresses of linear memory; 0 where the trace has none. */
export const COLUMNS_PTR: usize = memory.data(32);
// @ts-ignore: decorator
@inline
function column(slot: usize): usize {
  return <usize>load<u32>(COLUMNS_PTR + (slot << 2));
}

/**
 * Executes the rows from `first` on, at most `n` of them; rows of other threads are passed over when the trace has a `tid` column.
 * Fetches are refused, if the trace has any (`fetches`). Returns how many rows were executed or refused.
 */
export function runRows(first: u32, n: u32, tid: u32, fetches: bool): u32 {
  const vaddrs = column(0), sizes = column(1), kinds = column(2), gaps = column(3), tids = column(4);
  const pages = ((<u64>1) << (9 * guestLevels)) - 1;
  const picky = fetches || tids != 0, end = first + n;
  let page = lastPage, line = lastLine, frame = lastFrame, size = lastSize;
  let rows: u32 = 0, refused: u32 = 0, samePage: u32 = 0, sameLine: u32 = 0, near: u32 = 0;
  let instructions: u64 = 0;
  for (let i = first; i < end; i++) {
    if (picky) {
      if (tids != 0 && load<u32>(tids + (<usize>i << 2)) != tid) continue;
      if (fetches && load<u8>(kinds + <usize>i) == KIND_IS_IFETCH) {
        if (gaps != 0) instructions += <u64>load<u32>(gaps + (<usize>i << 2));
        refused++;
        continue;
      }
    }
    if (gaps != 0) instructions += <u64>load<u32>(gaps + (<usize>i << 2));
    rows++;
    const va = load<u64>(vaddrs + (<usize>i << 3)), bytes = <u32>load<u16>(sizes + (<usize>i << 1));
    const l = va >> 6;
    if ((<u32>va & 63) + bytes <= 64) {
      if (l == line) {
        sameLine++;
        continue;
      }
      line = l;
      const p = (va >> 12) & pages;
      if (p == page) samePage++;
      else {
        tally(M_TLB_L1_4K_HITS + 2 * size, samePage + sameLine);
        near += sameLine;
        samePage = sameLine = 0;
        frame = translate(p);
        page = p;
        size = pageSize;
      }
      const physical = (frame << 6) | (<u32>l & 63);
      if (touch(l1, setOf(l1, physical), physical)) near++;
      else refBeyond(physical, BY_DATA);
      if (uncached) page = line = NONE;
    } else {
      lastPage = page;
      lastFrame = frame;
      lastSize = size;
      straddle(va, bytes, pages);
      page = lastPage;
      line = lastLine;
      frame = lastFrame;
      if (size != lastSize) {
        tally(M_TLB_L1_4K_HITS + 2 * size, samePage + sameLine);
        near += sameLine;
        samePage = sameLine = 0;
        size = lastSize;
      }
    }
  }
  tally(M_TLB_L1_4K_HITS + 2 * size, samePage + sameLine);
  tally(M_MEM_REFS_L1, near + sameLine);
  tally(M_MEM_ACCESSES, rows);
  tally(M_MEM_REFUSED, refused);
  tally(M_MEM_INSTRUCTIONS, instructions);
  lastPage = page;
  lastLine = line;
  lastFrame = frame;
  lastSize = size;
  return rows + refused;
}

/** A row of several lines: each is a reference, each page a translation. */
function straddle(va: u64, bytes: u32, pages: u64): void {
  const from = va >> 6, to = (va + <u64>bytes - 1) >> 6;
  tally(M_MEM_STRADDLES_LINE, 1);
  if (from >> 6 != to >> 6) tally(M_MEM_STRADDLES_PAGE, 1);
  for (let l = from; ; l++) {
    const p = (l >> 6) & pages;
    if (l == from || (l & 63) == 0) {
      if (p == lastPage) tally(M_TLB_L1_4K_HITS + 2 * lastSize, 1);
      else {
        lastFrame = translate(p);
        lastPage = p;
        lastSize = pageSize;
      }
    }
    ref((lastFrame << 6) | (<u32>l & 63), BY_DATA);
    lastLine = l;
    if (uncached) lastPage = lastLine = NONE;
    if (l == to) return;
  }
}
