import { describe, expect, test } from "vitest";
import { attribute, withTolerance } from "../../src/attribution/attribute.js";
import { knobsOf } from "../../src/attribution/knobs.js";
import { crossing, fallen, MOST_GROWTH, RESOLUTION, tolerance } from "../../src/attribution/tolerance.js";
import { loadPath } from "../../src/path/load.js";
import { verbsSession } from "../../src/replay/replay.js";
import { windowOf } from "../../src/replay/result/result.js";
import { withSettings } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { capture } from "../support/captures.js";
import { schemaErrors } from "../support/schemas.js";

const testbed = loadTestbed("thesis-2014"),
  trace = capture("rc-pingpong-4k"),
  session = verbsSession(trace, testbed);
const path = loadPath("virt-ib"),
  base = session.replay(path),
  knob = (name: string) => knobsOf(path).find((k) => k.name === name)!;
const scaled = (name: string, growth: number) =>
  session.replay(path, {
    scale: { layers: knob(name).layers, params: knob(name).params, factor: 1 + growth },
  });

describe("scaling a cost", () => {
  test("by one changes nothing", () => {
    for (const k of knobsOf(path))
      expect(session.replay(path, { scale: { layers: k.layers, params: k.params, factor: 1 } })).toEqual(
        base,
      );
  });
  test("is the same as a dearer testbed, where one value feeds one layer", () => {
    for (const [name, value] of [
      ["vm.exit", "vm.exit_heavy"],
      ["kernel.firmware", "kernel.fw_command"],
    ] as const) {
      const doubled = withSettings(testbed, [`${value}=${2 * (testbed.values[value]!.value as number)}`]);
      expect(scaled(name, 1).layers, name).toEqual(verbsSession(trace, doubled).replay(path).layers);
    }
  });
  test("of the device, too: a wire of half the rate", () => {
    const halved = withSettings(testbed, [`wire.rate=${(testbed.values["wire.rate"]!.value as number) / 2}`]);
    expect(scaled("wire.serialize", 1).makespan_ps).toBe(
      verbsSession(trace, halved).replay(path).makespan_ps,
    );
  });
  test("every layer that takes time here can grow, by itself or with what it shares", () => {
    const fed = new Set(knobsOf(path).flatMap((k) => k.feeds));
    expect(Object.keys(base.layers).filter((l) => !(fed as ReadonlySet<string>).has(l))).toEqual([]);
  });
});

describe("how much a cost may grow", () => {
  const found = tolerance(session, [path], 1).paths[0]!;
  test("brute force: throughput holds at the growth named and falls one step later, for each cost", () => {
    const window = windowOf(base),
      falls = (name: string, growth: number): boolean => fallen(window, windowOf(scaled(name, growth)), 1);
    let crossings = 0;
    for (const { cost, holds_at, falls_at } of found.costs) {
      if (holds_at === null || falls_at === null) {
        for (const growth of [1, 30, MOST_GROWTH]) expect(falls(cost, growth), cost).toBe(false);
        continue;
      }
      crossings++;
      expect(falls_at).toBeLessThanOrEqual(holds_at * (1 + RESOLUTION));
      // A grid of growths up to twice the crossing: none below falls, none above holds.
      for (let i = 1; i <= 8; i++) {
        const growth = (i / 4) * holds_at;
        expect(falls(cost, growth), `${cost} × ${1 + growth}`).toBe(growth >= falls_at);
      }
      expect(falls(cost, falls_at), cost).toBe(true);
    }
    expect(crossings).toBeGreaterThan(10);
  });
  test("shares of the critical path are those of the layers", () => {
    expect(found.costs.find((c) => c.cost === "vm.exit")!.critical_share).toBeCloseTo(
      Number(base.layers["vm.exit"]) / Number(base.makespan_ps),
      10,
    );
  });
  test("fits the schema", () =>
    expect(
      schemaErrors(
        "attribution",
        withTolerance(attribute(session, "virt-ib", "memlink"), tolerance(session, [path], 5)),
      ),
    ).toEqual([]));
});

test("a fall is decided exactly", () => {
  expect(fallen(99n, 100n, 1)).toBe(true);
  expect(fallen(9901n, 10_000n, 1)).toBe(false);
  expect(fallen(10n ** 18n * 99n, 10n ** 20n, 1)).toBe(true);
  expect(fallen(10n ** 18n * 99n + 1n, 10n ** 20n, 1)).toBe(false);
});
test("bisection ends at any crossing", () => {
  for (const at of [0.0051, 0.37, 12, 1000]) {
    const { holds_at, falls_at } = crossing((growth) => growth >= at, 0.005);
    expect(holds_at!).toBeLessThan(at);
    expect(falls_at!).toBeGreaterThanOrEqual(at);
    expect(falls_at! / holds_at!).toBeLessThanOrEqual(1 + RESOLUTION);
  }
  expect(crossing(() => false, 0.005)).toEqual({ holds_at: null, falls_at: null });
});
