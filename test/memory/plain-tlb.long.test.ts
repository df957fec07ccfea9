import { expect, test } from "vitest";
import { bytesSource, type MemoryTrace, openAnySource } from "../../src/index.js";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import { PlainTlb } from "../oracle/memory/plain-tlb.js";
import { accessesOf, encodeAccesses } from "../support/memory/memory.js";
import { MEMORY_CAPTURES, memoryCapture, replayTrace, single } from "../support/memory/memory-replay.js";
import { Random } from "../support/random/rng.js";

const GEOMETRIES = 200,
  ROWS = 60_000,
  MOST_WAYS = 24;
const NO_L2 = ["4k", "2m", "1g"].map((size) => `tlb.l2_${size}_entries=0`);

/** One look-up for each page that a row touches, in ascending order (M5.2). */
function pageStream(rows: readonly MemoryRow[]): bigint[] {
  return rows.flatMap(({ vaddr, size }) => {
    const first = vaddr >> 12n,
      last = (vaddr + BigInt(size) - 1n) >> 12n;
    return Array.from({ length: Number(last - first) + 1 }, (_, i) => first + BigInt(i));
  });
}
function misses(pages: readonly bigint[], sets: number, ways: number): number {
  const tlb = new PlainTlb(sets, ways);
  for (const page of pages) tlb.access(page);
  return tlb.misses;
}
function replayed(trace: MemoryTrace, sets: number, ways: number): Record<string, number> {
  return single(
    replayTrace(trace, ["native"], {
      set: [...NO_L2, `tlb.l1_4k_entries=${sets * ways}`, `tlb.l1_4k_ways=${ways}`],
    }),
  ).counters;
}
const traceOf = (rows: readonly MemoryRow[]): MemoryTrace =>
  openAnySource(bytesSource("part.arrow", encodeAccesses(rows))) as MemoryTrace;

/** The middle of a recording, and rows that go over the ends of pages, which recordings hardly do. */
function streams(): { name: string; rows: MemoryRow[] }[] {
  const captured = MEMORY_CAPTURES.map((name) => {
    const all = accessesOf(memoryCapture(name)),
      from = (all.length - ROWS) / 2;
    return { name: name as string, rows: all.slice(from, from + ROWS) };
  });
  const random = new Random(7);
  const straddling = Array.from(
    { length: 4000 },
    (): MemoryRow => ({
      vaddr: 0x10000n + BigInt(random.int(0, 60 * 4096)),
      size: random.pick([8, 64, 4096, 9000]),
      kind: random.int(0, 2),
      gap: 1,
    }),
  );
  return [...captured, { name: "straddling", rows: straddling }];
}

test.each(streams())(
  "$name: TLB misses are those of a list of pages in LRU order, for any geometry",
  ({ rows }) => {
    const trace = traceOf(rows),
      pages = pageStream(rows),
      random = new Random(rows.length);
    const counts = new Set<number>();
    for (let i = 0; i < GEOMETRIES; i++) {
      const sets = i % 2 === 0 ? 2 ** random.int(0, 7) : random.magnitude(100),
        ways = i % 3 === 0 ? random.int(1, MOST_WAYS) : random.magnitude(MOST_WAYS),
        expected = misses(pages, sets, ways);
      const c = replayed(trace, sets, ways);
      expect(
        [c["tlb.l1.misses"], c["tlb.l1.4k.misses"], c.walks, c["tlb.l1.hits"]],
        `${sets} sets of ${ways} ways`,
      ).toEqual([expected, expected, expected, pages.length - expected]);
      expect([c["tlb.l2.hits"], c["tlb.l2.misses"], c["tlb.l1.2m.misses"]]).toEqual([0, 0, 0]);
      counts.add(expected);
    }
    expect(counts.size, "geometries that make a difference").toBeGreaterThan(20);
  },
  60_000,
);
