// What a memory trace touches, before any path is chosen: pages,
// working set, kinds; and rows that cannot be executed.
import { alloc } from "../lib/arena";
import { COLUMNS_PTR } from "./access";

/** Parts of the trace for which the working set is counted. */
// @ts-ignore: decorator
@inline
export const WINDOWS: u32 = 64;
/**
 * u64 words: kinds of rows (4), bytes, bad row + 1, why (1 size, 2 wraps, 3 not
 * canonical, 4 kind), value, highest address bits seen, pages.
 */
export const SCAN_PTR: usize = memory.data(128);
// @ts-ignore: decorator
@inline
const BYTES: usize = 32;
// @ts-ignore: decorator
@inline
const BAD_ROW: usize = 40;
// @ts-ignore: decorator
@inline
const BAD_WHY: usize = 48;
// @ts-ignore: decorator
@inline
const BAD_VALUE: usize = 56;
// @ts-ignore: decorator
@inline
const WIDE: usize = 64;
// @ts-ignore: decorator
@inline
const PAGES: usize = 72;
/** Per window: distinct pages, and pages seen for the first time; u64 pairs. */
export const WINDOWS_PTR: usize = memory.data(1024);

/**
 * Pages, open addressing. Entry of 16 bytes: page + 1 u64 | bits 0..47
 * accesses, 48..54 window of the last one, 55 stored to.
 */
let table: usize = 0;
let mask: u32 = 0;
let pages: u32 = 0;

// @ts-ignore: decorator
@inline
const WINDOW_SHIFT: u64 = 48;
// @ts-ignore: decorator
@inline
const STORED: u64 = 1 << 55;
// @ts-ignore: decorator
@inline
const CANONICAL: u64 = 57;

export function scanInit(): void {
  mask = 4095;
  table = alloc(4096 << 4);
  pages = 0;
}

function find(page: u64): usize {
  let i = <u32>((page * 0x9e3779b97f4a7c15) >> 32) & mask;
  while (true) {
    const at = table + ((<usize>i) << 4),
      k = load<u64>(at);
    if (k == page + 1) return at;
    if (k == 0) {
      store<u64>(at, page + 1);
      pages++;
      return at;
    }
    i = (i + 1) & mask;
  }
}
function grow(): void {
  const old = table,
    entries = mask + 1;
  mask = entries * 2 - 1;
  table = alloc((<usize>entries) << 5);
  pages = 0;
  for (let i: u32 = 0; i < entries; i++) {
    const k = load<u64>(old + ((<usize>i) << 4));
    if (k != 0) store<u64>(find(k - 1), load<u64>(old + ((<usize>i) << 4), 8), 8);
  }
}

function note(page: u64, accesses: u64, stored: bool, window: u64): void {
  const before = pages,
    at = find(page);
  let word = load<u64>(at, 8);
  const counts = WINDOWS_PTR + ((<usize>window) << 4);
  if (pages != before) store<u64>(counts, load<u64>(counts, 8) + 1, 8);
  if (pages != before || ((word >> WINDOW_SHIFT) & 127) != window) store<u64>(counts, load<u64>(counts) + 1);
  word = (word & ~((<u64>127) << WINDOW_SHIFT)) | (window << WINDOW_SHIFT);
  store<u64>(at, (word + accesses) | (stored ? STORED : 0), 8);
  if (pages * 4 > mask * 3) grow();
}

function bad(row: u64, why: u64, value: u64): bool {
  store<u64>(SCAN_PTR, row + 1, BAD_ROW);
  store<u64>(SCAN_PTR, why, BAD_WHY);
  store<u64>(SCAN_PTR, value, BAD_VALUE);
  return false;
}

/**
 * Scans `n` rows, of which the first is row `base` of `total`.
 * False at a row that cannot be executed (M1.5, M5.1).
 */
