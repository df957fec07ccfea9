import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { codecModule } from "../../src/core/module.node.js";
import { PACKED } from "./codec-data.js";

// The decoders themselves, in memory that shows each byte that they write.
interface Exports {
  memory: WebAssembly.Memory;
  heap(): number;
  lz4_block(source: number, sourceEnd: number, at: number, base: number, limit: number): number;
  zstd(source: number, sourceEnd: number, target: number, limit: number, result: number): number;
}
const x = new WebAssembly.Instance(codecModule()).exports as unknown as Exports;
const SLACK = 64,
  GUARD = new Uint8Array(4096).fill(0xa5);
const SOURCE = x.heap() + 16 + SLACK,
  ROOM = 1 << 20;
x.memory.grow(2 * (ROOM >> 16));
const memory = new Uint8Array(x.memory.buffer);

/** Decodes into `length` bytes; undefined for a fault. Nothing but them and their slack may have changed. */
function decode(codec: "lz4" | "zstd", source: Uint8Array, length: number): Uint8Array | undefined {
  const stop = SOURCE + source.length,
    target = stop + GUARD.length,
    limit = target + length,
    end = limit + SLACK;
  memory.set(source, SOURCE);
  memory.set(GUARD, stop);
  memory.set(GUARD, end);
  let done: number | undefined;
  if (codec === "lz4") {
    const at = x.lz4_block(SOURCE, stop, target, target, limit) >>> 0;
    if (at > 255) done = at;
  } else if (x.zstd(SOURCE, stop, target, limit, x.heap()) === 0)
    done = new Uint32Array(memory.buffer, x.heap(), 1)[0];
  expect(Buffer.compare(memory.subarray(stop, target), GUARD)).toBe(0);
  expect(Buffer.compare(memory.subarray(end, end + GUARD.length), GUARD)).toBe(0);
  if (done !== undefined) expect(done).toBeLessThanOrEqual(limit);
  return done === undefined ? undefined : memory.slice(target, done);
}
const same = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

/** So many literals, then so many bytes from so far before. */
interface Sequence {
  literals: Uint8Array;
  distance: number;
  length: number;
}
/** A block of these sequences and last literals, and what it decodes to, a byte at a time. */
function block(sequences: readonly Sequence[], last: Uint8Array): { packed: Uint8Array; data: Uint8Array } {
  const packed: number[] = [],
    data: number[] = [];
  const more = (length: number): void => {
    let left = length - 15;
    for (; left >= 255; left -= 255) packed.push(255);
    if (left >= 0) packed.push(left);
  };
  const put = (literals: Uint8Array, match: number): void => {
    packed.push((Math.min(15, literals.length) << 4) | Math.min(15, match));
    more(literals.length);
    packed.push(...literals);
    data.push(...literals);
  };
  for (const { literals, distance, length } of sequences) {
    put(literals, length - 4);
    packed.push(distance & 255, distance >> 8);
    more(length - 4);
    for (let i = 0; i < length; i++) data.push(data[data.length - distance]!);
  }
  put(last, 0);
  return { packed: Uint8Array.from(packed), data: Uint8Array.from(data) };
}

test("LZ4 matches of every distance from 1 to 40 and every length up to 80", () => {
  for (let distance = 1; distance <= 40; distance++)
    for (let length = 4; length <= 80; length++) {
      const literals = Uint8Array.from({ length: distance + (length % 3) }, (_, i) => 7 * i + distance);
      const { packed, data } = block([{ literals, distance, length }], Uint8Array.of(1, 2, 3, 4, 5));
      if (!same(decode("lz4", packed, data.length), data)) expect.fail(`${distance}, ${length}`);
    }
});

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const blocks = fc
  .tuple(
    bytes(30).filter((b) => b.length > 0),
    fc.array(
      fc.record({
        literals: bytes(40),
        distance: fc.integer({ min: 1, max: 300 }),
        length: fc.oneof(fc.integer({ min: 4, max: 60 }), fc.integer({ min: 4, max: 2000 })),
      }),
      { maxLength: 12 },
    ),
    bytes(20),
  )
  .map(([start, sequences, last]) => {
    let before = start.length;
    const fitting = sequences.map((s, i) => {
      const literals = i === 0 ? start : s.literals;
      if (i > 0) before += literals.length;
      const distance = 1 + ((s.distance - 1) % before);
      before += s.length;
      return { literals, distance, length: s.length };
    });
    return block(fitting, last);
  });

test("an LZ4 block of any sequences", () => {
  fc.assert(
    fc.property(blocks, ({ packed, data }) => {
      expect(same(decode("lz4", packed, data.length), data)).toBe(true);
      if (data.length > 0) expect(decode("lz4", packed, data.length - 1)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test("an LZ4 block that is cut off or changed is never written beyond its end", () => {
  fc.assert(
    fc.property(blocks, fc.nat(), fc.nat(255), fc.nat(), ({ packed, data }, where, value, keep) => {
      const other = Uint8Array.from(packed);
      other[where % other.length] = value;
      decode("lz4", other, data.length);
      const cut = decode("lz4", packed.subarray(0, keep % packed.length), data.length);
      if (cut) expect(same(cut, data.subarray(0, cut.length))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

const frame = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`fixtures/zstd/${name}.zst`, import.meta.url)));
const frames = Object.values(PACKED).flatMap(({ data, frames }) =>
  frames.map((name) => ({ name, data: data(), packed: frame(name) })),
);

test.each(frames)("zstd: $name", ({ data, packed }) => {
  expect(same(decode("zstd", packed, data.length), data)).toBe(true);
  expect(decode("zstd", packed, data.length - 1)).toBeUndefined();
});

test("zstd: several frames, and frames to be skipped, are one", () => {
  const [a, b] = [frames.find((f) => f.name === "words-3")!, frames.find((f) => f.name === "noise-3")!];
  const skipped = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const packed = new Uint8Array(Buffer.concat([skipped, a.packed, skipped, b.packed])),
    data = new Uint8Array(Buffer.concat([a.data, b.data]));
  expect(same(decode("zstd", packed, data.length), data)).toBe(true);
  expect(decode("zstd", Uint8Array.of(...packed, 0), data.length)).toBeUndefined();
});

test("zstd: a frame that is cut off is refused", () => {
  fc.assert(
    fc.property(fc.constantFrom(...frames), fc.nat(), ({ packed, data }, keep) => {
      expect(decode("zstd", packed.subarray(0, keep % packed.length), data.length)).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});

test("zstd: a changed frame is never written beyond its end; a checksum tells of every change", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...frames),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      ({ name, packed, data }, changes) => {
        const other = Uint8Array.from(packed);
        for (const [where, value] of changes) other[where % Math.min(other.length, 400)] = value;
        const found = decode("zstd", other, data.length);
        // The header's own fields (size, window) are no part of what the checksum covers.
        if (found && name.endsWith("check") && (other[4]! & 4) !== 0) expect(same(found, data)).toBe(true);
      },
    ),
    { numRuns: 1500 },
  );
});
