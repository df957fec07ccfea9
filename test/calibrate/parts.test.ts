import { describe, expect, test } from "vitest";
import { fit } from "../../src/calibrate/fit/fit.js";
import { gain, inTermsOf } from "../../src/calibrate/fit/linear.js";
import { groupsOf, misfits } from "../../src/calibrate/fit/misfit.js";
import { parametersOf, testbedAt } from "../../src/calibrate/fit/parameters.js";
import { Problem } from "../../src/calibrate/fit/problem.js";
import { distinguishable } from "../../src/calibrate/fit/select.js";
import { noiseOf } from "../../src/calibrate/predict/noise.js";
import { split } from "../../src/calibrate/predict/series.js";
import type { MeasuredRun } from "../../src/calibrate/read/shared/measurement.js";
import { refuseBad } from "../../src/calibrate/refuse.js";
import { loadPath } from "../../src/path/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { asFile } from "../support/calibrate/hidden-testbed.js";
import { refused } from "../support/refused.js";

const base = loadTestbed("edr-2016");
const run = (size: number, more: Partial<MeasuredRun> = {}): MeasuredRun => ({
  kind: "run",
  at: { file: "f", line: size + 1 },
  tool: "perftest",
  workload: "send-lat",
  options: { size, mtu: 4096 },
  quantity: "latency",
  value: 1e6,
  ...more,
});

describe("parameters", () => {
  const all = parametersOf(base),
    of = (name: string) => all.find((p) => p.name === name)!;
  test("are times and rates whose range has a width", () => {
    expect(all.every((p) => !["bytes", "entries", "count", "name"].includes(p.unit))).toBe(true);
    expect(all.map((p) => p.name)).not.toContain("wire.rate"); // 100 to 100 Gb/s
  });
  test("go through a time evenly, and through a rate's inverse", () => {
    expect(of("wire.port").value(0.5)).toBeCloseTo((60 + 600) / 2, 9);
    expect(1 / of("cpu.memcpy").value(0.5)).toBeCloseTo((1 / 6 + 1 / 12) / 2, 12);
    expect([0, 1].map((u) => of("cpu.memcpy").value(u))).toEqual([12, 6]);
    expect([-1, 2].map((u) => of("wire.port").value(u))).toEqual([60, 600]);
  });
  test("are at the base where nothing moved", () => {
    const same = testbedAt(
      base,
      all,
      all.map((p) => p.base),
    );
    for (const p of all)
      expect(
        Number(same.values[p.name]!.value) / Number(base.values[p.name]!.value) || 1,
        p.name,
      ).toBeCloseTo(1, 9);
  });
  test("lie as far from the base as half of machines below it and half above", () => {
    const { base: at, spread } = of("wire.port"),
      n = 1000;
    const squares = Array.from(
      { length: n },
      (_, i) => ((i + 0.5) / n < 0.5 ? at : 1 - at) * (2 * ((i + 0.5) / n) - 1),
    ).reduce((sum, x) => sum + x * x, 0);
    expect(spread).toBeCloseTo(Math.sqrt(squares / n), 3);
  });
});

test("noise is the given percent, or a figure's own spread where that is more", () => {
  expect(noiseOf(run(2), 3)).toBe(0.03);
  expect(noiseOf(run(2, { spread: 0.5, options: { size: 2, iters: 1000 } }), 3)).toBe(0.03);
  expect(noiseOf(run(2, { spread: 0.5, options: { size: 2, iters: 100 } }), 3)).toBe(0.05);
  expect(
    noiseOf(
      {
        kind: "value",
        at: { file: "f", line: 1 },
        tool: "t",
        values: ["mem.dram"],
        value_ps: 1,
        spread: 0.07,
      },
      3,
    ),
  ).toBe(0.07);
});

