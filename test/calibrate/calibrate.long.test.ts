import { describe, expect, test } from "vitest";
import { type CalibrateOptions, calibrate } from "../../src/calibrate/calibrate.js";
import type { MeasuredRun, Measurement } from "../../src/calibrate/read/shared/measurement.js";
import { Random } from "../../src/generate/random.js";
import { loadPath } from "../../src/path/load.js";
import { checkTestbed, type Testbed } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { asFile, hidden, measurementsOf } from "../support/calibrate/hidden-testbed.js";
import { measured } from "../support/calibrate/measured.js";
import { refused } from "../support/refused.js";
import { schemaErrors } from "../support/schemas.js";

const base = loadTestbed("edr-2016"),
  options: CalibrateOptions = { base, path: loadPath("native"), name: "found" };
const latency = (size: number, us: number, line = 1): MeasuredRun => ({
  kind: "run",
  at: { file: "lat.txt", line },
  tool: "perftest",
  workload: "send-lat",
  options: { size, mtu: 4096 },
  quantity: "latency",
  value: us * 1e6,
});
const value = (name: string, ps: number, line = 1): Measurement => ({
  kind: "value",
  at: { file: "values.txt", line },
  tool: "lmbench",
  values: [name],
  value_ps: ps,
});

describe("figures without noise", () => {
  test.each([1, 2])("of a hidden machine are met to half a percent, seed %i", (seed) => {
    const random = new Random(seed),
      machine = hidden(base, random),
      files = [asFile("all", measurementsOf(machine, 0, random))];
    const found = calibrate(files, { ...options, noise: 0.1, holdOut: "none" });
    expect(found.errors.fitted.after.worst).toBeLessThan(0.005);
    expect(found.errors.held_out).toBeNull();
    for (const name of ["cpu.memcpy", "mem.dram", "cpu.syscall", "cpu.context_switch", "vm.ept_violation"]) {
      const v = found.values.find((f) => f.value === name)!;
      expect(v.known, name).toBe(true);
      expect(Math.abs(v.now / Number(machine.values[name]!.value) - 1), name).toBeLessThan(0.005);
    }
  });
  test("of the base itself leave the base as it is", () => {
    const found = calibrate([asFile("all", measurementsOf(base, 0, new Random(1)))], options);
    expect(found.errors.fitted.before.worst).toBeLessThan(1e-9);
    for (const v of found.values)
      expect(Math.abs(v.now / v.was - 1) < 0.02 || v.was === v.now, v.value).toBe(true);
    expect(found.misfit).toBeLessThan(0.01);
  });
});

