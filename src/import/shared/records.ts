import { unpacked } from "./unpack.js";

/**
 * A record starts at view[at]; `n` counts them from 1. Returning true ends the reading.
 */
export type OnRecord = (view: DataView, at: number, n: number) => boolean;

/**
 * Hands over the records of a file, each of `size` bytes, packed or not.
 * @returns bytes behind the last whole record: those of one that was cut off
 */
export async function eachRecord(
  path: string,
  size: number,
  onRecord: OnRecord,
  { many = false }: { many?: boolean } = {},
): Promise<number> {
  const part = new Uint8Array(size),
    partView = new DataView(part.buffer);
  let held = 0,
    n = 0;
  for await (const chunk of unpacked(path, many)) {
    let at = 0;
    if (held > 0) {
      at = Math.min(size - held, chunk.length);
      part.set(chunk.subarray(0, at), held);
      held += at;
      if (held < size) continue;
      held = 0;
      if (onRecord(partView, 0, ++n)) return 0;
    }
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (; at + size <= chunk.length; at += size) if (onRecord(view, at, ++n)) return 0;
    held = chunk.length - at;
    part.set(chunk.subarray(at));
  }
  return held;
}
