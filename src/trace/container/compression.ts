import { decompress as decodeZstd } from "fzstd";
import { CorruptError } from "./flatbuffer.js";
import { decodeLz4Frame } from "./lz4.js";
import type { Codec } from "./messages.js";
import { frameFault } from "./zstd.js";

/** A compressed Arrow buffer starts with its decoded length; -1 says that it was stored as it is. */
export const PREFIX = 8;

export function decodedLength(prefix: Uint8Array, length: number): number {
  const announced = new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigInt64(0, true);
  if (announced === -1n) return length - PREFIX;
  if (announced < 0n || announced > 0xffffffffn)
    throw new CorruptError(`a compressed buffer announces ${announced} bytes`);
  return Number(announced);
}

/** Decodes a buffer, prefix included, into `target`, whose length is what the prefix announced. */
export function decodeBuffer(codec: Codec, source: Uint8Array, target: Uint8Array): void {
  const stored = new DataView(source.buffer, source.byteOffset, PREFIX).getBigInt64(0, true) === -1n;
  const payload = source.subarray(PREFIX);
  if (stored) {
    target.set(payload);
  } else if (codec === "lz4") {
    decodeLz4Frame(payload, target);
  } else {
    const length = zstdContentSize(payload);
    if (length !== target.length)
      throw new CorruptError(`a ZSTD buffer has ${length} bytes instead of ${target.length}`);
    try {
      decodeZstd(payload, target);
    } catch (error) {
      throw new CorruptError(
        `a ZSTD buffer cannot be decoded (${error instanceof Error ? error.message : String(error)})`,
      );
    }
    const fault = frameFault(payload, target);
    if (fault !== undefined) throw new CorruptError(`a ZSTD buffer cannot be used: ${fault}`);
  }
}

/**
 * Content size of a ZSTD frame: the library fills its output
 * without telling how far, so the frame must say it.
 */
function zstdContentSize(frame: Uint8Array): number {
  if (frame.length < 6) throw new CorruptError("a ZSTD frame is cut off");
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== 0xfd2fb528) throw new CorruptError("a buffer is not a ZSTD frame");
  const descriptor = frame[4]!;
  const single = (descriptor & 32) !== 0;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const bytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  if (bytes === 0) throw new CorruptError("a ZSTD frame does not tell its content size");
  if (at + bytes > frame.length) throw new CorruptError("a ZSTD frame is cut off");
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