describe("the document", () => {
  const found = calibrate([measured("perftest-send-lat.txt"), measured("lmbench.txt")], options);
  test("keeps to its schema, and its testbed to that of testbeds", () => {
    expect(schemaErrors("calibration", found)).toEqual([]);
    expect(schemaErrors("testbed", found.testbed)).toEqual([]);
    expect(checkTestbed(JSON.parse(JSON.stringify(found.testbed)), "found").name).toBe("found");
  });
  test("holds out every second size", () => {
    expect(found.figures.filter((f) => f.series === "send-lat").map((f) => [f.size, f.use])).toEqual([
      [2, "fitted"],
      [4096, "fitted"],
      [64, "held out"],
    ]);
    expect(found.figures.filter((f) => f.quantity === "value").every((f) => f.use === "fitted")).toBe(true);
  });
  test("says where a value comes from and what it was", () => {
    expect(found.testbed.values["mem.dram"]).toMatchObject({
      unit: "ns",
      confidence: "medium",
      source: "fitted: lmbench mem.dram; was 75 (inferred: between PT035 and PM's machine)",
    });
    expect(found.testbed.values["wire.port"]!.source).toMatch(
      /^fitted together with others: perftest send-lat 2 to 4096 B; was 317 \(/,
    );
    expect(found.testbed.values["wire.mtu"]).toEqual(base.values["wire.mtu"]);
    expect(found.testbed.title).toBe(`${base.title}; fitted to measurements from edr-2016`);
  });
  test("has what was fitted within its range, the interval around it", () => {
    for (const v of found.values) {
      const range = base.values[v.value]!;
      expect(
        Number(range.low) <= v.low && v.low <= v.now && v.now <= v.high && v.high <= Number(range.high),
        v.value,
      ).toBe(true);
    }
  });
  test("names each time and rate once", () => {
    const names = [...found.values.map((v) => v.value), ...found.left.map((l) => l.value)],
      open = Object.entries(base.values).filter(
        ([, v]) => !["bytes", "entries", "count", "name"].includes(v.unit) && v.low !== v.high,
      );
    expect([...names].sort()).toEqual(open.map(([name]) => name).sort());
    expect(found.never.other + found.never.fixed + names.length).toBe(Object.keys(base.values).length);
  });
  test("is the same again", () =>
    expect(
      JSON.stringify(calibrate([measured("perftest-send-lat.txt"), measured("lmbench.txt")], options)),
    ).toBe(JSON.stringify(found)));
  test("has other intervals with another seed, and the same values", () => {
    const other = calibrate([measured("perftest-send-lat.txt"), measured("lmbench.txt")], {
      ...options,
      seed: 2,
    });
    expect(other.values.map((v) => v.now)).toEqual(found.values.map((v) => v.now));
    expect(other.values.map((v) => v.low)).not.toEqual(found.values.map((v) => v.low));
  });
});

describe("one figure", () => {
  test("of several values moves them together, and none is known", () => {
    const found = calibrate([asFile("one", [latency(2, 1.8)])], options);
    expect(found.values.filter((v) => v.known)).toEqual([]);
    expect(found.sums).toHaveLength(1);
    expect(found.sums[0]!.value).toBe("wire.port");
    expect(found.sums[0]!.members.map((m) => m.value)).toEqual(
      expect.arrayContaining(["hca.doorbell_latency", "hca.complete_latency"]),
    );
    expect(found.errors.held_out).toBeNull();
  });
  test("of one value is that value", () => {
    const found = calibrate([asFile("one", [value("mem.dram", 90_000)])], options);
    expect(found.values).toHaveLength(1);
    expect(found.values[0]).toMatchObject({ value: "mem.dram", known: true, at_end: null });
    expect(Math.abs(found.values[0]!.now - 90)).toBeLessThan(1);
    expect(found.sums).toEqual([]);
  });
  test("at the end of a range says so", () => {
    const found = calibrate([asFile("one", [value("mem.dram", 108_000)])], options);
    expect(found.values[0]).toMatchObject({ now: 100, at_end: "high", high: 100 });
  });
});

describe("is refused, with the figures' places", () => {
  test("what contradicts across files", () =>
    expect(
      refused(() =>
        calibrate(
          [
            asFile("a.txt", [latency(2, 1.5, 3)]),
            asFile("b.txt", [{ ...latency(2, 2.4, 9), at: { file: "b.txt", line: 9 } }]),
          ],
          options,
        ),
      ),
    ).toBe(
      "b.txt: line 9 measures what lat.txt, line 3 measured, " +
        "and is 1.6 times as much: give files of one machine, without the wrong one",
    ));
  test("what no machine of these ranges can do", () =>
    expect(
      refused(() => calibrate([asFile("a.txt", [latency(2, 40, 7), value("mem.dram", 75_000)])], options)),
    ).toMatch(
      /^the model cannot describe these figures within the ranges of testbed edr-2016, so nothing is written; furthest off are lat\.txt line 7 \(send-lat 2 B: predicted 0\.0\d+ times what was measured\); /,
    ));
  test("what no open value moves", () => {
    const fixed: Testbed = {
      ...base,
      values: Object.fromEntries(
        Object.entries(base.values).map(([name, v]) => [name, { ...v, low: v.value, high: v.value }]),
      ),
    };
    expect(refused(() => calibrate([asFile("a.txt", [latency(2, 2)])], { ...options, base: fixed }))).toBe(
      "nothing can be fitted: no value of testbed edr-2016 moves these 1 figures by clearly more " +
        "than their noise within its range; give other measurements, or a base with wider ranges",
    );
  });
  test("a value that the base does not have", () =>
    expect(refused(() => calibrate([asFile("a.txt", [value("mem.moon", 1, 4)])], options))).toBe(
      "values.txt: line 1 is a figure for mem.moon, which testbed edr-2016 has no value of: add it, or leave the line out".replace(
        "line 1",
        "line 4",
      ),
    ));
  test.each([[0], [-1], [51], [Number.NaN]])("noise of %f percent", (noise) =>
    expect(refused(() => calibrate([asFile("a.txt", [latency(2, 2)])], { ...options, noise }))).toMatch(
      /^--noise.*: give percent by which figures may be off, 0\.1 to 50$/,
    ),
  );
  test.each([[-1], [1.5], [2 ** 32], [Number.NaN]])("seed %f", (seed) =>
    expect(refused(() => calibrate([asFile("a.txt", [latency(2, 2)])], { ...options, seed }))).toMatch(
      /^--seed.*: give a whole number of 0 to 4294967295$/,
    ),
  );
});

test("what is refused alone is refused beside what is not", () => {
  const modern = { ...options, base: loadTestbed("modern") },
    latency = measured("perftest-hdr-send-lat.txt"),
    bandwidth = { ...measured("perftest-hdr-send-bw.txt"), file: "bw.txt" };
  expect(calibrate([latency], modern).described).toBe(true);
  expect(refused(() => calibrate([bandwidth], modern))).toMatch(/^the model cannot describe these figures /);
  const CUT =
    /^the model cannot describe the figures of m, send-bw within .* \(send-bw \d+ B: predicted 1\.3/;
  expect(refused(() => calibrate([latency, bandwidth], modern))).toMatch(CUT);
  expect(refused(() => calibrate([bandwidth, latency], modern))).toMatch(CUT);
});

test("figures that contradict within their series are described badly, and said to be", () => {
  const found = calibrate(
    [asFile("a.txt", [latency(2, 1.5), latency(4, 2.1), latency(8, 1.5), latency(16, 2.1)])],
    { ...options, holdOut: "none" },
  );
  expect(found.described).toBe(false);
  expect(found.misfit).toBeGreaterThan(10);
});
