import { CodecFault, Decoding, type Encoded } from "../../core/codec.js";
import { CorruptError } from "./flatbuffer.js";

const FRAME_MAGIC = 0x184d2204;

/**
 * Decodes the LZ4 frame from byte `from` on into `target`, which it must fill exactly.
 * Checksums are skipped: Arrow does not write them.
 */
export function decodeLz4Frame(encoded: Encoded, from: number, target: Uint8Array): void {
  try {
    const decoding = new Decoding(encoded, from, target.length);
    decodeFrame(decoding, target.length);
    decoding.take(target);
  } catch (error) {
    if (error instanceof CodecFault) throw new CorruptError(`an LZ4 block ${error.message}`);
    throw error;
  }
}

function decodeFrame(decoding: Decoding, bytes: number): void {
  const { source } = decoding;
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const need = (at: number, bytes: number): void => {
    if (at + bytes > source.length) throw new CorruptError("an LZ4 frame is cut off");
  };
  need(0, 7);
  if (view.getUint32(0, true) !== FRAME_MAGIC) throw new CorruptError("a buffer is not an LZ4 frame");
  const flags = source[4]!;
  if (flags >> 6 !== 1) throw new CorruptError("an LZ4 frame has an unknown version");
  let at = 6 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1; // content size, dictionary id, header checksum
  let out = 0;
  for (;;) {
    need(at, 4);
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) break;
    const length = head & 0x7fffffff;
    need(at, length);
    if (head >>> 31) {
      if (out + length > bytes) throw new CorruptError("an LZ4 frame is longer than announced");
      decoding.stored(at, at + length, out);
      out += length;
    } else out = decoding.lz4Block(at, at + length, out);
    at += length + (flags & 16 ? 4 : 0);
  }
  if (out !== bytes) throw new CorruptError(`an LZ4 frame has ${out} bytes instead of ${bytes}`);
}

/**
 * Decodes one LZ4 block into `target` from `start` on, where what stands before may be copied from;
 * returns where it ends.
 * @throws CorruptError for a block that is damaged or does not fit
 */
export function decodeBlock(source: Uint8Array, target: Uint8Array, start: number): number {
  let at = 0,
    out = start;
  const extended = (length: number): number => {
    if (length < 15) return length;
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= source.length) throw new CorruptError("an LZ4 block is cut off");
      byte = source[at++]!;
    }
    return length;
  };
  while (at < source.length) {
    const token = source[at++]!;
    const literals = extended(token >> 4);
    if (at + literals > source.length || out + literals > target.length)
      throw new CorruptError("an LZ4 block has too many literals");
    target.set(source.subarray(at, at + literals), out);
    at += literals;
    out += literals;
    if (at === source.length) break;
    if (at + 2 > source.length) throw new CorruptError("an LZ4 block is cut off");
    const distance = source[at]! | (source[at + 1]! << 8);
    at += 2;
    const length = extended(token & 15) + 4;
    if (distance === 0 || distance > out || out + length > target.length)
      throw new CorruptError("an LZ4 block copies from outside");
    if (distance >= length) target.copyWithin(out, out - distance, out - distance + length);
    else for (let i = 0; i < length; i++) target[out + i] = target[out + i - distance]!;
    out += length;
  }
  return out;
}
