import { CodecFault, Decoding, type Encoded } from "../../core/codec.js";
import { CorruptError } from "./flatbuffer.js";
import { decodeLz4Frame } from "./lz4.js";
import type { Codec } from "./messages.js";

/** A compressed Arrow buffer starts with its decoded length; -1 says that it was stored as it is. */
export const PREFIX = 8;

export function decodedLength(prefix: Uint8Array, length: number): number {
  const announced = new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigInt64(0, true);
  if (announced === -1n) return length - PREFIX;
  if (announced < 0n || announced > 0xffffffffn)
    throw new CorruptError(`a compressed buffer announces ${announced} bytes`);
  return Number(announced);
}

/** Bytes that are in memory already. */
export const inMemory = (bytes: Uint8Array): Encoded => ({
  size: bytes.length,
  read: (offset, target) => target.set(bytes.subarray(offset, offset + target.length)),
});

/** Decodes a buffer, prefix included, into `target`, whose length is what the prefix announced. */
export function decodeBuffer(codec: Codec, encoded: Encoded, target: Uint8Array): void {
  const prefix = new Uint8Array(PREFIX);
  encoded.read(0, prefix);
  if (new DataView(prefix.buffer).getBigInt64(0, true) === -1n) encoded.read(PREFIX, target);
  else if (codec === "lz4") decodeLz4Frame(encoded, PREFIX, target);
  else decodeZstd(encoded, PREFIX, target);
}

/** Decodes zstd frames, which must fill the target exactly; checksums that they have are verified. */
function decodeZstd(encoded: Encoded, from: number, target: Uint8Array): void {
  try {
    const decoding = new Decoding(encoded, from, target.length),
      length = decoding.zstd();
    if (length !== target.length) throw new CodecFault(`has ${length} bytes instead of ${target.length}`);
    decoding.take(target);
  } catch (error) {
    if (error instanceof CodecFault) throw new CorruptError(`a ZSTD buffer ${error.message}`);
    throw error;
  }
}
