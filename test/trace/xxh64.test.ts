import fc from "fast-check";
import { expect, test } from "vitest";
import { Xxh64 } from "../../src/trace/container/xxh64.js";

const hash = (...parts: Uint8Array[]): bigint => {
  const h = new Xxh64();
  for (const part of parts) h.update(part);
  return h.digest();
};

// Of the C library's binding for Python, xxhash.xxh64(text).hexdigest(): every way that the end of data is mixed in.
test.each([
  ["", 0xef46db3751d8e999n],
  ["a", 0xd24ec4f1a98c6e5bn],
  ["abc", 0x44bc2cf5ad770999n],
  ["x".repeat(31), 0x60dd0d01083b99f0n],
  ["The quick brown fox jumps over the lazy dog", 0x0b242d361fda71bcn],
  ["y".repeat(101), 0x1716d4f9f7efcdc8n],
])("%s", (text, expected) => expect(hash(new TextEncoder().encode(text))).toBe(expected));

const M = (1n << 64n) - 1n,
  P: readonly [bigint, bigint, bigint, bigint, bigint] = [
    0x9e3779b185ebca87n,
    0xc2b2ae3d27d4eb4fn,
    0x165667b19e3779f9n,
    0x85ebca77c2b2ae63n,
    0x27d4eb2f165667c5n,
  ];
/** The same from the specification, with bigints. */
function plain(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & M,
    round = (acc: bigint, lane: bigint): bigint => (rotate((acc + lane * P[1]) & M, 31n) * P[0]) & M;
  let at = 0,
    acc = P[4];
  if (bytes.length >= 32) {
    const lanes = [(P[0] + P[1]) & M, P[1], 0n, -P[0] & M];
    for (; at + 32 <= bytes.length; at += 32)
      for (let i = 0; i < 4; i++) lanes[i] = round(lanes[i]!, view.getBigUint64(at + 8 * i, true));
    acc = [1n, 7n, 12n, 18n].reduce((sum, by, i) => (sum + rotate(lanes[i]!, by)) & M, 0n);
    for (const lane of lanes) acc = ((acc ^ round(0n, lane)) * P[0] + P[3]) & M;
  }
  acc = (acc + BigInt(bytes.length)) & M;
  for (; at + 8 <= bytes.length; at += 8)
    acc = (rotate(acc ^ round(0n, view.getBigUint64(at, true)), 27n) * P[0] + P[3]) & M;
  if (at + 4 <= bytes.length) {
    acc = (rotate(acc ^ ((BigInt(view.getUint32(at, true)) * P[0]) & M), 23n) * P[1] + P[2]) & M;
    at += 4;
  }
  for (; at < bytes.length; at++) acc = (rotate(acc ^ ((BigInt(bytes[at]!) * P[4]) & M), 11n) * P[0]) & M;
  acc = ((acc ^ (acc >> 33n)) * P[1]) & M;
  acc = ((acc ^ (acc >> 29n)) * P[2]) & M;
  return acc ^ (acc >> 32n);
}

test("is that of the specification, however the data are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 6 }), (parts) => {
      expect(hash(...parts)).toBe(plain(new Uint8Array(Buffer.concat(parts))));
    }),
    { numRuns: 500 },
  );
});