export function scanRows(base: u64, n: u32, total: u64): bool {
  const vaddrs = <usize>load<u32>(COLUMNS_PTR),
    sizes = <usize>load<u32>(COLUMNS_PTR, 4),
    kinds = <usize>load<u32>(COLUMNS_PTR, 8);
  const share = (total + WINDOWS - 1) / WINDOWS;
  let page: u64 = 0xffffffffffffffff,
    run: u64 = 0,
    stored = false,
    wide = load<u64>(SCAN_PTR, WIDE);
  let window: u64 = base / share,
    left = (window + 1) * share - base;
  for (let i: u32 = 0; i < n; i++) {
    const va = load<u64>(vaddrs + ((<usize>i) << 3)),
      size = <u64>load<u16>(sizes + ((<usize>i) << 1));
    const kind = <u32>load<u8>(kinds + <usize>i);
    if (size == 0) return bad(base + i, 1, 0);
    const last = va + size - 1;
    if (last < va) return bad(base + i, 2, va);
    const sign = <u64>(<i64>va >> <i64>(CANONICAL - 1));
    if (sign + 1 > 1 || <u64>(<i64>last >> <i64>(CANONICAL - 1)) != sign) return bad(base + i, 3, va);
    if (kind > 3) return bad(base + i, 4, kind);
    wide |= va ^ sign;
    const slot = SCAN_PTR + ((<usize>kind) << 3);
    store<u64>(slot, load<u64>(slot) + 1);
    store<u64>(SCAN_PTR, load<u64>(SCAN_PTR, BYTES) + size, BYTES);
    if (left == 0) {
      if (run != 0) note(page, run, stored, window);
      run = 0;
      window++;
      left = share;
    }
    left--;
    if (kind == 3) continue;
    const p = va >> 12,
      q = last >> 12;
    if (p == page) {
      run++;
      stored = stored || kind != 0;
    } else {
      if (run != 0) note(page, run, stored, window);
      page = p;
      run = 1;
      stored = kind != 0;
    }
    for (let next = p + 1; next <= q; next++) note(next, 1, kind != 0, window);
  }
  if (run != 0) note(page, run, stored, window);
  store<u64>(SCAN_PTR, wide, WIDE);
  store<u64>(SCAN_PTR, pages, PAGES);
  return true;
}

// @ts-ignore: decorator
@inline
const DIGIT: u32 = 13;
/**
 * The touched pages, ascending, in the layout of the table; there are
 * `pages` of them. Four passes of a radix sort cover 52 bits.
 */
export function sortedPages(): usize {
  let from = alloc(((<usize>pages) << 4) + 16),
    to = alloc(((<usize>pages) << 4) + 16);
  const counts = alloc(4 << DIGIT);
  let n: usize = 0;
  for (let i: u32 = 0; i <= mask; i++) {
    const at = table + ((<usize>i) << 4);
    if (load<u64>(at) != 0) v128.store(from + (n++ << 4), v128.load(at));
  }
  for (let shift: u32 = 0; shift < 4 * DIGIT; shift += DIGIT) {
    memory.fill(counts, 0, 4 << DIGIT);
    for (let i: usize = 0; i < n; i++) {
      const c = counts + (digit(from + (i << 4), shift) << 2);
      store<u32>(c, load<u32>(c) + 1);
    }
    for (let d: usize = 0, sum: u32 = 0; d < 1 << DIGIT; d++) {
      const c = load<u32>(counts + (d << 2));
      store<u32>(counts + (d << 2), sum);
      sum += c;
    }
    for (let i: usize = 0; i < n; i++) {
      const c = counts + (digit(from + (i << 4), shift) << 2),
        place = load<u32>(c);
      store<u32>(c, place + 1);
      v128.store(to + ((<usize>place) << 4), v128.load(from + (i << 4)));
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}
// @ts-ignore: decorator
@inline
function digit(at: usize, shift: u32): usize {
  return <usize>((load<u64>(at) - 1) >> shift) & ((1 << DIGIT) - 1);
}
