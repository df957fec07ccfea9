import fc from "fast-check";
import { expect, test } from "vitest";
import { inMemory } from "../../src/trace/container/compression.js";
import { CorruptError } from "../../src/trace/container/flatbuffer.js";
import { decodeLz4Frame } from "../../src/trace/container/lz4.js";
import { encodeLz4Frame } from "../../src/trace/container/lz4-encode.js";

function decode(frame: Uint8Array, length: number): Uint8Array {
  const target = new Uint8Array(length);
  decodeLz4Frame(inMemory(frame), 0, target);
  return target;
}

test("an LZ4 frame decodes to what was encoded", () => {
  const repetitive = fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 400 })), {
      maxLength: 20,
    })
    .map((parts) =>
      Uint8Array.from(
        parts.flatMap(([piece, times]) => Array.from({ length: times }, () => [...piece]).flat()),
      ),
    );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 3000 }), repetitive), (bytes) => {
      expect(Buffer.compare(decode(encodeLz4Frame(bytes), bytes.length), bytes)).toBe(0);
    }),
  );
});

test("more than one block of 4 MiB", () => {
  const bytes = Uint8Array.from({ length: (9 << 20) + 5 }, (_, i) =>
    i % 1000 < 500 ? i >> 8 : Math.imul(i, 2654435761) >>> 24,
  );
  const frame = encodeLz4Frame(bytes);
  expect(frame.length).toBeLessThan(bytes.length);
  expect(Buffer.compare(decode(frame, bytes.length), bytes)).toBe(0);
});

test("a frame from the reference tool", () => {
  const frame = Buffer.from("BCJNGGRApw0AAAA/YWJjAwAVUGJjYWJjAAAAAJGTMKg=", "base64");
  expect(Buffer.from(decode(frame, 48)).toString()).toBe("abc".repeat(16));
});

test("damaged frames are refused", () => {
  const frame = encodeLz4Frame(new Uint8Array(1000).fill(7));
  for (let length = 0; length < frame.length; length++)
    expect(() => decode(frame.slice(0, length), 1000), String(length)).toThrow(CorruptError);
  expect(() => decode(frame, 999)).toThrow(CorruptError);
  expect(() => decode(frame, 1001)).toThrow(CorruptError);
});
