// Literals of zstd: Huffman trees and streams (RFC 8878, 4.2). The table has 2^log entries { symbol u8, bits u8 }.
import { BITS, CUT_OFF, FINE, TABLE } from "./fault";
import { after, bitsAt, bitsIn, buildTable, log as fseLog, highBit, readCounts } from "./fse";

const MOST_LOG: u32 = 11,
  MOST_SYMBOLS: u32 = 256;
const TREE = memory.data(4096, 2);
const WEIGHTS = memory.data(256);
const WEIGHT_TABLE = memory.data(512, 8); // accuracy of at most 6
const RANKS = memory.data(64, 4);
/** Symbols that one word of bits has for sure: 7 bits are lost to its start. */
const A_WORD: usize = 5;

/** Bits of the tree that was read last; 0: none. */
export let treeLog: u32 = 0;
/** Where its description ends. */
export let treeEnd: usize = 0;

export function forgetTree(): void {
  treeLog = 0;
}

function compressedWeights(start: usize, end: usize): i32 {
  if (readCounts(start, end, MOST_SYMBOLS - 1, 6) != FINE || buildTable(WEIGHT_TABLE, 0, 0) != FINE)
    return -1;
  const stream = after;
  let at = bitsIn(stream, end - stream) - 2 * <i32>fseLog;
  if (at < 0) return -1;
  let a = bitsAt(stream, at + <i32>fseLog, fseLog),
    b = bitsAt(stream, at, fseLog),
    n: u32 = 0;
  // Two states take turns until one would need bits that are not there: then the other has the last symbol.
  while (n < MOST_SYMBOLS - 2) {
    const entry = WEIGHT_TABLE + 8 * a,
      bits = <u32>load<u8>(entry, 6);
    store<u8>(WEIGHTS + n++, load<u8>(entry));
    at -= bits;
    if (at < 0) {
      store<u8>(WEIGHTS + n++, load<u8>(WEIGHT_TABLE + 8 * b));
      return n;
    }
    a = b;
    b = <u32>load<u16>(entry, 4) + bitsAt(stream, at, bits);
  }
  return -1;
}

/** Reads a tree and builds its table. */
export function readTree(start: usize, end: usize): u32 {
  treeLog = 0;
  if (start >= end) return CUT_OFF;
  const head = <u32>load<u8>(start++);
  let n: i32;
  if (head >= 128) {
    n = head - 127;
    treeEnd = start + <usize>((n + 1) >> 1);
    if (treeEnd > end) return CUT_OFF;
    for (let i = 0; i < n; i++) {
      const byte = load<u8>(start + (i >> 1));
      store<u8>(WEIGHTS + i, i & 1 ? byte & 15 : byte >> 4);
    }
  } else {
    treeEnd = start + head;
    if (treeEnd > end) return CUT_OFF;
    n = compressedWeights(start, treeEnd);
    if (n < 0) return TABLE;
  }
  return buildTree(n);
}

/** The last symbol's weight is what completes the others to a power of two. */
function buildTree(n: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const weight = <u32>load<u8>(WEIGHTS + i);
    if (weight > MOST_LOG) return TABLE;
    sum += (1 << weight) >> 1;
  }
  if (sum == 0) return TABLE;
  const bits = highBit(sum) + 1,
    left = (1 << bits) - sum;
  if (bits > MOST_LOG || (left & (left - 1)) != 0) return TABLE;
  store<u8>(WEIGHTS + n++, <u8>(highBit(left) + 1));
  memory.fill(RANKS, 0, 64);
  for (let i: u32 = 0; i < n; i++) {
    const weight = <u32>load<u8>(WEIGHTS + i);
    store<u32>(RANKS + 4 * weight, load<u32>(RANKS + 4 * weight) + ((1 << weight) >> 1));
  }
  let from: u32 = 0;
  for (let weight: u32 = 1; weight <= bits; weight++) {
    const entries = load<u32>(RANKS + 4 * weight);
    store<u32>(RANKS + 4 * weight, from);
    from += entries;
  }
  for (let s: u32 = 0; s < n; s++) {
    const weight = <u32>load<u8>(WEIGHTS + s);
    if (weight == 0) continue;
    const first = load<u32>(RANKS + 4 * weight),
      entries: u32 = 1 << (weight - 1);
    store<u32>(RANKS + 4 * weight, first + entries);
    const value = <u16>(s | ((bits + 1 - weight) << 8));
    for (let i: u32 = 0; i < entries; i++) store<u16>(TREE + 2 * (first + i), value);
  }
  treeLog = bits;
  return FINE;
}

/** The eight bytes that end with bit `at` - 1, which becomes the highest. */
// @ts-ignore: decorator
@inline
function word(start: usize, at: i32): u64 {
  return load<u64>(start + <usize>((at + 7) >> 3) - 8) << (<u64>(-at & 7));
}
/** Decodes A_WORD symbols; returns where the bits go on. */
// @ts-ignore: decorator
@inline
function several(start: usize, at: i32, to: usize, shift: u64): i32 {
  let bits = word(start, at);
  for (let i: usize = 0; i < A_WORD; i++) {
    const entry = <u32>load<u16>(TREE + 2 * <usize>(bits >> shift)),
      n = entry >> 8;
    store<u8>(to + i, <u8>entry);
    bits <<= <u64>n;
    at -= n;
  }
  return at;
}
/** The end of a stream, a symbol at a time; true when it has as many bits as its symbols take. */
function rest(start: usize, at: i32, to: usize, end: usize): bool {
  const shift = <u64>(64 - treeLog);
  while (to < end && at >= 0) {
    const entry = <u32>load<u16>(TREE + 2 * <usize>(word(start, at) >> shift));
    store<u8>(to++, <u8>entry);
    at -= entry >> 8;
  }
  return at == 0 && to == end;
}

export function oneStream(start: usize, end: usize, to: usize, length: usize): u32 {
  let at = bitsIn(start, end - start);
  const stop = to + length,
    shift = <u64>(64 - treeLog);
  for (; at >= 0 && stop - to >= A_WORD; to += A_WORD) at = several(start, at, to, shift);
  return rest(start, at, to, stop) ? FINE : BITS;
}

/** Four streams of a quarter each, decoded side by side, so that none waits for its own table lookups. */
export function fourStreams(start: usize, end: usize, to: usize, length: usize): u32 {
  if (end - start < 10) return CUT_OFF;
  const a = start + 6,
    b = a + load<u16>(start),
    c = b + load<u16>(start, 2),
    d = c + load<u16>(start, 4);
  if (d >= end) return CUT_OFF;
  const quarter = (length + 3) >> 2;
  if (quarter * 3 > length) return BITS;
  let atA = bitsIn(a, b - a),
    atB = bitsIn(b, c - b),
    atC = bitsIn(c, d - c),
    atD = bitsIn(d, end - d);
  const toB = to + quarter,
    toC = toB + quarter,
    toD = toC + quarter,
    last = length - 3 * quarter,
    shift = <u64>(64 - treeLog);
  let i: usize = 0;
  for (; i + A_WORD <= last && (atA | atB | atC | atD) >= 0; i += A_WORD) {
    atA = several(a, atA, to + i, shift);
    atB = several(b, atB, toB + i, shift);
    atC = several(c, atC, toC + i, shift);
    atD = several(d, atD, toD + i, shift);
  }
  return rest(a, atA, to + i, toB) &&
    rest(b, atB, toB + i, toC) &&
    rest(c, atC, toC + i, toD) &&
    rest(d, atD, toD + i, to + length)
    ? FINE
    : BITS;
}
