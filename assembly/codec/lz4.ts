// LZ4 blocks (lz4's doc/lz4_Block_format.md).
import { copy, repeat } from "./copy";
import { CUT_OFF, OUTSIDE, TOO_LONG } from "./fault";

const MIN_MATCH: usize = 4;
/** Lengths beyond this are refused before they overflow; one byte adds at most 255. */
const MOST: usize = 0x7fffffff;

let at: usize = 0;

/** A length that goes on in bytes at `at`; MOST + 1 when they are cut off. */
function extended(end: usize): usize {
  let length: usize = 15;
  while (at < end) {
    const byte = <usize>load<u8>(at++);
    length += byte;
    if (byte != 255) return length;
    if (length > MOST) break;
  }
  return MOST + 1;
}

/**
 * Decodes the block from `ip` to `end` to `op`; matches reach back to `base`, nothing is written from `limit` on
 * but the slack of copies. Returns where the data end, or a fault (all are smaller than any address).
 */
export function lz4_block(ip: usize, end: usize, op: usize, base: usize, limit: usize): usize {
  while (ip < end) {
    const token = <usize>load<u8>(ip++);
    let length = token >> 4;
    if (length == 15) {
      at = ip;
      length = extended(end);
      ip = at;
    }
    if (length > end - ip) return CUT_OFF;
    if (length > limit - op) return TOO_LONG;
    copy(op, ip, length);
    ip += length;
    op += length;
    if (ip == end) break;
    if (end - ip < 2) return CUT_OFF;
    const distance = <usize>load<u16>(ip);
    ip += 2;
    length = token & 15;
    if (length == 15) {
      at = ip;
      length = extended(end);
      ip = at;
      if (length > MOST) return CUT_OFF;
    }
    length += MIN_MATCH;
    if (distance == 0 || distance > op - base) return OUTSIDE;
    if (length > limit - op) return TOO_LONG;
    repeat(op, distance, length);
    op += length;
  }
  return op;
}
