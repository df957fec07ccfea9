import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { packageUrl } from "../../src/files.js";
import {
  bytesSource,
  generateMemory,
  type MemoryTrace,
  openAnySource,
  type Result,
  textReport,
} from "../../src/index.js";
import { encodeMemory } from "../../src/trace/memory/memory-write.js";
import { around, controls, together } from "../support/coupled.js";
import { BLOCK, loads, pages, replayRows, replayTrace } from "../support/memory/memory-replay.js";

const PATHS = ["native", "virt-ib", "memlink"];
const named = (name: string, bytes: Uint8Array): MemoryTrace =>
  openAnySource(bytesSource(name, bytes)) as MemoryTrace;
const recording = (): MemoryTrace =>
  named("hpcc-randomaccess.arrow", readFileSync(fileURLToPath(packageUrl("traces/hpcc-randomaccess.arrow"))));
const grouped = (n: number): string => n.toLocaleString("en-US");
const lineOf = (text: string, start: string): string =>
  text.split("\n").find((l) => l.startsWith(start)) ?? "";

describe("hpcc-randomaccess with its heap linked", () => {
  const result = replayTrace(recording(), PATHS, { link: "heap" }),
    text = textReport(result, 120);

  test("reads as it was reviewed", async () => {
    await expect(text.replace(/\ndigest .*\n$/, "")).toMatchFileSnapshot("memory-report.snap");
  });
  test("shows the numbers of the result", () => {
    for (const { path, memory: m } of result.replays) {
      const found = lineOf(text, `${path} `),
        { against_native: against } = m!;
      expect(found).toContain(`${against!.access_ratio.toFixed(3)}×`);
      expect(found).toContain(`${against!.steady_ratio.toFixed(3)}×`);
      expect(found.endsWith(grouped(Number(m!.pages_linked)))).toBe(true);
      for (const [at, ps] of [
        [0, Number(m!.access_ps)],
        [1, m!.access_ps_mean],
        [2, m!.translation_ps_mean],
        [3, m!.translation_ps_per_kilo_access],
        [4, Number(m!.first_touch_ps)],
      ] as const)
        expect(timesOf(found)[at], `${path} ${at}`).toBeCloseTo(
          ps / 10 ** Math.floor(Math.log10(ps || 1)),
          2,
        );
    }
    const cells = (start: string): string[] =>
      lineOf(text, start)
        .slice(22)
        .trim()
        .split(/\s{2,}/);
    const memories = result.replays.map((r) => r.memory!);
    expect(cells("tlb.l1.4k")).toEqual(
      memories.map(
        ({ structures: [s] }) =>
          `${(100 * s!.hit_rate!).toFixed(1)} % of ${grouped(Number(s!.hits) + Number(s!.misses))}`,
      ),
    );
    expect(cells("walks")).toEqual(memories.map((m) => grouped(Number(m.walks["4k"]))));
    expect(cells("references a walk")).toEqual(memories.map((m) => m.references_per_walk!.toFixed(2)));
    const use = result.trace.memory!;
    expect(text).toContain(
      `${grouped(use.pages)} pages of 4 KiB in ${use.pages_2m} of 2 MiB; ` +
        `--link heap (${grouped(use.link.pages)} pages), --placement contiguous`,
    );
    for (const r of use.regions) expect(text).toContain(r.start);
    for (const note of result.trace.notes) expect(text.replace(/\s+/g, " ")).toContain(note);
    expect(text).toContain(result.digest);
  });
  test("tables stay within the width", () => {
    for (const l of text.split("\n").filter((l) => !/^(\(|Memory:)/.test(l)))
      expect(l.length, l).toBeLessThanOrEqual(120);
  });
});

/** Leading digits of the times of a line: 1.652 ms → 1.652, 569.8 µs → 5.698. */
function timesOf(found: string): number[] {
  return [...found.matchAll(/([\d.]+) (?:ps|ns|µs|ms|s)\b/g)]
    .map((m) => Number(m[1]))
    .map((v) => (v === 0 ? 0 : v / 10 ** Math.floor(Math.log10(v))));
}

describe("nothing that is not a number", () => {
  const odd = /NaN|undefined|Infinity|∞|\bnull\b|\[object/;
  const A = 0x7f00_0000_0000n;
  const results: [string, () => Result][] = [
    ["one access", () => replayRows(loads(A), PATHS)],
    ["one access without native", () => replayRows(loads(A), ["memlink"], { link: "all" })],
    [
      "one access and a fetch",
      () =>
        replayRows([{ vaddr: 0n, size: 4, kind: 3, gap: 1 }, ...loads(A)], PATHS, { think: "none", top: 0 }),
    ],
    [
      "free memory",
      () =>
        replayRows(loads(A), PATHS, {
          think: "none",
          set: [
            "cache.l1_latency=0",
            "cache.l2_latency=0",
            "cache.l3_latency=0",
            "mem.dram=0",
            "tlb.l2_latency=0",
            "pwc.latency=0",
            "ntlb.latency=0",
            "vm.ept_violation=0",
          ],
        }),
    ],
    [
      "more regions than are shown",
      () =>
        replayRows(Array.from({ length: 12 }, (_, i) => pages(A + BigInt(i) * BLOCK, i + 1)).flat(), PATHS),
    ],
    [
      "more pages than the first table of them",
      () =>
        replayTrace(
          named(
            "gups.arrow",
            encodeMemory(generateMemory("gups", { footprint: 2 ** 33, accesses: 300_000 })),
          ),
          PATHS,
          { link: "all" },
        ),
    ],
    ["accesses beside calls", () => together({ verbs: controls(), accesses: around(50), path: "memlink" })],
  ];
  test.each(results)("%s", (_, make) => {
    const result = make();
    for (const width of [40, 120, 200]) expect(textReport(result, width)).not.toMatch(odd);
    expect(result.trace.memory!.working_set.length).toBeGreaterThan(0);
    expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/);
  });
  test("large numbers do not run into each other", () => {
    const text = textReport(
      replayTrace(
        named("gups.arrow", encodeMemory(generateMemory("gups", { footprint: 2 ** 33, accesses: 1e6 }))),
        PATHS,
      ),
      120,
    );
    for (const start of ["data", "page tables, guest", "page tables, host"])
      expect(
        lineOf(text, start)
          .slice(22)
          .trim()
          .split(/\s{2,}/),
      ).toHaveLength(3);
  });
});
