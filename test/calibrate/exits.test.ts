import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { calibrate } from "../../src/calibrate/calibrate.js";
import { measuredExits } from "../../src/calibrate/exits.js";
import type { MeasuredFile } from "../../src/calibrate/read/shared/measurement.js";
import { loadPath } from "../../src/path/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { type ExitsTrace, openAnySource } from "../../src/trace/read.js";
import { commandIn } from "../support/command.js";
import { exitsOf } from "../support/exits.js";
import { scratch } from "../support/files.js";
import { refused } from "../support/refused.js";

const { file, folder } = scratch();
type Exit = readonly [string, number | undefined];
const measured = (...of: Parameters<typeof exitsOf>): MeasuredFile =>
  measuredExits(openAnySource(bytesSource("exits.arrow", exitsOf(...of))) as ExitsTrace);
/** 2480 ns but for one that slept. */
const FAULTS: Exit[] = [2440, 2460, 2480, 2500, 900_000].map((ns) => ["EPT_VIOLATION", ns]);

describe("figures of a table of exits", () => {
  test("are medians of the reasons that stand for values", () => {
    const { measurements, notes } = measured([
      ["HLT", 5_000_000],
      ...FAULTS,
      ["EPT_VIOLATION", undefined],
      ...[4500, 4600, 4700].map((ns): Exit => ["IO_INSTRUCTION", ns]),
    ]);
    expect(measurements).toEqual([
      expect.objectContaining({
        kind: "value",
        at: { file: "exits.arrow", line: 2 },
        values: ["vm.ept_violation"],
        value_ps: 2_480_000,
      }),
    ]);
    expect(notes.join("\n")).toMatch(/processor's own part of an exit is not in the figures/);
    expect(notes.join("\n")).toMatch(/fewer than 5 durations.*: IO_INSTRUCTION/);
    expect(notes.join("\n")).toMatch(/no testbed value stands for: HLT/);
  });
  test("of AMD are those of the same values", () => {
    const names = measured(
      ["npf", "io"].flatMap((reason) => Array.from({ length: 5 }, (_, i): Exit => [reason, 2400 + i])),
    ).measurements.flatMap((m) => (m.kind === "value" ? [m.values] : []));
    expect(names).toEqual([["vm.ept_violation"], ["vm.exit_heavy", "vmm.dispatch"]]);
  });
  test("whose times were printed to 1 us may be off by half of it", () => {
    const coarse = measured(Array.from({ length: 400 }, (_, i): Exit => ["npf", 2000 + 1000 * (i % 2)]));
    expect(coarse.measurements[0]).toMatchObject({ value_ps: 2_500_000, spread: 0.2 });
    expect(coarse.notes.join("\n")).toMatch(/durations are whole us/);
  });
  test("fit the testbed", () => {
    const base = loadTestbed("edr-2016"),
      { testbed } = calibrate([measured(FAULTS)], {
        base,
        path: loadPath("native"),
        name: "mine",
        noise: 3,
        holdOut: "none",
        seed: 1,
      });
    const fitted = testbed.values["vm.ept_violation"]!;
    expect(fitted.low).toBeLessThanOrEqual(2.48);
    expect(fitted.high).toBeGreaterThanOrEqual(2.48);
    expect(Number(fitted.high) - Number(fitted.low)).toBeLessThan(0.5);
  });
});

test("the command takes the table beside other files", async () => {
  file("exits.arrow", exitsOf(FAULTS));
  const { status, stdout } = await commandIn(folder, "calibrate", "exits.arrow", "-o", "mine.json");
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/vm\.ept_violation .* kvm exits vm\.ept_violation/),
  ]);
});

describe("refused", () => {
  test.each([
    [
      [["HLT", 5000]] as Exit[],
      {},
      /^exits\.arrow: has no 5 exits with an entry of a reason .*: record until IO_INS/,
    ],
    [FAULTS, { emulated: true }, /^exits\.arrow: is of an emulated machine: give a table/],
  ])("%#", (exits, change, says) => expect(refused(() => measured(exits, change))).toMatch(says));
  test("where a verbs trace is wanted", async () => {
    file("exits.arrow", exitsOf(FAULTS));
    const { status, stderr } = await commandIn(
      folder,
      "explain",
      join(folder, "exits.arrow"),
      "--path",
      "native",
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/is a table of exits \(exits\/1\), but a verbs trace/),
    ]);
  });
});
