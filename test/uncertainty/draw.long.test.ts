import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builtinNames } from "../../src/files.js";
import { compilePath } from "../../src/path/compile.js";
import { loadPath } from "../../src/path/load.js";
import { parameters } from "../../src/replay/parameters.js";
import { checkTestbed, type Testbed, type TestbedValue } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { memoryMachine } from "../../src/testbed/memory.js";
import { drawTestbed, openValues } from "../../src/uncertainty/draw.js";
import { latinHypercube, pointOf } from "../../src/uncertainty/latin-hypercube.js";

const TESTBEDS = builtinNames("testbeds").map((name) => [name, loadTestbed(name)] as const);
const PATHS = builtinNames("paths")
  .filter((p) => p !== "common")
  .map(loadPath);
/** With some values as a document would have them. */
const withValues = (testbed: Testbed, values: Record<string, Partial<TestbedValue>>): Testbed => ({
  ...testbed,
  values: {
    ...testbed.values,
    ...Object.fromEntries(
      Object.entries(values).map(([name, v]) => [name, { ...testbed.values[name]!, ...v }]),
    ),
  },
});

function replayable(drawn: Testbed): void {
  checkTestbed(JSON.parse(JSON.stringify(drawn)), "drawn");
  memoryMachine(drawn);
  for (const path of PATHS) {
    parameters(drawn, path, 2, 2, true);
    compilePath(path, drawn);
  }
}

describe("every draw is a testbed that can be replayed", () => {
  test.each(TESTBEDS)("%s, by seed", (_, testbed) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const design = latinHypercube(openValues(testbed), 4, seed);
        for (let i = 0; i < 4; i++) replayable(drawTestbed(testbed, pointOf(design, i)));
      }),
      { numRuns: 60 },
    );
  });
  test.each(TESTBEDS)("%s, at any corner", (_, testbed) => {
    const names = openValues(testbed);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0.25, 0.5, 0.75, 1), {
          minLength: names.length,
          maxLength: names.length,
        }),
        (u) => replayable(drawTestbed(testbed, new Map(names.map((name, i) => [name, u[i]!])))),
      ),
      { numRuns: 200 },
    );
  });
  test("with tree PLRU given, whatever ways are drawn", () => {
    const plru = withValues(loadTestbed("thesis-2014"), {
      "cache.policy": { value: "plru", low: "plru", high: "lru" },
      "cache.l2_ways": { low: 1, high: 512 },
      "cache.l3_bytes": { value: 16 << 20 },
    });
    for (let i = 0; i <= 200; i++)
      replayable(
        drawTestbed(
          plru,
          new Map([
            ["cache.l2_ways", i / 200],
            ["cache.l3_ways", i / 200],
          ]),
        ),
      );
  });
  test("with an L1 cache whose range begins at nothing", () => {
    const small = withValues(loadTestbed("thesis-2014"), { "cache.l1_bytes": { low: 0 } });
    expect(memoryMachine(drawTestbed(small, new Map([["cache.l1_bytes", 0]]))).geometry).toBeDefined();
    replayable(drawTestbed(small, new Map([["cache.l1_bytes", 0]])));
  });
});

describe("what a draw is", () => {
  const testbed = loadTestbed("thesis-2014");
  const at = (name: string, u: number, of = testbed): number | string =>
    drawTestbed(of, new Map([[name, u]])).values[name]!.value;
  test("low, value and high at 0, one half and 1; even between them", () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((u) => at("vmm.dispatch", u))).toEqual([
      0.6, 0.8999999999999999, 1.2, 1.7999999999999998, 2.4,
    ]);
  });
  test("a value at the end of its range has half of the draws", () => {
    expect([0, 0.2, 0.49].map((u) => at("hca.rq_fetch", u))).toEqual([0, 0, 0]);
    expect(at("hca.rq_fetch", 0.75)).toBe(225);
  });
  test("counts are whole, associativity and packet sizes powers of two, half of them the value", () => {
    expect([0, 0.2, 0.4, 0.6, 0.9, 1].map((u) => at("wire.hops", u))).toEqual([0, 0, 1, 1, 3, 3]);
    expect([0, 0.12, 0.13, 0.3, 0.45, 0.6, 0.8, 0.9, 1].map((u) => at("wire.mtu", u))).toEqual([
      256, 256, 512, 1024, 2048, 2048, 2048, 4096, 4096,
    ]);
    const many = Array.from({ length: 1000 }, (_, i) => at("hca.qpc_ways", (i + 0.5) / 1000));
    expect(new Set(many)).toEqual(new Set([1, 2, 4, 8, 16]));
    expect(many.filter((w) => w === 4)).toHaveLength(500);
  });
  test("names are those of the document, half of them the value", () => {
    expect([0, 0.49, 0.5, 1].map((u) => at("pcie.completion_chunk", u))).toEqual([
      "mps",
      "mps",
      "rcb",
      "rcb",
    ]);
    const flipped = withValues(testbed, { "tlb.policy": { value: "random", low: "lru", high: "random" } });
    expect([0, 0.49, 0.5, 1].map((u) => at("tlb.policy", u, flipped))).toEqual([
      "lru",
      "lru",
      "random",
      "random",
    ]);
    const nonsense = withValues(testbed, { "tlb.policy": { high: "best" } });
    expect(openValues(nonsense)).not.toContain("tlb.policy");
  });
  test("caches hold whole sets", () => {
    for (let i = 0; i <= 100; i++) {
      const drawn = drawTestbed(
        testbed,
        new Map([
          ["cache.l3_bytes", i / 100],
          ["cache.l3_ways", 1 - i / 100],
        ]),
      );
      expect(
        (drawn.values["cache.l3_bytes"]!.value as number) %
          (64 * (drawn.values["cache.l3_ways"]!.value as number)),
      ).toBe(0);
    }
  });
  test("values that are fixed, or settled otherwise, are left alone", () => {
    expect(openValues(testbed)).not.toContain("wire.rate");
    expect(openValues(loadTestbed("modern"))).toContain("mem.guest_levels");
    expect(openValues(loadTestbed("modern"), ["mem.guest_levels"])).not.toContain("mem.guest_levels");
    expect(drawTestbed(testbed, new Map())).toEqual(testbed);
  });
});

describe("Latin hypercube", () => {
  const names = ["a", "b", "c"],
    design = latinHypercube(names, 50, 7);
  test("has one point in each stratum of each name", () => {
    for (const u of design.values())
      expect([...u].map((x) => Math.floor(x * 50)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, i) => i),
      );
  });
  test("keeps a name's points when other names come or go", () => {
    expect(latinHypercube(["new", "c", "a"], 50, 7).get("a")).toEqual(design.get("a"));
  });
  test("is another one for another seed, and no two names have the same order", () => {
    expect(latinHypercube(names, 50, 8).get("a")).not.toEqual(design.get("a"));
    expect(design.get("a")).not.toEqual(design.get("b"));
  });
});
