// Sequences of zstd (RFC 8878, 3.1.1.3.2): so many literals, then a match, until both are used up.
import { copy, repeat } from "./copy";
import { BITS, CUT_OFF, FINE, LITERALS, OUTSIDE, RESERVED, TABLE, TOO_LONG } from "./fault";
import { after, bitsAt, bitsIn, buildTable, entry, givenCounts, log, readCounts } from "./fse";

// Per kind: lengths of literals, offsets, lengths of matches.
const LENGTHS: u32 = 0,
  OFFSETS: u32 = 1,
  MATCHES: u32 = 2;
const LENGTH_TABLE = memory.data(8 << 9, 8),
  OFFSET_TABLE = memory.data(8 << 8, 8),
  MATCH_TABLE = memory.data(8 << 9, 8);
/** Accuracy of each table; -1: there is none. */
const LOGS = memory.data<i32>([-1, -1, -1]);

// Baselines and extra bits by code (RFC 8878, tables 15 to 17); those of an offset are 1 << code and code.
const LENGTH_BASES = memory.data<u32>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512,
  1024, 2048, 4096, 8192, 16384, 32768, 65536,
]);
const LENGTH_EXTRAS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14,
  15, 16,
]);
const MATCH_BASES = memory.data<u32>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
  32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771,
  65539,
]);
const MATCH_EXTRAS = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1,
  2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const OFFSET_BASES = memory.data<u32>([
  0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000,
  0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000, 0x400000, 0x800000, 0x1000000, 0x2000000, 0x4000000,
  0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80000000,
]);
const OFFSET_EXTRAS = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
  29, 30, 31,
]);
// Distributions of blocks that bring none (RFC 8878, 3.1.1.3.2.2).
const LENGTH_COUNTS = memory.data<i8>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1,
  -1,
]);
const MATCH_COUNTS = memory.data<i8>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
]);
const OFFSET_COUNTS = memory.data<i8>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
]);

/** The last three offsets. */
let first: u32 = 1,
  second: u32 = 4,
  third: u32 = 8;
let ip: usize = 0;
/** Where the data of the block end, when it was executed. */
export let written: usize = 0;

/** What a frame begins with. */
export function resetSequences(): void {
  first = 1;
  second = 4;
  third = 8;
  for (let kind: u32 = 0; kind < 3; kind++) store<i32>(LOGS + 4 * kind, -1);
}

/** Makes a table ready in one of four ways: given, one symbol, described here, as before. */
function table(
  kind: u32,
  mode: u32,
  end: usize,
  at: usize,
  codes: u32,
  mostLog: u32,
  bases: usize,
  extras: usize,
  given: usize,
  givenCodes: u32,
  givenLog: u32,
): u32 {
  if (mode == 3) return load<i32>(LOGS + 4 * kind) < 0 ? TABLE : FINE;
  store<i32>(LOGS + 4 * kind, -1);
  if (mode == 1) {
    if (ip >= end) return CUT_OFF;
    const code = <u32>load<u8>(ip++);
    if (code >= codes) return TABLE;
    entry(at, code, bases, extras, 0, 0);
    store<i32>(LOGS + 4 * kind, 0);
    return FINE;
  }
  if (mode == 0) givenCounts(given, givenCodes, givenLog);
  else {
    const fault = readCounts(ip, end, codes - 1, mostLog);
    if (fault != FINE) return fault;
    ip = after;
  }
  const fault = buildTable(at, bases, extras);
  if (fault == FINE) store<i32>(LOGS + 4 * kind, log);
  return fault;
}

function tables(modes: u32, end: usize): u32 {
  if ((modes & 3) != 0) return RESERVED;
  const a = table(
    LENGTHS,
    modes >> 6,
    end,
    LENGTH_TABLE,
    36,
    9,
    LENGTH_BASES,
    LENGTH_EXTRAS,
    LENGTH_COUNTS,
    36,
    6,
  );
  if (a != FINE) return a;
  const b = table(
    OFFSETS,
    (modes >> 4) & 3,
    end,
    OFFSET_TABLE,
    32,
    8,
    OFFSET_BASES,
    OFFSET_EXTRAS,
    OFFSET_COUNTS,
    29,
    5,
  );
  if (b != FINE) return b;
  return table(
    MATCHES,
    (modes >> 2) & 3,
    end,
    MATCH_TABLE,
    53,
    9,
    MATCH_BASES,
    MATCH_EXTRAS,
    MATCH_COUNTS,
    53,
    6,
  );
}

