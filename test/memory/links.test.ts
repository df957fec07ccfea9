import { describe, expect, test } from "vitest";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import { scratch } from "../support/files.js";
import { memoryTraceOf } from "../support/memory/memory.js";
import {
  BLOCK,
  type Choice,
  countersOf,
  GIB,
  loads,
  PAGE,
  pages,
  replayRows,
  replayTrace,
  single,
} from "../support/memory/memory-replay.js";
import { execute, pagesOf, twin, unlike } from "../support/memory/memory-twin.js";
import { encodeRows } from "../support/script.js";

const { file } = scratch();
const store = (row: MemoryRow): MemoryRow => ({ ...row, kind: 1 });
/** Regions are stretches with less than 1 MiB between touched pages. */
const CODE = 0x40_0000n,
  DATA = 0x1000_0000n,
  MAPPED = 0x7f00_0000_0000n,
  STACK = 0x7fff_ff00_0000n;
/** 2 pages that are only read, 5 and 9 that are written, 3 of stack. */
const PROGRAM = [
  ...pages(CODE, 2),
  ...pages(DATA, 5).map(store),
  ...pages(MAPPED, 8),
  store(loads(MAPPED + 20n * PAGE)[0]!),
  ...pages(STACK, 3).map(store),
];
const linked = (link: string, rows = PROGRAM, options: Choice = {}): number => {
  const { trace, replays } = replayRows(rows, ["memlink"], { ...options, link });
  expect(trace.memory!.link).toEqual({ asked: link, pages: replays[0]!.counters["mem.pages_linked"] });
  return replays[0]!.counters["mem.pages_linked"] as number;
};
const registrations = file(
  "verbs.arrow",
  encodeRows([
    { verb: "reg_mr", lkey: 1, addr: DATA + 100n, size: 4096n },
    { verb: "reg_mr", lkey: 2, addr: DATA + PAGE, size: PAGE },
    { verb: "reg_mr", lkey: 3, addr: 0x5000n, size: 1n, status: 12 },
    { verb: "reg_mr", lkey: 4, addr: STACK, size: 1n },
  ]),
);

describe("--link: what it links", () => {
  test.each([
    ["none", 0],
    ["all", 2 + 5 + 9 + 3],
    ["heap", 5 + 9],
    ["largest", 9],
    ["0x7f0000000000:8KiB", 2],
    ["0x7f0000000fff:2", 2],
    ["0x7f0000000fff:1", 1],
    ["268435456:0x3000", 3],
    ["0:1G", 2 ** 18],
    ["0x7f0000000000:64MiB", 2 ** 14],
    [`from:${registrations}`, 2 + 1],
    ["largest,0x7f0000000000:8KiB", 9],
    ["largest, 0x7f0000007000:8KiB", 10],
    ["heap,all", 19],
    [`0x5000:1,from:${registrations}`, 4],
  ])("%s: %i pages", (link, n) => expect(linked(link)).toBe(n));

  test("neighbours are one call, which ends with one flush", () => {
    const flushes = (link: string): number => countersOf(PROGRAM, "memlink", { link })["mem.tlb_flushes"]!;
    expect(flushes("all")).toBe(5); // code, data, eight mapped pages, the one behind them, stack
    expect(flushes("0x5000:4096,0x6000:4096,0x9000:1,0x5800:0x1000")).toBe(2);
  });
  test("regions that the trace names are its heap, and then nothing is inferred", () => {
    const named = { regions: [{ name: "heap", start: CODE, bytes: 8192 }] };
    const { trace, replays } = replayTrace(memoryTraceOf(PROGRAM, named), ["memlink"], { link: "heap" });
    expect(replays[0]!.counters["mem.pages_linked"]).toBe(2);
    expect(trace.notes.join("\n")).not.toMatch(/which memory is the heap was inferred/);
    expect(replayRows(PROGRAM, ["memlink"], { link: "heap" }).trace.notes.join("\n")).toMatch(
      /which memory is the heap was inferred: every region that is written, but the one with the highest addresses/,
    );
  });

  test.each(["native", "virt-ib", "sr-iov"])("changes nothing on %s, and the notes say so", (path) => {
    const [none, all] = ["none", "all"].map((link) => replayRows(PROGRAM, [path], { link }));
    expect(all!.replays).toEqual(none!.replays);
    const note = /--link all changes nothing here: none of these paths links memory/;
    expect([
      note.test(all!.trace.notes.join("\n")),
      note.test(none!.trace.notes.join("\n")),
      note.test(replayRows(PROGRAM, [path, "memlink"], { link: "all" }).trace.notes.join("\n")),
    ]).toEqual([true, false, false]);
  });
});

