import { newValues } from "./columns.js";
import type { StoredInt } from "./schema.js";

const SIGNED = { 1: Int8Array, 2: Int16Array, 4: Int32Array } as const;

/** A value that does not fit, and where. */
export interface Misfit {
  at: number;
  value: bigint;
}

/** Numbers of a file at any byte, as an array of its type. */
function values(bytes: Uint8Array, { bytes: width, signed }: StoredInt, count: number): ArrayLike<number> {
  const copy = bytes.slice(0, width * count).buffer;
  if (width === 8) return new Uint32Array(copy); // halves
  return signed ? new SIGNED[width](copy) : (newValuesOf(width, copy) as ArrayLike<number>);
}
function newValuesOf(width: 1 | 2 | 4, buffer: ArrayBuffer): ArrayLike<number> {
  return width === 1
    ? new Uint8Array(buffer)
    : width === 2
      ? new Uint16Array(buffer)
      : new Uint32Array(buffer);
}

/**
 * Puts `count` integers into `target` as unsigned ones of `width` bytes.
 * The first that does not fit, if any, is handed back.
 */
export function convertInts(
  bytes: Uint8Array,
  stored: StoredInt,
  count: number,
  target: Uint8Array,
  width: number,
): Misfit | undefined {
  const from = values(bytes, stored, count),
    halves = stored.bytes === 8,
    out = newValues(width === 8 ? 4 : width, width === 8 ? 2 * count : count),
    most = width === 8 ? Infinity : 2 ** (8 * width) - 1;
  for (let i = 0; i < count; i++) {
    const low = halves ? from[2 * i]! : from[i]!,
      high = halves ? from[2 * i + 1]! : 0;
    const negative = low < 0 || (halves && stored.signed && high >= 2 ** 31);
    if (negative || high * 2 ** 32 + low > most) {
      const value = halves ? (BigInt(high) << 32n) | BigInt(low) : BigInt(low);
      return { at: i, value: stored.signed ? BigInt.asIntN(64, value) : value };
    }
    if (width === 8) {
      out[2 * i] = low;
      out[2 * i + 1] = high;
    } else out[i] = low;
  }
  target.set(new Uint8Array(out.buffer, 0, width * count));
  return undefined;
}
