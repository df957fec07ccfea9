import { describe, expect, test } from "vitest";
import { bijection } from "../../src/generate/memory/bijection.js";
import {
  generateMemory,
  MEMORY_WORKLOADS,
  type MemoryOptions,
  type MemoryWorkload,
} from "../../src/generate/memory/memory.js";
import { zipfRanks } from "../../src/generate/memory/zipf.js";
import { Random } from "../../src/generate/random.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { inspectMemory } from "../../src/trace/inspect/inspect-memory.js";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import { encodeMemory } from "../../src/trace/memory/memory-write.js";
import { type MemoryTrace, openMemorySource } from "../../src/trace/read.js";
import { accessesOf } from "../support/memory/memory.js";
import { refused } from "../support/refused.js";

const HEAP = 0x7f0000000000n;
const trace = (workload: MemoryWorkload, options: Partial<MemoryOptions>): MemoryTrace =>
  openMemorySource(bytesSource("g.arrow", encodeMemory(generateMemory(workload, options))));
const rows = (workload: MemoryWorkload, options: Partial<MemoryOptions>): MemoryRow[] =>
  accessesOf(trace(workload, options));
const offsets = (all: readonly MemoryRow[]): number[] => all.map((r) => Number(r.vaddr - HEAP));

describe.each(MEMORY_WORKLOADS.filter((w) => w !== "chunks"))("%s", (workload) => {
  test("has as many rows as asked for, all within the heap, and says what it is", () => {
    for (const [footprint, accesses] of [
      [192, 1000],
      [1 << 20, 1001],
      [2 ** 36, 500],
    ] as const) {
      const t = trace(workload, { footprint, accesses, stride: 64 });
      expect(t.rows).toBe(accesses);
      expect(
        accessesOf(t).every(
          (r) => r.vaddr >= HEAP && r.vaddr + BigInt(r.size) <= HEAP + BigInt(footprint) && r.gap! > 0,
        ),
      ).toBe(true);
      expect(t.metadata).toMatchObject({
        emulated: true,
        clock: "none",
        regions: [{ name: "heap", start: HEAP, bytes: footprint }],
        fields: { vaddr: "assumed", gap: "assumed" },
      });
      expect(t.metadata.source).toMatchObject({
        format: "generate",
        workload,
        options: { footprint, accesses },
      });
    }
  });
  test("the same options give the same bytes", () => {
    const bytes = (seed: number): Uint8Array =>
      encodeMemory(generateMemory(workload, { accesses: 2000, seed }));
    expect(Buffer.compare(bytes(1), bytes(1))).toBe(0);
    if (["gups", "pointer-chase", "zipf"].includes(workload))
      expect(Buffer.compare(bytes(1), bytes(2))).not.toBe(0);
  });
});

test("gups modifies words of 8 bytes anywhere", () => {
  const all = rows("gups", { footprint: 1 << 20, accesses: 50_000 });
  expect(all.every((r) => r.kind === 2 && r.size === 8 && r.vaddr % 8n === 0n && r.gap === 8)).toBe(true);
  const pages = new Float64Array(256);
  for (const offset of offsets(all)) pages[offset >> 12]!++;
  const mean = 50_000 / 256,
    chi = pages.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
  expect(chi).toBeGreaterThan(255 - 5 * Math.sqrt(2 * 255));
  expect(chi).toBeLessThan(255 + 5 * Math.sqrt(2 * 255));
  expect(inspectMemory(trace("gups", { footprint: 2 ** 36, accesses: 4000 })).touched.length).toBeGreaterThan(
    1000,
  ); // above 32 bits of words too
});

test("stream loads b and c and stores a, and starts again at the end", () => {
  const all = rows("stream", { footprint: 3 * 16 + 5, accesses: 8 });
  expect(all.map((r) => [r.kind, Number(r.vaddr - HEAP), r.gap])).toEqual([
    [0, 16, 4],
    [0, 32, 1],
    [1, 0, 3],
    [0, 24, 4],
    [0, 40, 1],
    [1, 8, 3],
    [0, 16, 4],
    [0, 32, 1],
  ]);
});

test("stride advances by its bytes and starts again where the footprint ends", () => {
  expect(offsets(rows("stride", { footprint: 300, stride: 100, elem: 8, accesses: 7 }))).toEqual([
    0, 100, 200, 0, 100, 200, 0,
  ]);
  expect(offsets(rows("stride", { footprint: 307, stride: 100, elem: 8, accesses: 4 }))).toEqual([
    0, 100, 200, 0,
  ]);
  expect(offsets(rows("stride", { footprint: 308, stride: 100, elem: 8, accesses: 4 }))).toEqual([
    0, 100, 200, 300,
  ]);
});

test("pointer-chase visits every line once before it starts again", () => {
  for (const lines of [1, 2, 3, 64, 1000, 4097]) {
    const all = offsets(rows("pointer-chase", { footprint: 64 * lines, accesses: 2 * lines }));
    expect(new Set(all.slice(0, lines)).size).toBe(lines);
    expect(all.slice(lines)).toEqual(all.slice(0, lines));
    expect(all.every((offset) => offset % 64 === 0)).toBe(true);
  }
  const far = offsets(rows("pointer-chase", { footprint: 2 ** 33, accesses: 3000 }));
  const near = far.slice(1).filter((offset, i) => Math.abs(offset - far[i]!) < 2 ** 21).length;
  expect(near).toBeLessThan(20); // 2 MiB of 8 GiB either way: 1.5 are expected
});

