import { describe, expect, test } from "vitest";
import { type CalibrateOptions, calibrate } from "../../src/calibrate/calibrate.js";
import type { MeasuredFile, Measurement } from "../../src/calibrate/read/shared/measurement.js";
import { loadPath } from "../../src/path/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { asFile } from "../support/calibrate/hidden-testbed.js";
import { refused } from "../support/refused.js";

const base = loadTestbed("edr-2016"),
  options: CalibrateOptions = { base, path: loadPath("native"), name: "found" };
/** Figures of values, in ns: they take no replay. Their sums share values, so that they are one group. */
const file = (name: string, ...figures: (readonly [readonly string[], number])[]): MeasuredFile =>
  asFile(
    name,
    figures.map(
      ([values, ns], i): Measurement => ({
        kind: "value",
        at: { file: name, line: i + 1 },
        tool: "lmbench",
        values,
        value_ps: ns * 1000,
      }),
    ),
  );
const DRAM = "mem.dram",
  SYSCALL = "cpu.syscall",
  SWITCH = "cpu.context_switch";
const GOOD_SUMS: readonly (readonly [readonly string[], number])[] = [
  [[SYSCALL], 67],
  [[SWITCH], 1500],
  [[SYSCALL, SWITCH], 1567],
  [[DRAM, SYSCALL], 142],
  [[DRAM, SWITCH], 1575],
  [[DRAM, SYSCALL, SWITCH], 1642],
];
const goods = Array.from({ length: 6 }, (_, i) => file(`good-${i}.txt`, ...GOOD_SUMS));
/** 150 ns where the range ends at 100 ns: 13 standard deviations of the noise. */
const BAD = file("bad.txt", [[DRAM], 150]);

describe("a file that the model cannot describe", () => {
  test("is refused alone", () =>
    expect(refused(() => calibrate([BAD], options))).toMatch(
      /^the model cannot describe these figures .* furthest off are bad\.txt line 1 \(mem\.dram: predicted 0\.667 /,
    ));
  test.each([1, 3, 6])("is refused beside %i good files", (count) => {
    for (const files of [
      [BAD, ...goods.slice(0, count)],
      [...goods.slice(0, count), BAD],
    ])
      expect(refused(() => calibrate(files, options))).toMatch(
        new RegExp(
          String.raw`^the model cannot describe the figures of bad\.txt within the ranges of testbed ` +
            String.raw`edr-2016, so nothing is written; furthest off are bad\.txt line 1 \(mem\.dram: ` +
            String.raw`predicted 0\.\d+ times what was measured\); check`,
        ),
      );
  });
  test("is refused as part of a file with good ones", () => {
    const all = asFile(
      "all.txt",
      [...goods, BAD].flatMap((f) => f.measurements),
    );
    const one = {
      ...all,
      measurements: all.measurements.map((m, i) => ({ ...m, at: { file: "all.txt", line: i + 1 } })),
    };
    expect(refused(() => calibrate([one], options))).toMatch(
      /^the model cannot describe the figures of all\.txt, mem\.dram within .* all\.txt line 37 \(mem\.dram/,
    );
  });
  test("and not the good ones", () => expect(calibrate(goods, options).described).toBe(true));
});

describe("a file whose figures contradict each other", () => {
  // The sum is too small for its part. Alone, two parameters leave one degree of freedom; beside good figures, two.
  const TORN = file("torn.txt", [[SWITCH], 1800], [[SWITCH, SYSCALL], 1200]);
  test("is refused alone", () =>
    expect(refused(() => calibrate([TORN], options))).toMatch(/^the model cannot describe these figures /));
  test("is fitted alone too where it is badly described beside good ones, and refused as then", () =>
    expect(refused(() => calibrate([TORN, ...goods], options))).toMatch(
      new RegExp(
        String.raw`^the model cannot describe these figures .* furthest off are torn\.txt line \d ` +
          String.raw`\([^;]*; torn\.txt line \d \([^;]*; check`,
      ),
    ));
});

test("a file that is badly described, and not hopelessly, is named", () => {
  const off = file("off.txt", [[DRAM], 100]),
    found = calibrate([off, ...goods], options);
  expect(calibrate([off], options).described).toBe(true);
  expect(found.described).toBe(false);
  expect(found.misfit).toBeGreaterThan(11);
  expect(found.notes.at(-1)).toMatch(
    /^off\.txt: described badly by itself, with a misfit of [\d.]+ where noise alone passes 11\.2 once in a thousand$/,
  );
});
