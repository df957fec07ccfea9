import { describe, expect, test } from "vitest";
import { loadPath } from "../../src/path/load.js";
import { replayMemory } from "../../src/replay/memory-replay.js";
import { replay, verbsSession } from "../../src/replay/replay.js";
import type { Result } from "../../src/replay/result/document.js";
import type { ReplayResult } from "../../src/replay/result/result.js";
import type { Uncertainty } from "../../src/replay/result/uncertainty-result.js";
import { textReport } from "../../src/report/text/text.js";
import type { Testbed } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { drawTestbed, openValues } from "../../src/uncertainty/draw.js";
import { latinHypercube, pointOf } from "../../src/uncertainty/latin-hypercube.js";
import { withUncertainty } from "../../src/uncertainty/uncertainty.js";
import { command } from "../support/command.js";
import { generated } from "../support/generated.js";
import { memoryTraceOf } from "../support/memory/memory.js";
import { loads, memoryCapture } from "../support/memory/memory-replay.js";
import { schemaErrors } from "../support/schemas.js";

const testbed = loadTestbed("thesis-2014"),
  labels = ["native", "virt-ib", "memlink"],
  trace = generated("rc-pingpong", { iters: 8 });
const drawn = (of: Testbed, seed = 1, draws = 40, paths = labels): Result =>
  replay(trace, paths.map(loadPath), of, {
    extend: (session, on, replays) => withUncertainty(session, on, replays, { draws, seed }),
  });
const uncertaintyOf = (result: Result, path: string): Uncertainty =>
  result.replays.find((r) => r.path === path)!.uncertainty!;
/** A testbed whose values are all known, but for these. */
const known = (open: Record<string, [low: number, high: number]> = {}): Testbed => ({
  ...testbed,
  values: Object.fromEntries(
    Object.entries(testbed.values).map(([name, v]) => [
      name,
      { ...v, low: open[name]?.[0] ?? v.value, high: open[name]?.[1] ?? v.value },
    ]),
  ),
});
const result = drawn(testbed);

describe("a replay with drawn testbeds", () => {
  test("is the replay without them, and more", () => {
    const plain = replay(trace, labels.map(loadPath), testbed);
    expect(result.replays.map(({ uncertainty: _, ...r }) => r)).toEqual(plain.replays);
    expect(result.digest).not.toBe(plain.digest);
    expect(schemaErrors("result", result)).toEqual([]);
  });
  test("is the same again with the same seed, and another with another", () => {
    expect(drawn(testbed)).toEqual(result);
    expect(drawn(testbed, 2).digest).not.toBe(result.digest);
  });
  test("has the quantiles of replays done one by one, ratios within one draw", () => {
    const design = latinHypercube(openValues(testbed), 40, 1),
      makespans: number[] = [],
      ratios: number[] = [];
    for (let i = 0; i < 40; i++) {
      const session = verbsSession(trace, drawTestbed(testbed, pointOf(design, i))),
        [native, virt] = ["native", "virt-ib"].map((p) =>
          Number(session.replay(loadPath(p)).makespan_ps),
        ) as [number, number];
      makespans.push(virt);
      ratios.push(virt / native);
    }
    const inside = (list: number[], { low, high }: { low: number | string; high: number | string }): number =>
      list.filter((x) => x >= Number(low) && x <= Number(high)).length;
    const { makespan_ps, against_native } = uncertaintyOf(result, "virt-ib");
    expect(inside(makespans, makespan_ps)).toBe(36);
    expect(inside(ratios, against_native!.time_ratio)).toBe(36);
    expect(
      ratios
        .sort((a, b) => a - b)
        .slice(19, 21)
        .reduce((a, b) => a + b) / 2,
    ).toBeCloseTo(against_native!.time_ratio.median, 9);
  });
  test("of a testbed without ranges says one thing, and names nothing", () => {
    const sure = drawn(known());
    for (const r of sure.replays) {
      const { makespan_ps, drivers, layers } = r.uncertainty!;
      expect(makespan_ps).toEqual({ low: r.makespan_ps, median: r.makespan_ps, high: r.makespan_ps });
      expect(Object.fromEntries(Object.entries(layers).map(([l, i]) => [l, i.median]))).toEqual(r.layers);
      expect(drivers).toEqual([]);
    }
  });
  test("without native has no ratios, and the makespan's drivers", () => {
    const { against_native, drivers_of } = uncertaintyOf(drawn(testbed, 1, 20, ["virt-ib"]), "virt-ib");
    expect([against_native, drivers_of]).toEqual([null, "makespan_ps"]);
  });
});

describe("drivers", () => {
  test("are the values that matter, with the sign of what they do", () => {
    const { drivers, drivers_of } = uncertaintyOf(
      drawn(
        known({
          "vmm.dispatch": [0.6, 2.4],
          "cpu.memcpy": [2, 20],
          "kernel.cm": [5, 100],
          "lib.poll_call": [14, 16],
        }),
        1,
        200,
      ),
      "virt-ib",
    );
    expect(drivers_of).toBe("data_path_ratio");
    expect(drivers.find((d) => d.value === "vmm.dispatch")).toMatchObject({ sign: 1 });
    // a rate: faster copies, less time
    expect(drivers.find((d) => d.value === "cpu.memcpy")).toMatchObject({ sign: -1 });
    expect(drivers.map((d) => d.value)).not.toContain("kernel.cm");
    expect(drivers.reduce((n, d) => n + d.share, 0)).toBeCloseTo(1, 9);
  });
});

