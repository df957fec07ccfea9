import { describe, expect, test } from "vitest";
import { builtinNames } from "../../src/files.js";
import type { MemoryTrace, ReplayResult, Result } from "../../src/index.js";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import { accessesOf, memoryTraceOf } from "../support/memory/memory.js";
import { BLOCK, MEMORY_CAPTURES, memoryCapture, replayTrace } from "../support/memory/memory-replay.js";
import { Random } from "../support/random/rng.js";

const PATHS = [
  "native",
  "native+guest_leaf=2m",
  "virt-ib",
  "virt-ib+host_leaf=4k",
  "memlink",
  "memlink+guest_leaf=2m+khugepaged=delay",
  "sr-iov+host_leaf=1g",
];
/** thp decides leaves by itself, so it goes with guest_leaf=4k only. */
const PATHS_4K = PATHS.filter((p) => !p.includes("guest_leaf"));
const PLACEMENTS = ["contiguous", "fragmented:3", "thp=0.5:7"],
  LINKS = ["none", "heap", "all", "largest"];
/** Names that scripts ask for. */
const NAMED = [
  "mem.accesses",
  "tlb.l1.hits",
  "tlb.l1.misses",
  "tlb.l2.hits",
  "tlb.l2.misses",
  "walks",
  "walk.refs.guest",
  "walk.refs.host",
];

const big = (c: ReplayResult["counters"], ...names: string[]): bigint =>
  names.reduce((n, name) => {
    expect(c[name], name).toBeDefined();
    return n + BigInt(c[name]!);
  }, 0n);
const sizes = (prefix: string, suffix = ""): string[] =>
  ["4k", "2m", "1g"].map((s) => `${prefix}.${s}${suffix}`);
const levels = (prefix: string): string[] => ["l1", "l2", "l3", "dram"].map((l) => `${prefix}.${l}`);

/** Pages and lines that a row's bytes lie in. */
function touched(rows: readonly MemoryRow[], bytes: bigint): bigint {
  return rows.reduce(
    (n, { vaddr, size, kind }) =>
      kind === 3 ? n : n + (vaddr + BigInt(size) - 1n) / bytes - vaddr / bytes + 1n,
    0n,
  );
}

interface Expected {
  rows: number;
  fetches: number;
  pages: bigint;
  lines: bigint;
  instructions: bigint;
}
const expectedOf = (rows: readonly MemoryRow[]): Expected => ({
  rows: rows.length,
  fetches: rows.filter((r) => r.kind === 3).length,
  pages: touched(rows, 4096n),
  lines: touched(rows, 64n),
  instructions: rows.reduce((n, r) => n + BigInt(r.gap ?? 0), 0n),
});

