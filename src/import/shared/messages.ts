import { UserError } from "../../errors.js";
import { unpacked } from "./unpack.js";

/** A message is bytes[from] to bytes[to - 1]; `n` counts them from 1. Returning true ends the reading. */
export type OnMessage = (bytes: Uint8Array, from: number, to: number, n: number) => boolean;

/** Messages of traces are some dozen bytes; a header may name thousands of things. */
const LONGEST = 1 << 24;
/** Bytes of a length of at most 28 bits. */
const LONGEST_VARINT = 4;

/**
 * Hands over the messages of a file, packed or not: a magic word, then messages that each stand behind
 * their length as a varint, as Protocol Buffers' delimited streams have it.
 * @returns bytes of a last message that was cut off
 */
export async function eachMessage(path: string, magic: string, onMessage: OnMessage): Promise<number> {
  let rest = new Uint8Array(),
    n = 0,
    started = false;
  for await (const chunk of unpacked(path)) {
    const bytes = rest.length === 0 ? chunk : joined(rest, chunk);
    let at = 0;
    if (!started) {
      if (bytes.length < magic.length) {
        rest = Uint8Array.from(bytes);
        continue;
      }
      if (String.fromCharCode(...bytes.subarray(0, magic.length)) !== magic)
        throw new UserError(`${path}: byte 0: does not begin with ${magic}: give a recording of that kind`);
      at = magic.length;
      started = true;
    }
    for (;;) {
      let length = 0,
        from = at,
        byte = 128;
      for (let shift = 0; byte > 127 && from < bytes.length && shift < 7 * LONGEST_VARINT; shift += 7) {
        byte = bytes[from++]!;
        length |= (byte & 127) << shift;
      }
      const whole = byte < 128;
      if ((!whole && from - at >= LONGEST_VARINT) || length < 0 || length > LONGEST)
        throw new UserError(
          `${path}: message ${n + 1}: is longer than ${LONGEST} bytes: the file is damaged, record it again`,
        );
      if (!whole || from + length > bytes.length) break;
      at = from + length;
      if (onMessage(bytes, from, at, ++n)) return 0;
    }
    rest = Uint8Array.from(bytes.subarray(at));
  }
  return rest.length;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