describe("memory traces", () => {
  const withDraws = (
    r: (extend: NonNullable<Parameters<typeof replayMemory>[3]>["extend"]) => Result,
  ): Result => r((session, on, replays) => withUncertainty(session, on, replays, { draws: 20 }));
  test("alone", () => {
    const memory = withDraws((extend) =>
      replayMemory(memoryCapture("sort"), labels.map(loadPath), loadTestbed("modern"), {
        link: "all",
        extend: extend!,
      }),
    );
    expect(schemaErrors("result", memory)).toEqual([]);
    const u = uncertaintyOf(memory, "memlink");
    expect(u.drivers_of).toBe("steady_ratio");
    expect(u.memory_against_native!.access_ratio.low).toBeLessThan(
      u.memory_against_native!.access_ratio.high,
    );
  });
  test("beside a verbs trace", () => {
    const both = withDraws((extend) =>
      replay(trace, labels.map(loadPath), testbed, {
        memory: memoryCapture("sort"),
        memoryOptions: { link: "largest" },
        extend: extend!,
      }),
    );
    expect(schemaErrors("result", both)).toEqual([]);
    expect(uncertaintyOf(both, "memlink").layers["mem.data"]).toBeDefined();
  });
  test("of 57-bit addresses keep five levels of page tables", () => {
    const modern = loadTestbed("modern", ["mem.guest_levels=5"]),
      wide = memoryTraceOf(loads(1n << 52n, (1n << 52n) + 4096n));
    const sure = withDraws((extend) => replayMemory(wide, labels.map(loadPath), modern, { extend: extend! }));
    expect(sure.replays).toHaveLength(3);
  });
});

describe("in words", () => {
  const sentences = (r: Result): string =>
    textReport(r, 400)
      .match(/^ {2}· (?:native|virt-ib|memlink): .*$/gm)!
      .join("\n");
  test("each path says what it makes of native, between what, and from what", () => {
    expect(sentences(result)).toMatch(
      /native: \d+\.\d+ µs \(.*–.* ms, 90 % of 40 drawn testbeds\); mostly from .*\n.*virt-ib: 0\.\d\d of native throughput \(0\.\d\d–0\.\d\d, 90 % of 40 drawn testbeds\); mostly from/,
    );
    expect(textReport(result)).toMatch(/^vmm\.dispatch .*–.* µs/m);
  });
  test("a value of the testbed that most draws do not reach", () => {
    const lopsided = drawn({
      ...known({ "vmm.dispatch": [1.2, 12], "vm.exit_heavy": [5287, 50_000], "cpu.clock": [0.5, 2.4] }),
    });
    const shifted = {
      ...lopsided,
      replays: lopsided.replays.map(
        (r): ReplayResult =>
          r.path === "virt-ib" ? { ...r, against_native: { ...r.against_native!, data_path_ratio: 1.2 } } : r,
      ),
    };
    expect(sentences(shifted)).toMatch(
      /virt-ib: 0\.83 of native throughput, but 0\.\d\d–0\.\d\d in 90 % of 40 drawn testbeds, for ranges reach further to one side of their values than to the other; mostly from/,
    );
  });
  test("nothing that varies", () =>
    expect(sentences(drawn(known()))).toMatch(
      /virt-ib: 0\.\d\d of native throughput \(the same in 90 % of 40 drawn testbeds\)$/m,
    ));
});

describe("verbscope replay --uncertainty", () => {
  const file = "traces/write-lat-8.arrow";
  test("prints the same digest again, as JSON and as text", async () => {
    const json = await command("replay", file, "--uncertainty", "20", "--seed", "3", "--json"),
      text = await command("replay", file, "--uncertainty", "20", "--seed", "3");
    expect([json.status, text.status, json.stderr]).toEqual([0, 0, ""]);
    const { digest, replays } = JSON.parse(json.stdout) as Result;
    expect(text.stdout).toContain(digest);
    expect(replays[0]!.uncertainty).toMatchObject({ draws: 20, seed: 3, level: 0.9 });
  });
  test.each([
    ["3"],
    ["10001"],
    ["20.5"],
    ["x"],
    ["-40"],
    ["40", "--seed", "-1"],
    ["40", "--seed", "4294967296"],
    ["40", "--seed", "x"],
    ["40", "--uncertainty", "50"],
  ])("%s: one sentence, exit code 2", async (...args) => {
    const r = await command("replay", file, "--uncertainty", ...args);
    expect([r.status, r.stdout]).toEqual([2, ""]);
    expect(r.stderr).toMatch(/^verbscope: --(uncertainty|seed)[^\n]*: give [^\n]*\n$/);
    expect(r.stderr).not.toContain("NaN");
  });
  test("a seed of nothing", async () =>
    expect(await command("replay", file, "--seed", "1")).toMatchObject({
      status: 2,
      stderr:
        "verbscope: replay: --seed is that of the drawn testbeds; give --uncertainty too, or leave it out\n",
    }));
});
