import { expect, test } from "vitest";
import { Random } from "../../src/generate/random.js";
import type { Path } from "../../src/path/flatten.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import type { Uncertainty } from "../../src/replay/result/uncertainty-result.js";
import type { Testbed, TestbedValue } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import type { VerbsTrace } from "../../src/trace/read.js";
import { drawTestbed, openValues } from "../../src/uncertainty/draw.js";
import { withUncertainty } from "../../src/uncertainty/uncertainty.js";
import { generated } from "../support/generated.js";

const NATIVE = loadPath("native"),
  OTHERS = [
    ["virt-ib", "memlink"],
    ["virt-ib-forward", "sr-iov"],
    ["vhost", "virt-ib+memory=memlink"],
  ].map((labels) => labels.map(loadPath));
const WORKLOADS: readonly VerbsTrace[] = [
  generated("rc-pingpong", { iters: 5, rxDepth: 5 }),
  generated("rc-pingpong", { iters: 5, rxDepth: 5, events: true, size: 64 }),
  generated("send-bw", { iters: 12, txDepth: 4, rxDepth: 12, size: 8192 }),
  generated("write-lat", { iters: 5, size: 8 }),
];

/**
 * What somebody else would believe of a machine: times and rates
 * moved by up to 30 %, with bounds of their own.
 */
function believed(base: Testbed, random: Random): Testbed {
  const values = Object.entries(base.values).map(([name, v]): [string, TestbedValue] => {
    if (!["ns", "us", "cycles", "GB/s", "GHz"].includes(v.unit)) return [name, v];
    const value = (v.value as number) * (0.7 + 0.6 * random.unit());
    return [
      name,
      { ...v, value, low: value * (0.4 + 0.5 * random.unit()), high: value * (1.1 + random.unit()) },
    ];
  });
  return { ...base, values: Object.fromEntries(values) };
}
/** A machine that the document allows: each value by itself, without a hypercube. */
const machine = (testbed: Testbed, random: Random): Testbed =>
  drawTestbed(testbed, new Map(openValues(testbed).map((name) => [name, random.unit()])));
const ratioOn = (trace: VerbsTrace, testbed: Testbed, path: Path): number =>
  replay(trace, [NATIVE, path], testbed).replays[1]!.against_native!.time_ratio;
const drawn = (trace: VerbsTrace, testbed: Testbed, paths: readonly Path[], seed: number): Uncertainty[] =>
  replay(trace, [NATIVE, ...paths], testbed, {
    extend: (session, on, replays) => withUncertainty(session, on, replays, { draws: 100, seed }),
  })
    .replays.slice(1)
    .map((r) => r.uncertainty!);

test("the true ratio to native of 200 machines lies in the 90 % interval of what was believed of them", () => {
  const random = new Random(2024),
    bases = ["thesis-2014", "modern"].map((name) => loadTestbed(name));
  let covered = 0,
    machines = 0;
  for (let round = 0; round < 10; round++) {
    const testbed = believed(bases[round % 2]!, random),
      trace = WORKLOADS[(round >> 1) % WORKLOADS.length]!,
      paths = OTHERS[round % OTHERS.length]!;
    drawn(trace, testbed, paths, round).forEach(({ against_native }, i) => {
      const { low, high } = against_native!.time_ratio;
      for (let n = 0; n < 10; n++) {
        const truth = ratioOn(trace, machine(testbed, random), paths[i]!);
        machines++;
        if (low <= truth && truth <= high) covered++;
      }
    });
  }
  expect(machines).toBe(200);
  expect(covered).toBeGreaterThanOrEqual(170);
  expect(covered).toBeLessThanOrEqual(190);
});

test("a machine far outside of what was believed is not covered", () => {
  const testbed = loadTestbed("thesis-2014"),
    trace = WORKLOADS[0]!,
    [virt] = OTHERS[0]!;
  const { low, high } = drawn(trace, testbed, [virt!], 1)[0]!.against_native!.time_ratio;
  const slow = { ...testbed.values["vmm.dispatch"]!, value: 24 }; // µs: ten times the upper bound
  expect(
    ratioOn(trace, { ...testbed, values: { ...testbed.values, "vmm.dispatch": slow } }, virt!),
  ).toBeGreaterThan(high);
  expect(high / low).toBeLessThan(2);
});
