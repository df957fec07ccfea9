// Frames and blocks of zstd (RFC 8878, 3.1).
import { CHECKSUM, CUT_OFF, DICTIONARY, FINE, NOT_A_FRAME, RESERVED, TABLE, TOO_LONG } from "./fault";
import { forgetTree, fourStreams, oneStream, readTree, treeEnd, treeLog } from "./huffman";
import { resetSequences, sequences, written } from "./sequences";
import { xxh64 } from "./xxh64";

const MAGIC: u32 = 0xfd2fb528,
  SKIPPABLE: u32 = 0x184d2a50;
/** A block decodes to at most so much, and so do its literals. */
const BLOCK: usize = 128 << 10;
const LITERAL_BYTES = memory.data((128 << 10) + 64, 16);

/** Literals of the block at hand: here or in the block itself. */
let literals: usize = 0,
  literalsEnd: usize = 0;
let ip: usize = 0;
let op: usize = 0;

/**
 * Decodes all frames from `start` to `end` to `to`, which they must not fill beyond `limit`. `result` gets three
 * words: where the data end; after CHECKSUM what the frame says, and what its data give.
 */
export function zstd(start: usize, end: usize, to: usize, limit: usize, result: usize): u32 {
  ip = start;
  op = to;
  let fault = FINE;
  do fault = frame(end, limit, result);
  while (fault == FINE && ip < end);
  store<u32>(result, <u32>op);
  return fault;
}

function frame(end: usize, limit: usize, result: usize): u32 {
  if (end - ip < 5) return CUT_OFF;
  const magic = load<u32>(ip);
  if ((magic & 0xfffffff0) == SKIPPABLE) {
    if (end - ip < 8) return CUT_OFF;
    const bytes = <usize>load<u32>(ip, 4);
    ip += 8;
    if (bytes > end - ip) return CUT_OFF;
    ip += bytes;
    return FINE;
  }
  if (magic != MAGIC) return NOT_A_FRAME;
  const descriptor = <u32>load<u8>(ip, 4),
    single = (descriptor >> 5) & 1,
    sizes = descriptor >> 6,
    checked = (descriptor & 4) != 0;
  if ((descriptor & 8) != 0) return RESERVED;
  const dictionary: u32 = (1 << (descriptor & 3)) >> 1,
    size: u32 = sizes == 0 ? single : 1 << sizes,
    header: usize = 5 + (1 - single) + dictionary + size;
  if (end - ip < header) return CUT_OFF;
  for (let i: u32 = 0; i < dictionary; i++) if (load<u8>(ip + 6 - single + i) != 0) return DICTIONARY;
  ip += header;
  const base = op;
  resetSequences();
  forgetTree();
  let last = false;
  while (!last) {
    if (end - ip < 3) return CUT_OFF;
    const head = <u32>load<u16>(ip) | ((<u32>load<u8>(ip, 2)) << 16);
    ip += 3;
    last = (head & 1) != 0;
    const fault = block((head >> 1) & 3, <usize>(head >> 3), end, base, limit);
    if (fault != FINE) return fault;
  }
  if (!checked) return FINE;
  if (end - ip < 4) return CUT_OFF;
  const said = load<u32>(ip),
    found = xxh64(base, op - base);
  ip += 4;
  store<u32>(result, said, 4);
  store<u32>(result, found, 8);
  return said == found ? FINE : CHECKSUM;
}

function block(type: u32, bytes: usize, end: usize, base: usize, limit: usize): u32 {
  if (type == 3 || bytes > BLOCK) return RESERVED;
  const stored: usize = type == 1 ? 1 : bytes;
  if (stored > end - ip) return CUT_OFF;
  if (type < 2) {
    if (bytes > limit - op) return TOO_LONG;
    if (type == 0) memory.copy(op, ip, bytes);
    else memory.fill(op, load<u8>(ip), bytes);
    ip += stored;
    op += bytes;
    return FINE;
  }
  const stop = ip + bytes;
  let fault = readLiterals(stop);
  if (fault != FINE) return fault;
  fault = sequences(ip, stop, literals, literalsEnd, op, base, min(limit, op + BLOCK));
  if (fault != FINE) return fault;
  op = written;
  ip = stop;
  return FINE;
}

/** Reads the literals of a block that ends at `end`. */
function readLiterals(end: usize): u32 {
  if (ip >= end) return CUT_OFF;
  const head = load<u64>(ip),
    type = <u32>head & 3,
    format = (<u32>head >> 2) & 3;
  if (type < 2) {
    const bits: u64 = format == 1 ? 12 : format == 3 ? 20 : 5,
      length = <usize>((head >> (bits == 5 ? 3 : 4)) & ((1 << bits) - 1));
    const stored: usize = type == 1 ? 1 : length,
      header: usize = format == 1 ? 2 : format == 3 ? 3 : 1;
    if (length > BLOCK) return TOO_LONG;
    if (header + stored > end - ip) return CUT_OFF;
    ip += header;
    literals = ip;
    if (type == 1) {
      literals = LITERAL_BYTES;
      memory.fill(LITERAL_BYTES, load<u8>(ip), length);
    }
    literalsEnd = literals + length;
    ip += stored;
    return FINE;
  }
  const bits: u64 = format < 2 ? 10 : format == 2 ? 14 : 18,
    mask: u64 = (1 << bits) - 1,
    length = <usize>((head >> 4) & mask),
    stored = <usize>((head >> (4 + bits)) & mask);
  const header: usize = format < 2 ? 3 : format == 2 ? 4 : 5;
  if (length > BLOCK) return TOO_LONG;
  if (header + stored > end - ip) return CUT_OFF;
  ip += header;
  const stop = ip + stored;
  if (type == 2) {
    const fault = readTree(ip, stop);
    if (fault != FINE) return fault;
    ip = treeEnd;
  } else if (treeLog == 0) return TABLE;
  const fault =
    format == 0 ? oneStream(ip, stop, LITERAL_BYTES, length) : fourStreams(ip, stop, LITERAL_BYTES, length);
  literals = LITERAL_BYTES;
  literalsEnd = literals + length;
  ip = stop;
  return fault;
}
