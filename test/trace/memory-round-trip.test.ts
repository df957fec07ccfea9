import fc from "fast-check";
import { expect, test } from "vitest";
import { DOMAINS, LEAVES, MEMORY_COLUMNS } from "../../src/abi/memory.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { LEAF_BYTES, type MappingRow } from "../../src/trace/mapping/mapping.js";
import { encodeMapping } from "../../src/trace/mapping/mapping-write.js";
import type { MemoryColumn, MemoryRow } from "../../src/trace/memory/memory-rows.js";
import { openMappingSource, readMapping } from "../../src/trace/read.js";
import { accessesOf, MEMORY_META, memoryTraceOf } from "../support/memory/memory.js";

const u = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const VALUES: Record<MemoryColumn, fc.Arbitrary<number | bigint>> = {
  vaddr: u64,
  size: u(16),
  kind: u(2),
  gap: u(32),
  tid: u(32),
  t: u64,
  pc: u64,
};
const OPTIONAL = MEMORY_COLUMNS.filter((c) => c.optional).map((c) => c.name);
const compression = fc.constantFrom("none" as const, "lz4" as const);

test("a memory trace holds what was written, with any of its optional columns", () => {
  fc.assert(
    fc.property(
      fc.subarray(OPTIONAL).chain((some) => {
        const columns: MemoryColumn[] = ["vaddr", "size", "kind", ...some];
        const row = fc.record(
          Object.fromEntries(columns.map((c) => [c, VALUES[c]])),
        ) as unknown as fc.Arbitrary<MemoryRow>;
        return fc.tuple(
          fc.constant(columns),
          fc.array(row, { maxLength: 40 }),
          fc.integer({ min: 1, max: 20 }),
          compression,
        );
      }),
      ([columns, rows, batchRows, compressed]) => {
        const trace = memoryTraceOf(rows, {}, { columns, batchRows, compression: compressed });
        expect(trace.columns).toEqual(new Set(columns));
        expect(trace.rows).toBe(rows.length);
        expect(trace.batches.length).toBe(Math.ceil(rows.length / batchRows));
        expect(accessesOf(trace)).toEqual(rows);
      },
    ),
  );
});

test("gaps saturate, other values must fit", () => {
  expect(accessesOf(memoryTraceOf([{ vaddr: 1n, size: 8, kind: 0, gap: 2 ** 40 }]))[0]!.gap).toBe(0xffffffff);
  expect(() =>
    memoryTraceOf([
      { vaddr: 1n, size: 8, kind: 0 },
      { vaddr: 1n, size: 65536, kind: 0 },
    ]),
  ).toThrow(/row 1: column size is 65536, which does not fit it/);
  expect(() =>
    memoryTraceOf(
      [{ vaddr: 1n, size: 8, kind: 0, tid: -1 }],
      {},
      { columns: ["vaddr", "size", "kind", "tid"] },
    ),
  ).toThrow(/column tid is -1/);
});

test("metadata and regions come back", () => {
  const metadata = {
    ...MEMORY_META,
    notes: ["one", "two"],
    regions: [{ name: "heap", start: 0x7f0000000000n, bytes: 4096 }],
    nodes: [{ name: "sort", pid: 7 }],
  };
  expect(memoryTraceOf([], metadata).metadata).toEqual(metadata);
  expect(memoryTraceOf([]).metadata).toEqual(MEMORY_META);
});

/** Ranges one behind the other in each domain's own addresses, so that none overlap. */
const mapping: fc.Arbitrary<MappingRow[]> = fc
  .array(
    fc.record({
      leaf: fc.constantFrom(...LEAVES),
      domain: fc.constantFrom(...DOMAINS),
      pages: fc.bigInt({ min: 1n, max: 600n }),
      frame: fc.bigInt({ min: 0n, max: 2n ** 20n }),
    }),
    { maxLength: 30 },
  )
  .map((list) => {
    let at = 0n;
    return list.map(({ leaf, domain, pages, frame }) => {
      const size = LEAF_BYTES[leaf],
        vaddr = ((at + size - 1n) / size) * size,
        bytes = pages * size;
      at = vaddr + bytes;
      return { vaddr, bytes, leaf, frame: frame * (size / 4096n), domain };
    });
  });

test("a mapping table holds what was written", () => {
  fc.assert(
    fc.property(
      mapping,
      compression,
      fc.constantFrom("file" as const, "stream" as const),
      (rows, compressed, format) => {
        const trace = openMappingSource(
          bytesSource("map.arrow", encodeMapping(rows, MEMORY_META, { compression: compressed, format })),
        );
        expect(readMapping(trace)).toEqual(rows);
        expect(trace.metadata).toEqual(MEMORY_META);
      },
    ),
  );
});