/** Reads the sequences from `start` to `end` and executes them, with `literals`, at `op`. */
export function sequences(
  start: usize,
  end: usize,
  literals: usize,
  literalsEnd: usize,
  op: usize,
  base: usize,
  limit: usize,
): u32 {
  if (start >= end) return CUT_OFF;
  ip = start;
  let n = <u32>load<u8>(ip++);
  if (n >= 128) {
    const more: usize = n == 255 ? 2 : 1;
    if (end - ip < more) return CUT_OFF;
    n = more == 2 ? <u32>load<u16>(ip) + 0x7f00 : ((n - 128) << 8) + load<u8>(ip);
    ip += more;
  }
  if (n > 0) {
    if (ip >= end) return CUT_OFF;
    const fault = tables(load<u8>(ip++), end);
    if (fault != FINE) return fault;
  } else if (ip != end) return BITS;
  if (n > 0) {
    const stream = ip,
      lengthLog = load<u32>(LOGS),
      offsetLog = load<u32>(LOGS, 4),
      matchLog = load<u32>(LOGS, 8);
    let at = bitsIn(stream, end - stream) - <i32>(lengthLog + offsetLog + matchLog);
    if (at < 0) return BITS;
    let lengthState = bitsAt(stream, at + <i32>(offsetLog + matchLog), lengthLog),
      offsetState = bitsAt(stream, at + <i32>matchLog, offsetLog),
      matchState = bitsAt(stream, at, matchLog);
    while (true) {
      // All widths are known from the entries, so that no read waits for the one before it.
      const lengthEntry = load<u64>(LENGTH_TABLE + 8 * lengthState),
        offsetEntry = load<u64>(OFFSET_TABLE + 8 * offsetState),
        matchEntry = load<u64>(MATCH_TABLE + 8 * matchState);
      at -= <i32>(offsetEntry >> 56);
      const value = <u32>offsetEntry + bitsAt(stream, at, <u32>(offsetEntry >> 56));
      at -= <i32>(matchEntry >> 56);
      const match = <usize>(<u32>matchEntry + bitsAt(stream, at, <u32>(matchEntry >> 56)));
      at -= <i32>(lengthEntry >> 56);
      const length = <usize>(<u32>lengthEntry + bitsAt(stream, at, <u32>(lengthEntry >> 56)));
      if (at < 0) return BITS;
      let offset: u32;
      if (value > 3) {
        offset = value - 3;
        third = second;
        second = first;
        first = offset;
      } else {
        // 1 to 3 are earlier offsets; without literals each means the next one, and the last the first less 1.
        const which = length == 0 ? value : value - 1;
        if (which == 0) offset = first;
        else {
          offset = which == 1 ? second : which == 2 ? third : first - 1;
          if (which != 1) third = second;
          second = first;
          first = offset;
        }
      }
      if (length > literalsEnd - literals) return LITERALS;
      if (length + match > limit - op) return TOO_LONG;
      copy(op, literals, length);
      literals += length;
      op += length;
      if (offset == 0 || <usize>offset > op - base) return OUTSIDE;
      repeat(op, offset, match);
      op += match;
      if (--n == 0) break;
      const a = <u32>(lengthEntry >> 48) & 0xff,
        b = <u32>(matchEntry >> 48) & 0xff,
        c = <u32>(offsetEntry >> 48) & 0xff;
      at -= <i32>a;
      lengthState = (<u32>(lengthEntry >> 32) & 0xffff) + bitsAt(stream, at, a);
      at -= <i32>b;
      matchState = (<u32>(matchEntry >> 32) & 0xffff) + bitsAt(stream, at, b);
      at -= <i32>c;
      offsetState = (<u32>(offsetEntry >> 32) & 0xffff) + bitsAt(stream, at, c);
      if (at < 0) return BITS;
    }
    if (at != 0) return BITS;
  }
  const left = literalsEnd - literals;
  if (left > limit - op) return TOO_LONG;
  copy(op, literals, left);
  written = op + left;
  return FINE;
}
