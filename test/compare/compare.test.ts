import { describe, expect, test } from "vitest";
import { type CompareOptions, type Comparison, compare } from "../../src/compare/compare.js";
import type { Result } from "../../src/replay/result/document.js";
import { compareText } from "../../src/report/compare/compare-text.js";
import { refused } from "../support/refused.js";
import { schemaErrors } from "../support/schemas.js";
import { DEARER, PATHS, resultOf } from "./results.js";

const base = resultOf(),
  dearer = resultOf(DEARER),
  FILES = { base: "base.json", new: "new.json" };
const of = (a: Result, b: Result, options: CompareOptions = {}): Comparison => compare(a, b, FILES, options);
const layer = (c: Comparison, path: string, name: string) =>
  c.pairs.find((p) => p.base === path)!.differences.find((d) => d.kind === "layer" && d.name === name);

test("a result with itself: nothing differs", () => {
  const c = of(base, base, { budgets: ["total=0%", "layer=0%"] });
  expect(schemaErrors("comparison", c)).toEqual([]);
  expect(c).toMatchObject({ same: true, exceeded: false, testbed: [], notes: [] });
  expect(c.pairs.map((p) => p.differences)).toEqual([[], [], []]);
  expect(compareText(c)).toMatch(/nothing differs: 3 replays/);
});

describe("one testbed value raised by 5 %", () => {
  const c = of(base, dearer);
  test("fits its schema, and names the value", () => {
    expect(schemaErrors("comparison", c)).toEqual([]);
    expect(c.testbed).toEqual([{ name: "vm.exit_heavy", base: "5287", new: "5551.35", unit: "cycles" }]);
  });
  test("the layer is the only one that differs, by 5 %", () => {
    expect(c.pairs[0]!.differences).toEqual([]);
    for (const path of ["virt-ib", "memlink"]) {
      const layers = c.pairs.find((p) => p.base === path)!.differences.filter((d) => d.kind === "layer");
      expect(layers.map((d) => d.name)).toEqual(["vm.exit"]);
      expect(layers[0]!.percent).toBeCloseTo(5, 3);
      expect(layers[0]!.difference).toBe(Number(layers[0]!.new) - Number(layers[0]!.base));
    }
  });
  test("totals and operations follow; counters do not differ", () => {
    const { differences } = c.pairs[1]!,
      names = differences.map((d) => `${d.kind} ${d.name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        "total total",
        "total data-path",
        "total throughput",
        "operation message:SEND:4096:mean",
      ]),
    );
    expect(differences.some((d) => d.kind === "counter")).toBe(false);
    expect(differences.find((d) => d.name === "total")!.difference).toBe(
      layer(c, "virt-ib", "vm.exit")!.difference,
    );
  });
  test("differences of a kind come largest first", () => {
    for (const kind of ["layer", "operation"]) {
      const sizes = of(base, base, { basePath: "native", newPath: "virt-ib" })
        .pairs[0]!.differences.filter((d) => d.kind === kind)
        .map((d) => Math.abs(Number(d.difference)));
      expect(sizes.length).toBeGreaterThan(5);
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    }
  });
});

describe("pairs", () => {
  test("two paths of one result", () => {
    const c = of(base, base, { basePath: "native", newPath: "memlink" });
    expect(c.pairs.map((p) => [p.base, p.new])).toEqual([["native", "memlink"]]);
    expect(layer(c, "native", "vm.exit")).toMatchObject({ base: 0, percent: null });
  });
  test("one name stands for both sides", () =>
    expect(of(base, dearer, { newPath: "memlink" }).pairs.map((p) => [p.base, p.new])).toEqual([
      ["memlink", "memlink"],
    ]));
  test("paths that only one side has are named", () =>
    expect(of(base, resultOf([], ["memlink", "sr-iov"])).notes).toEqual([
      "only base.json has native, virt-ib",
      "only new.json has sr-iov",
    ]));
  test("operations that only one side has", () => {
    const other = structuredClone(base);
    other.replays[0]!.operations = other.replays[0]!.operations.filter((o) => o.verb !== "reg_mr");
    const found = of(base, other).pairs[0]!.differences.filter((d) => d.name.startsWith("reg_mr"));
    expect(found.map((d) => [d.name.split(":").pop(), d.new])).toEqual(
      expect.arrayContaining([
        ["count", null],
        ["p99", null],
      ]),
    );
  });
});

test("integers beyond 2^53 keep every digit", () => {
  const big = structuredClone(base),
    r = big.replays[1]!;
  r.makespan_ps = "18014398509481984001";
  const more = structuredClone(big);
  more.replays[1]!.makespan_ps = "18014398509481984002";
  const c = of(big, more, { basePath: "virt-ib", budgets: ["total=0ps"] });
  expect(c.pairs[0]!.differences).toEqual([
    {
      kind: "total",
      name: "total",
      unit: "ps",
      base: "18014398509481984001",
      new: "18014398509481984002",
      difference: 1,
      percent: expect.closeTo(0, 9),
    },
  ]);
  expect(c.exceeded).toBe(true);
});

describe("what cannot be compared, in one sentence", () => {
  test("other traces, unless asked for", () => {
    const other = resultOf([], PATHS, "send-bw-srq");
    expect(refused(() => of(base, other))).toMatch(/new\.json: is of another trace.*--any-trace/);
    expect(of(base, other, { anyTrace: true }).notes[0]).toMatch(/the traces differ/);
  });
  test("another memory trace beside the same verbs trace", () => {
    const other = structuredClone(base);
    other.trace.memory_trace = {
      file: "m.arrow",
      digest: "sha256:0",
      rows: 1,
      replayed: 1,
      refused: 0,
      fields: {},
      emulated: false,
    };
    expect(refused(() => of(base, other))).toMatch(/another trace/);
  });
  test("missing paths", () => {
    expect(refused(() => of(base, base, { basePath: "sr-iov" }))).toMatch(
      /--base-path sr-iov: base\.json has no replay of it, but of native, virt-ib, memlink/,
    );
    expect(refused(() => of(base, resultOf([], ["sr-iov"])))).toMatch(/no path in common/);
  });
});
