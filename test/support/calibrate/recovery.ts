import { expect } from "vitest";
import { calibrate } from "../../../src/calibrate/calibrate.js";
import type { Calibration } from "../../../src/calibrate/document.js";
import { Random } from "../../../src/generate/random.js";
import { loadPath } from "../../../src/path/load.js";
import type { Testbed } from "../../../src/testbed/document.js";
import { loadTestbed } from "../../../src/testbed/load.js";
import { hidden, measurementsOf, placeOf, throughText } from "./hidden-testbed.js";

const NOISE_PERCENT = 3;

export interface Recovery {
  machine: Testbed;
  base: Testbed;
  found: Calibration;
}

/** Machines that nobody knows, somewhere in the ranges of `name`; what is found of each from 3 % of noise. */
export function recoveries(name: string, count: number, seed: number): Recovery[] {
  const base = loadTestbed(name),
    random = new Random(seed);
  return Array.from({ length: count }, () => {
    const machine = hidden(base, random);
    return {
      machine,
      base,
      found: calibrate(throughText(measurementsOf(machine, NOISE_PERCENT / 100, random)), {
        base,
        path: loadPath("native"),
        name: "found",
      }),
    };
  });
}

const share = (list: readonly boolean[]): number => list.filter(Boolean).length / list.length;

/**
 * Whether a sum has changed by what lies in its interval. A
 * relative rounding of 1e-3 is that of the document.
 */
function sumHolds({ machine, base, found }: Recovery, s: Calibration["sums"][number]): boolean {
  const move = (name: string): number =>
    placeOf(base.values[name]!, Number(machine.values[name]!.value)) -
    placeOf(base.values[name]!, Number(base.values[name]!.value));
  const { low, high, unit } = base.values[s.value]!,
    scale = { "GB/s": 1000, "Gb/s": 8000, GHz: 1000 }[unit];
  const width =
    scale === undefined ? Number(high) - Number(low) : scale * (1 / Number(low) - 1 / Number(high));
  const change = width * s.members.reduce((n, m) => n + m.weight * move(m.value), move(s.value));
  expect(found.values.some((v) => v.value === s.value && v.known)).toBe(false);
  return change >= s.low && change <= s.high;
}

/** Checks intervals, errors and what is said to be unknown, and gives the figures that reports quote. */
export function checkRecoveries(all: readonly Recovery[]): Record<string, number> {
  const values = all.flatMap((r) =>
      r.found.values.map((v) => ({ ...v, truth: Number(r.machine.values[v.value]!.value) })),
    ),
    known = values.filter((v) => v.known);
  const inside = (v: (typeof values)[number]): boolean => v.low <= v.truth && v.truth <= v.high;
  const sums = all.flatMap((r) => r.found.sums.map((s) => sumHolds(r, s)));
  const held = all.map((r) => r.found.errors.held_out!),
    mean = (of: (e: (typeof held)[number]) => number): number =>
      held.reduce((n, e) => n + of(e), 0) / held.length;
  // Nobody is told to be known and is far off: at most twice as far as
  // half its interval, and the intervals are narrow.
  for (const v of known) expect(Math.abs(v.now - v.truth), v.value).toBeLessThanOrEqual(v.high - v.low);
  const said = {
    known: known.length / all.length,
    "known inside": share(known.map(inside)),
    "all inside": share(values.map(inside)),
    sums: sums.length / all.length,
    "sums inside": share(sums),
    "held out median": mean((e) => e.after.median),
    "held out worst": Math.max(...held.map((e) => e.after.worst)),
    "held out median on base": mean((e) => e.before.median),
  };
  expect(said["all inside"]).toBeGreaterThanOrEqual(0.9);
  // 0.95 less three standard errors of some fifty.
  expect(said["known inside"]).toBeGreaterThanOrEqual(0.86);
  expect(said["sums inside"]).toBeGreaterThanOrEqual(0.86);
  expect(said["held out median"]).toBeLessThan((1.2 * NOISE_PERCENT) / 100);
  expect(said["held out median on base"]).toBeGreaterThan(2 * said["held out median"]);
  // noise alone passes the limit now and then
  expect(share(all.map((r) => r.found.described))).toBeGreaterThanOrEqual(0.9);
  for (const { found, base } of all) {
    for (const unseen of ["vm.irq_msix", "kernel.fw_command", "memlink.remap_page"])
      expect(found.left).toContainEqual({ value: unseen, why: "unseen" });
    for (const v of found.values)
      expect(["bytes", "entries", "count", "name"]).not.toContain(base.values[v.value]!.unit);
  }
  return said;
}