describe("held out", () => {
  const sizes = (list: readonly { kind: string }[]): (number | undefined)[] =>
    (list as MeasuredRun[]).map((m) => m.options.size);
  test("is every second size of a series, whatever the order and the iterations", () => {
    const { fit: f, heldOut } = split(
      [
        asFile(
          "a",
          [64, 2, 4096].map((s) => run(s)),
        ),
        asFile("b", [run(256, { options: { size: 256, mtu: 4096, iters: 7 } })]),
      ],
      "half",
    );
    expect([sizes(f), sizes(heldOut)]).toEqual([
      [2, 256],
      [64, 4096],
    ]);
  });
  test("is by workload, quantity and options", () =>
    expect(
      split(
        [
          asFile("a", [
            run(2),
            run(4, { workload: "write-lat" }),
            run(8, { options: { size: 8, mtu: 1024 } }),
            run(16, { tool: "osu" }),
          ]),
        ],
        "half",
      ).heldOut,
    ).toEqual([]));
  test("is nothing where that is wanted", () =>
    expect(split([asFile("a", [run(2), run(4)])], "none").heldOut).toEqual([]));
  test("are both figures of one size, where two files have it", () =>
    expect(
      split([asFile("a", [run(2), run(4)]), asFile("b", [run(2), run(4)])], "half").heldOut,
    ).toHaveLength(2));
});

describe("directions", () => {
  test("are what moves figures most, less what it imitates", () =>
    expect(
      distinguishable([
        [10, 10, 0],
        [30, 30, 0],
        [0, 0, 5],
        [20, 0, 0],
      ]),
    ).toEqual([1, 3]));
  test("are not more than figures", () => expect(distinguishable([[10], [30], [20]])).toEqual([1]));
  test("of nothing are none", () => expect(distinguishable([])).toEqual([]));
  test("others are sums of them", () =>
    expect(
      inTermsOf(
        [
          [2, 0],
          [0, 4],
        ],
        [[1, 2]],
        2,
      )[0]!.map((x) => Number(x.toFixed(9))),
    ).toEqual([0.5, 0.5]));
});

test("the gain of one parameter is that of a normal prior and a normal figure", () => {
  // Posterior of u with standard deviation 1/2 before and a figure that it moves by 4: 4 / (16 + 4).
  expect(gain([[4]], [0.5], 1).get(0, 0)).toBeCloseTo(0.2, 12);
});

test("the misfit is of figures that share parameters, and its limit that of chi squared", () => {
  const columns = [
      [1, 1, 0, 0],
      [0, 0, 1, 0],
    ],
    m = misfits([3, 4, 1, 2], groupsOf(columns, 4), [0, 0, 0, 0]);
  expect(m.map((g) => g.misfit)).toEqual([12.5, 12.5, 1, 4]);
  expect(m[0]!.limit * 2).toBeCloseTo(13.8, 0); // chi² of 2 degrees of freedom: 13.82 at 99.9 %
  expect(m[2]!.limit).toBeCloseTo(10.8, 0); // of 1: 10.83
});

describe("a fit", () => {
  const problem = new Problem([run(2), run(4096)], loadPath("native"), base, 3),
    j = problem.parameters.findIndex((p) => p.name === "wire.port");
  test("has slopes as the model has them", () => {
    const u = problem.start(),
      moved = u.map((x, k) => (k === j ? x + 0.001 : x)),
      r = problem.residuals(u),
      s = problem.residuals(moved);
    problem.slope(u, j).forEach((slope, i) => expect((s[i]! - r[i]!) / 0.001 / slope).toBeCloseTo(1, 2));
  });
  test("that never ends is not taken for one that converged", () => {
    let calls = 0;
    const endless = {
      parameters: problem.parameters,
      measurements: [run(2)],
      start: () => problem.start(),
      residuals: () => [1e6 / ++calls],
      slope: () => [1],
      carried: (c: readonly number[]) => [...c],
    } as unknown as Problem;
    expect(fit(endless, [j], problem.start(), [[1]]).converged).toBe(false);
  });
  test("that did not converge is refused, with the worst figures", () => {
    const solution = {
      fit: { u: [], residuals: [1, -9], slopes: [], converged: false },
      directions: [0],
      misfit: 2,
    };
    expect(refused(() => refuseBad(problem, solution, []))).toBe(
      "the fit did not converge, so nothing is written; furthest off are f line 4097 (send-lat 4096 " +
        "B: predicted 0.763 times what was measured); f line 3 (send-lat 2 B: " +
        "predicted 1.03 times what was measured); leave them out, " +
        "or start from a testbed that is nearer (--testbed)",
    );
  });
});
