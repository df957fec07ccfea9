const MIN_MATCH = 4,
  LAST_LITERALS = 5,
  MATCH_LIMIT = 12,
  MAX_DISTANCE = 65535;
const HASH_BITS = 16;
const BLOCK = 4 << 20;
/** Frame header: magic, version 1 with independent blocks, 4 MiB blocks, header checksum. */
const HEADER = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73];

/** Encodes one LZ4 frame, which any LZ4 decoder reads. */
export function encodeLz4Frame(source: Uint8Array): Uint8Array {
  const blocks = Math.ceil(source.length / BLOCK);
  const out = new Uint8Array(
    HEADER.length + source.length + Math.ceil(source.length / 255) + 16 * (blocks + 1),
  );
  const view = new DataView(out.buffer);
  out.set(HEADER);
  let at = HEADER.length;
  for (let from = 0; from < source.length; from += BLOCK) {
    const block = source.subarray(from, from + BLOCK);
    const end = encodeBlock(block, out, at + 4);
    const length = end - at - 4;
    if (length < block.length) {
      view.setUint32(at, length, true);
      at = end;
    } else {
      view.setUint32(at, (block.length | 0x80000000) >>> 0, true);
      out.set(block, at + 4);
      at += 4 + block.length;
    }
  }
  view.setUint32(at, 0, true); // end mark; a block that was stored left bytes of its encoding here
  return out.subarray(0, at + 4);
}

function encodeBlock(source: Uint8Array, out: Uint8Array, start: number): number {
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  const word = (i: number): number =>
    source[i]! | (source[i + 1]! << 8) | (source[i + 2]! << 16) | (source[i + 3]! << 24);
  let anchor = 0,
    op = start;
  const extend = (length: number): void => {
    for (; length >= 255; length -= 255) out[op++] = 255;
    out[op++] = length;
  };
  const sequence = (literals: number, match: number, distance: number): void => {
    out[op++] = (Math.min(literals, 15) << 4) | Math.min(match, 15);
    if (literals >= 15) extend(literals - 15);
    out.set(source.subarray(anchor, anchor + literals), op);
    op += literals;
    if (distance === 0) return;
    out[op++] = distance & 255;
    out[op++] = distance >> 8;
    if (match >= 15) extend(match - 15);
  };
  for (let i = 0; i <= source.length - MATCH_LIMIT - 1; ) {
    const value = word(i);
    const hash = Math.imul(value, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = table[hash]!;
    table[hash] = i;
    if (candidate < 0 || i - candidate > MAX_DISTANCE || word(candidate) !== value) {
      i++;
      continue;
    }
    let length = MIN_MATCH;
    while (i + length < source.length - LAST_LITERALS && source[candidate + length] === source[i + length])
      length++;
    sequence(i - anchor, length - MIN_MATCH, i - candidate);
    i += length;
    anchor = i;
  }
  sequence(source.length - anchor, 0, 0);
  return op;
}
