import { expect, test } from "vitest";
import { decodeBuffer as decode, decodedLength, inMemory } from "../../src/trace/container/compression.js";
import { CorruptError } from "../../src/trace/container/flatbuffer.js";
import type { Codec } from "../../src/trace/container/messages.js";

const TEXT = "abc".repeat(40) + "0123456789".repeat(30);
const FRAME = Buffer.from("KLUv/WCkAL0AAGhhYmMwMTIzNDU2Nzg5AgAfLSqSpm4I", "base64"); // from the zstd tool
/** The same with a checksum: zstd --check. */
const CHECKED = Buffer.from("KLUv/WSkAL0AAGhhYmMwMTIzNDU2Nzg5AgAfLSqSpm4IMiIB1A==", "base64");

const decodeBuffer = (codec: Codec, bytes: Uint8Array, target: Uint8Array): void =>
  decode(codec, inMemory(bytes), target);

function buffer(length: bigint, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length);
  new DataView(bytes.buffer).setBigInt64(0, length, true);
  bytes.set(payload, 8);
  return bytes;
}

test("a ZSTD buffer", () => {
  const encoded = buffer(BigInt(TEXT.length), FRAME);
  const target = new Uint8Array(decodedLength(encoded, encoded.length));
  decodeBuffer("zstd", encoded, target);
  expect(new TextDecoder().decode(target)).toBe(TEXT);
});

test("a buffer that is stored as it is", () => {
  const encoded = buffer(-1n, new TextEncoder().encode(TEXT));
  const target = new Uint8Array(decodedLength(encoded, encoded.length));
  decodeBuffer("zstd", encoded, target);
  expect(new TextDecoder().decode(target)).toBe(TEXT);
});

test("a ZSTD frame whose checksum does not fit its data is refused", () => {
  const target = new Uint8Array(420);
  decodeBuffer("zstd", buffer(420n, CHECKED), target);
  expect(new TextDecoder().decode(target)).toBe(TEXT);
  const other = Uint8Array.from(CHECKED);
  other[other.length - 4]! ^= 1;
  expect(() => decodeBuffer("zstd", buffer(420n, other), new Uint8Array(420))).toThrow(
    /^a ZSTD buffer has a checksum of 0xd4012233, but its data give 0xd4012232$/,
  );
});

test("a ZSTD frame that is damaged or has another length is refused", () => {
  for (let length = 0; length < FRAME.length; length++) {
    expect(
      () => decodeBuffer("zstd", buffer(420n, FRAME.subarray(0, length)), new Uint8Array(420)),
      String(length),
    ).toThrow(CorruptError);
  }
  expect(() => decodeBuffer("zstd", buffer(419n, FRAME), new Uint8Array(419))).toThrow(CorruptError);
  expect(() => decodedLength(buffer(1n << 40n, FRAME), FRAME.length)).toThrow(CorruptError);
});