test("a bijection is one for any count", () => {
  for (let n = 1; n < 300; n++) {
    const f = bijection(n, new Random(n));
    expect(new Set(Array.from({ length: n }, (_, i) => f(i))).size).toBe(n);
  }
});

test("zipf has the frequencies of its exponent", () => {
  for (const theta of [0, 0.5, 0.99, 1, 1.5, 3]) {
    const n = 1000,
      draws = 200_000,
      next = zipfRanks(n, theta, new Random(3)),
      seen = new Float64Array(n + 1);
    for (let i = 0; i < draws; i++) seen[next()]!++;
    const norm = Array.from({ length: n }, (_, k) => (k + 1) ** -theta).reduce((a, b) => a + b);
    for (const k of [1, 2, 3, 10, 100, 1000]) {
      const expected = (draws * k ** -theta) / norm;
      expect(Math.abs(seen[k]! - expected), `theta ${theta}, rank ${k}`).toBeLessThan(
        5 * Math.sqrt(expected) + 2,
      );
    }
  }
  const lines = new Map<number, number>();
  for (const offset of offsets(rows("zipf", { footprint: 1 << 20, accesses: 20_000 })))
    lines.set(offset, (lines.get(offset) ?? 0) + 1);
  const [first, second] = [...lines].sort((a, b) => b[1] - a[1]);
  expect(first![1] / second![1]).toBeGreaterThan(1.7);
  expect(first![1] / second![1]).toBeLessThan(2.3);
  expect(Math.abs(first![0] - second![0])).toBeGreaterThan(64); // scattered
});

test("options out of range are refused", () => {
  const said = (workload: MemoryWorkload, options: Partial<MemoryOptions>): string =>
    refused(() => generateMemory(workload, options));
  expect(said("gups", { footprint: 0 })).toBe(
    "generate gups: footprint is 0: give a whole number from 1 to 68719476736",
  );
  expect(said("gups", { footprint: 7 })).toBe(
    "generate gups: footprint is 7: give at least 8 bytes for this workload",
  );
  expect(said("stream", { footprint: 2 ** 36 + 1 })).toMatch(/footprint is 68719476737: give/);
  expect(said("stream", { footprint: 20 })).toBe(
    "generate stream: footprint is 20: give at least 24 bytes for this workload",
  );
  expect(said("pointer-chase", { footprint: 63 })).toMatch(/at least 64 bytes/);
  expect(said("stride", { stride: 0 })).toMatch(/stride is 0: give a whole number from 1/);
  expect(said("stride", { stride: 2 ** 30 })).toBe(
    "generate stride: stride is 1073741824: give at most the footprint, 67108864",
  );
  expect(said("zipf", { theta: -0.1 })).toBe("generate zipf: theta is -0.1: give a number from 0 to 8");
  expect(said("zipf", { elem: 65 })).toBe(
    "generate zipf: elem is 65: give at most 64, a line, for this workload",
  );
  expect(said("gups", { accesses: 2 ** 40 + 1 })).toMatch(
    /accesses is 1099511627777: give a whole number from 1 to 1099511627776/,
  );
  expect(said("gups", { accesses: 1.5 })).toMatch(/accesses is 1.5/);
  expect(said("gups", { seed: -1 })).toMatch(/seed is -1/);
});

describe("chunks", () => {
  const footprint = 3 * 2 ** 21 + 64,
    array = 4 * 2 ** 21;
  test("reads an index, then a chunk's first byte, and repeats the array's order", () => {
    const t = trace("chunks", { footprint, accesses: 41, chunks: 3, indices: 10 }),
      at = offsets(accessesOf(t)),
      data = at.filter((_, i) => i % 2 === 1);
    expect(at.filter((_, i) => i % 2 === 0)).toEqual(
      Array.from({ length: 21 }, (_, i) => array + 8 * (i % 10)),
    );
    expect(data.slice(10)).toEqual(data.slice(0, 10));
    expect([...new Set(data)].sort((a, b) => a - b)).toEqual(
      [0, 1, 2].map((x) => x * Math.floor(footprint / 3)),
    );
    expect(t.metadata).toMatchObject({ regions: [{ name: "heap", start: HEAP, bytes: array + 80 }] });
  });
  test("an offset moves each place further into its chunk", () => {
    expect(
      new Set(
        offsets(
          rows("chunks", { footprint: 2 ** 32, accesses: 2000, chunks: 4, offset: 4096, indices: 100 }),
        ).filter((o) => o < 2 ** 32),
      ),
    ).toEqual(new Set([0, 1, 2, 3].map((x) => x * (2 ** 30 + 4096))));
  });
  test("more chunks than bytes are refused", () =>
    expect(refused(() => generateMemory("chunks", { footprint: 10, chunks: 11 }))).toMatch(
      /footprint is 10: give at least 11 bytes/,
    ));
});
