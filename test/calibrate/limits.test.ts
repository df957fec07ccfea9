import { afterEach, describe, expect, test, vi } from "vitest";
import { type CalibrateOptions, calibrate } from "../../src/calibrate/calibrate.js";
import { SteadyRun } from "../../src/calibrate/predict/steady.js";
import { LARGEST_BYTES, readMeasured } from "../../src/calibrate/read/read.js";
import type { MeasuredRun, Measurement } from "../../src/calibrate/read/shared/measurement.js";
import { loadPath } from "../../src/path/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { asFile } from "../support/calibrate/hidden-testbed.js";
import { fixture } from "../support/calibrate/measured.js";
import { refused } from "../support/refused.js";

const base = loadTestbed("edr-2016"),
  options: CalibrateOptions = { base, path: loadPath("native"), name: "found" };
afterEach(() => vi.restoreAllMocks());

describe("a measured file is refused", () => {
  const TEXT = fixture("perftest-send-lat.txt"),
    LESS = "give the lines of one run, without its raw samples";
  test("of more than 64 MiB", () => {
    const large = (TEXT + `${" ".repeat(999)}\n`.repeat(LARGEST_BYTES / 1000)).slice(0, LARGEST_BYTES + 1);
    expect(refused(() => readMeasured("m", large))).toBe(
      `m: is larger than 64 MiB, which no output of these tools is: ${LESS}`,
    );
    expect(readMeasured("m", large.slice(0, -1)).measurements).toHaveLength(3);
  });
  test("of a line that no report has, whatever it is made of", () => {
    for (const piece of [" ", "a", "\t", "1 "])
      expect(refused(() => readMeasured("m", `${TEXT}${piece.repeat(16 * 2 ** 20)}\n${TEXT}`))).toBe(
        "m: line 27: is longer than 1048576 characters: give the tool's own output",
      );
    expect(refused(() => readMeasured("m", `${TEXT}${"a".repeat(65_537)}\n`))).toBe(
      "m: line 27: is longer than 65536 characters: give the tool's own output",
    );
  });
  test("of more than two million lines", () => {
    const many = `${TEXT}${"\n".repeat(2_000_000 - 26)}`;
    expect(readMeasured("m", many).measurements).toHaveLength(3);
    expect(refused(() => readMeasured("m", `${many}\n`))).toBe(
      `m: has 2000001 lines, and 2000000 are read: ${LESS}`,
    );
  });
  test("with more than a thousand figures, before any is replayed", () => {
    const replayed = vi.spyOn(SteadyRun.prototype, "messagePs"),
      runs = Array.from({ length: 1001 }, (_, i) => run(i + 1));
    expect(refused(() => calibrate([asFile("a.txt", runs)], options))).toBe(
      "a.txt: 1001 figures, each of which a fit replays some hundred times: give at most 1000",
    );
    expect(replayed).not.toHaveBeenCalled();
  });
});

const run = (size: number, more: Partial<MeasuredRun> = {}): MeasuredRun => ({
  kind: "run",
  at: { file: "a.txt", line: size },
  tool: "perftest",
  workload: "write-bw",
  options: { size, mtu: 4096, txDepth: 64, cqMod: 1 },
  quantity: "bandwidth",
  value: 12.4e9,
  ...more,
});

describe("a bandwidth that the link alone decides", () => {
  test("takes three replays to say that nothing can be fitted to it", () => {
    const replayed = vi.spyOn(SteadyRun.prototype, "messagePs");
    expect(refused(() => calibrate([asFile("a.txt", [run(65536)])], options))).toMatch(
      /^nothing can be fitted: no value of testbed edr-2016 moves these 1 figures /,
    );
    expect(replayed).toHaveBeenCalledTimes(3);
  });
  test("is judged all the same", () => {
    const dram: Measurement = {
      kind: "value",
      at: { file: "a.txt", line: 1 },
      tool: "lmbench",
      values: ["mem.dram"],
      value_ps: 75_000,
    };
    const found = calibrate([asFile("a.txt", [run(65536), dram])], options);
    expect(found.figures[0]!.before).toBe(found.figures[0]!.after);
    expect(found.figures[0]!.before).toBeCloseTo(12_418_142_129.5, 0);
    expect(refused(() => calibrate([asFile("a.txt", [run(65536, { value: 24e9 }), dram])], options))).toMatch(
      /^the model cannot describe .* a\.txt line 65536 \(write-bw 65536 B: predicted 0\.5/,
    );
  });
  test("and one of small messages is moved, and replayed for each value", () => {
    const replayed = vi.spyOn(SteadyRun.prototype, "messagePs");
    calibrate([asFile("a.txt", [run(2, { value: 2 * 9e6 })])], options);
    expect(replayed.mock.calls.length).toBeGreaterThan(20);
  });
});

test("who waits is told what goes on", () => {
  const told: [string, number, number][] = [];
  calibrate([asFile("a.txt", [run(2, { value: 2 * 9e6 })])], {
    ...options,
    progress: (...step) => void told.push(step),
  });
  const stages = [...new Set(told.map(([stage]) => stage))];
  expect(stages.slice(0, 3)).toEqual(["figures", "values", "fit, round 1"]);
  expect(stages.at(-1)).toBe("predictions, fitted");
  for (const stage of stages) {
    const steps = told.filter(([s]) => s === stage);
    expect(steps.map(([, done]) => done)).toEqual(steps.map((_, i) => i % steps[0]![2]));
  }
});