describe("a linked page splits what holds it", () => {
  const A = MAPPED,
    four = pages(A, 4);
  const at = (address: bigint, bytes = 1n): string => `0x${address.toString(16)}:${bytes}`;
  const c = (
    rows: readonly MemoryRow[],
    path: string,
    link: string,
    choice: Choice = {},
  ): Record<string, number> => countersOf(rows, path, { ...choice, link });

  test("one page of 2 MiB: the block is 4k, and its neighbours too pay a violation each", () => {
    // Guest leaves of 2m show it in the TLB: a split page is as small as its smaller leaf.
    const path = "memlink+guest_leaf=2m";
    expect(c(four, path, "none")).toMatchObject({
      "walks.2m": 1,
      "walks.4k": 0,
      "mem.ept_violations": 2,
      "mem.blocks_split": 0,
    });
    expect(c(four, path, at(A))).toMatchObject({
      "walks.2m": 0,
      "walks.4k": 4,
      "mem.ept_violations": 1 + 4,
      "mem.blocks_split": 1,
      "mem.pages_linked": 1,
    });
    // A neighbour block is another matter.
    expect(c([...four, ...loads(A + BLOCK)], path, at(A))).toMatchObject({
      "walks.2m": 1,
      "walks.4k": 4,
      "mem.ept_violations": 1 + 4 + 1,
      "mem.blocks_split": 1,
    });
    expect(c(four, path, at(A, 3n * PAGE))).toMatchObject({
      "mem.pages_linked": 3,
      "mem.blocks_split": 1,
      "mem.ept_violations": 5,
    });
    expect(c(four, path, at(A - PAGE, 2n * PAGE))).toMatchObject({
      "mem.pages_linked": 2,
      "mem.blocks_split": 2,
    });
  });
  test("a GiB becomes 2m leaves but for the block of the page, which is 4k", () => {
    const path = "memlink+guest_leaf=1g+host_leaf=1g",
      base = 64n * GIB;
    expect(c(pages(base, 2), path, "none")).toMatchObject({ "walks.1g": 1, "mem.ept_violations": 2 });
    expect(c([...pages(base, 2), ...loads(base + BLOCK, base + 2n * BLOCK)], path, at(base))).toMatchObject({
      "walks.1g": 0,
      "walks.4k": 2,
      "walks.2m": 2,
      "mem.ept_violations": 1 + 4,
      "mem.blocks_split": 1,
    });
  });
  test("with host leaves of 4k there is nothing to split", () => {
    expect(c(four, "memlink+host_leaf=4k", at(A, 2n * PAGE))).toMatchObject({
      "mem.pages_linked": 2,
      "mem.blocks_split": 0,
    });
  });
  test("translations cost more, data do not", () => {
    const rows = Array.from({ length: 3000 }, (_, i) => loads(A + BigInt((i * 7919) % 2048) * PAGE)[0]!);
    const [apart, together] = ["all", "none"].map((link) => single(replayRows(rows, ["memlink"], { link })));
    expect(Number(apart!.layers["walk.host"])).toBeGreaterThan(3 * Number(together!.layers["walk.host"]));
    expect(apart!.counters["walk.refs.guest"]).toBe(together!.counters["walk.refs.guest"]);
  });
});

describe("frames of linked and other pages are those of the oracle", () => {
  const rows = Array.from(
    { length: 4000 },
    (_, i): MemoryRow => ({
      vaddr: MAPPED + BigInt((i * 40_503) % 900) * PAGE + BigInt((i * 264) % 4000),
      size: 8,
      kind: i % 3,
      gap: i % 5,
    }),
  );
  const touched = [...pagesOf(rows)].sort((a, b) => (a < b ? -1 : 1));
  /**
   * R of the permutations is log2 of twice the pages touched or
   * linked: links of pages that are not touched count too.
   */
  test.each([
    ["contiguous", "contiguous", 1, 0],
    ["fragmented", "fragmented", 1, 0],
    ["fragmented:77", "fragmented", 77, 0],
    ["thp=0.4:9", "thp", 9, 0.4],
    ["thp=1", "thp", 1, 1],
    ["thp=0", "thp", 1, 0],
  ] as const)("--placement %s", (placement, kind, seed, share) => {
    for (const path of ["native", "virt-ib", "memlink", "memlink+khugepaged=delay"])
      for (const [link, extra] of [
        ["none", 0],
        ["all", 0],
        ["0x7f0000000000:16MiB", 4096 - touched.length],
      ] as const) {
        const replayed = single(replayRows(rows, [path], { placement, link })),
          oracle = twin(path, { pages: touched.length + extra, placement: { kind, seed, share } });
        if (path.startsWith("memlink") && link === "all") for (const page of touched) oracle.link(page, 1);
        if (path.startsWith("memlink") && extra > 0) oracle.link(MAPPED >> 12n, 4096);
        execute(oracle, rows);
        // pages are linked in ranges as long as they can be: each ends with one
        const flushes = "mem.tlb_flushes";
        expect(
          unlike(replayed, oracle).filter((d) => !d.startsWith(flushes)),
          `${path} ${link}`,
        ).toEqual([]);
      }
  });
  test("khugepaged has nothing to do while links stay", () => {
    const [never, delay] = ["memlink", "memlink+khugepaged=delay"].map((p) =>
      countersOf(rows, p, { link: "all", set: ["mem.khugepaged_delay=0"] }),
    );
    expect(delay).toEqual(never);
    expect(delay!["mem.blocks_collapsed"]).toBe(0);
  });
});
