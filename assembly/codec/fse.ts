// FSE tables of zstd (RFC 8878, 4.1). A table has 2^log entries of 8 bytes:
//   { base u32, next state u16, bits to add to it u8, bits to add to base u8 }
import { BITS, FINE, TABLE } from "./fault";

/** Most symbols that a distribution may have. */
const SYMBOLS: u32 = 256;
const COUNTS = memory.data(512, 2);
const NEXT = memory.data(512, 2);
const SPREAD = memory.data(512);

/** What readCounts found: accuracy, symbols, and where the description ends. */
export let log: u32 = 0;
export let symbols: u32 = 0;
export let after: usize = 0;

// @ts-ignore: decorator
@inline
export function highBit(x: u32): u32 {
  return 31 - clz<u32>(x);
}
/** Start of a stream that is read backwards: bits before the mark, which is its last set bit; -1 without one. */
export function bitsIn(start: usize, length: usize): i32 {
  if (length == 0) return -1;
  const last = <u32>load<u8>(start + length - 1);
  return last == 0 ? -1 : <i32>((<u32>length - 1) * 8 + highBit(last));
}
/** `n` bits from bit `at` on; `at` may lie a few bytes before the stream. */
// @ts-ignore: decorator
@inline
export function bitsAt(start: usize, at: i32, n: u32): u32 {
  return <u32>((load<u64>(start + <usize>(at >> 3)) >> <u64>(at & 7)) & (((<u64>1) << n) - 1));
}

/** Reads how often each symbol comes; at most `most` + 1 symbols, an accuracy of at most `mostLog`. */
export function readCounts(start: usize, end: usize, most: u32, mostLog: u32): u32 {
  if (start >= end) return BITS;
  const bits = <i32>(end - start) * 8;
  log = bitsAt(start, 0, 4) + 5;
  if (log > mostLog) return TABLE;
  let at: i32 = 4,
    left: i32 = (1 << log) + 1,
    threshold: i32 = 1 << log,
    n = log + 1,
    symbol: u32 = 0;
  while (left > 1) {
    if (symbol > most || at > bits) return TABLE;
    const short = 2 * threshold - 1 - left,
      value = <i32>bitsAt(start, at, n);
    let count = value & (threshold - 1);
    if (count < short) at += n - 1;
    else {
      count = value & (2 * threshold - 1);
      if (count >= threshold) count -= short;
      at += n;
    }
    count--;
    left -= count < 0 ? 1 : count;
    store<i16>(COUNTS + 2 * symbol++, <i16>count);
    if (count == 0) {
      let zeros: u32 = 3;
      while (zeros == 3) {
        if (at > bits) return BITS;
        zeros = bitsAt(start, at, 2);
        at += 2;
        if (symbol + zeros > SYMBOLS) return TABLE;
        for (let i: u32 = 0; i < zeros; i++) store<i16>(COUNTS + 2 * symbol++, 0);
      }
    }
    while (left < threshold) {
      n--;
      threshold >>= 1;
    }
  }
  if (left != 1 || symbol > most + 1) return TABLE;
  if (at > bits) return BITS;
  symbols = symbol;
  after = start + <usize>((at + 7) >> 3);
  return FINE;
}

/** Counts that the format gives, as bytes. */
export function givenCounts(counts: usize, n: u32, accuracy: u32): void {
  for (let i: u32 = 0; i < n; i++) store<i16>(COUNTS + 2 * i, <i16>load<i8>(counts + i));
  log = accuracy;
  symbols = n;
}

/** Builds the table of the counts read last. `bases` and `extras` are u32 and u8 by symbol; 0: the symbol itself. */
export function buildTable(table: usize, bases: usize, extras: usize): u32 {
  const size: u32 = 1 << log,
    mask = size - 1,
    step = (size >> 1) + (size >> 3) + 3;
  let high: i32 = size - 1;
  for (let s: u32 = 0; s < symbols; s++) {
    const count = load<i16>(COUNTS + 2 * s);
    if (count == -1) store<u8>(SPREAD + high--, <u8>s);
    store<u16>(NEXT + 2 * s, count == -1 ? 1 : <u16>count);
  }
  let at: u32 = 0;
  for (let s: u32 = 0; s < symbols; s++) {
    const count = <i32>load<i16>(COUNTS + 2 * s);
    for (let i = 0; i < count; i++) {
      store<u8>(SPREAD + at, <u8>s);
      do at = (at + step) & mask;
      while (<i32>at > high);
    }
  }
  if (at != 0) return TABLE;
  for (let i: u32 = 0; i < size; i++) {
    const s = <u32>load<u8>(SPREAD + i),
      next = <u32>load<u16>(NEXT + 2 * s),
      bits = log - highBit(next);
    store<u16>(NEXT + 2 * s, <u16>(next + 1));
    entry(table + 8 * i, s, bases, extras, (next << bits) - size, bits);
  }
  return FINE;
}

export function entry(at: usize, s: u32, bases: usize, extras: usize, next: u32, bits: u32): void {
  store<u32>(at, bases == 0 ? s : load<u32>(bases + 4 * s));
  store<u16>(at, <u16>next, 4);
  store<u8>(at, <u8>bits, 6);
  store<u8>(at, extras == 0 ? 0 : load<u8>(extras + s), 7);
}