function check(result: Result, want: Expected, label: string): void {
  const { trace: t } = result;
  expect([t.rows, t.replayed, t.refused, t.spin], label).toEqual([
    want.rows,
    want.rows - want.fetches,
    want.fetches,
    0,
  ]);
  for (const { path, counters: c, layers, makespan_ps, memory: m } of result.replays) {
    const at = `${label} ${path}`;
    expect(
      NAMED.filter((name) => c[name] === undefined),
      at,
    ).toEqual([]);
    expect([big(c, "mem.accesses"), big(c, "mem.refused"), big(c, "mem.instructions")], at).toEqual([
      BigInt(t.replayed),
      BigInt(t.refused),
      want.instructions,
    ]);
    expect(big(c, "tlb.l1.hits", "tlb.l1.misses"), at).toBe(want.pages);
    expect(big(c, ...levels("mem.refs")), at).toBe(want.lines);
    for (const level of ["l1", "l2"])
      for (const what of ["hits", "misses"])
        expect(big(c, `tlb.${level}.${what}`), at).toBe(big(c, ...sizes(`tlb.${level}`, `.${what}`)));
    expect(big(c, "tlb.l2.hits", "tlb.l2.misses"), at).toBe(big(c, "tlb.l1.misses"));
    expect([big(c, "walks"), big(c, ...sizes("walks"))], at).toEqual([
      big(c, "tlb.l2.misses"),
      big(c, "walks"),
    ]);
    for (const by of ["guest", "host"])
      expect(big(c, `walk.refs.${by}`), at).toBe(big(c, ...levels(`walk.refs.${by}`)));
    expect(big(c, "ntlb.hits", "ntlb.misses"), at).toBe(big(c, "ntlb.lookups"));
    if (path.startsWith("native"))
      expect(big(c, "walk.refs.host", "ntlb.lookups", "mem.ept_violations", "mem.pages_linked"), at).toBe(0n);
    if (!path.startsWith("memlink")) expect(big(c, "mem.pages_linked", "mem.blocks_split"), at).toBe(0n);
    const sum = Object.values(layers).reduce<bigint>((n, ps) => n + BigInt(ps), 0n);
    expect([sum, sum - BigInt(layers["app.think"] ?? 0)], at).toEqual([
      BigInt(makespan_ps),
      BigInt(m!.access_ps),
    ]);
    const walked = m!.walks["4k"],
      found = m!.structures.find((s) => s.name === "tlb.l1.4k")!;
    expect([walked, found.hits, m!.references.guest.dram, m!.pages_linked], at).toEqual([
      c["walks.4k"],
      c["tlb.l1.4k.hits"],
      c["walk.refs.guest.dram"],
      c["mem.pages_linked"],
    ]);
    expect(BigInt(m!.translation_ps), at).toBe(
      ["mem.tlb", "walk.guest", "walk.host"].reduce((n, l) => n + BigInt(layers[l] ?? 0), 0n),
    );
  }
}

function everywhere(trace: MemoryTrace, want: Expected): void {
  for (const testbed of builtinNames("testbeds"))
    for (const placement of PLACEMENTS)
      for (const link of LINKS) {
        check(
          replayTrace(trace, placement.startsWith("thp") ? PATHS_4K : PATHS, { testbed, placement, link }),
          want,
          `${testbed} ${placement} ${link}`,
        );
      }
}

describe("what must hold, on every path, testbed, placement and link", () => {
  test.each(MEMORY_CAPTURES)("%s", (name) => {
    const trace = memoryCapture(name);
    everywhere(trace, expectedOf(accessesOf(trace)));
  });

  test("a trace with instruction fetches and rows over lines and pages", () => {
    const random = new Random(3),
      base = 0x7f00_0000_0000n;
    const rows = Array.from(
      { length: 3000 },
      (): MemoryRow => ({
        vaddr: base + BigInt(random.int(0, Number(3n * BLOCK))),
        size: random.pick([1, 8, 64, 5000]),
        kind: random.int(0, 3),
        gap: random.int(0, 9),
      }),
    );
    const want = expectedOf(rows);
    expect(want.fetches).toBeGreaterThan(500);
    everywhere(memoryTraceOf(rows), want);
  });
});

test("instruction fetches are refused, their instructions stay, and the result says so", () => {
  const rows: MemoryRow[] = [
    { vaddr: 0x1000n, size: 8, kind: 0, gap: 5 },
    { vaddr: 0x400000n, size: 4, kind: 3, gap: 7 },
    { vaddr: 0x1008n, size: 8, kind: 1, gap: 11 },
  ];
  const { trace, replays } = replayTrace(memoryTraceOf(rows), ["native"], {
    set: ["cpu.instruction=1", "cpu.clock=1"],
  });
  expect([trace.rows, trace.replayed, trace.refused, trace.memory!.pages]).toEqual([3, 2, 1, 1]);
  expect(trace.memory!.kinds).toEqual({ load: 1, store: 1, modify: 0, ifetch: 1 });
  expect(replays[0]!.layers["app.think"]).toBe(23_000);
  expect(trace.notes.join("\n")).toMatch(/1 instruction fetch is refused/);
});
