import { describe, expect, test } from "vitest";
import { loadPath } from "../../src/path/load.js";
import { memorySession } from "../../src/replay/memory-replay.js";
import { verbsSession } from "../../src/replay/replay.js";
import { sensitivityText } from "../../src/report/text/sensitivity-text.js";
import type { Testbed } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { type SensitivityOptions, sensitivity } from "../../src/uncertainty/sensitivity.js";
import type { Sensitivity } from "../../src/uncertainty/sensitivity-result.js";
import { command } from "../support/command.js";
import { generated } from "../support/generated.js";
import { memoryTraceOf } from "../support/memory/memory.js";
import { loads } from "../support/memory/memory-replay.js";
import { refused } from "../support/refused.js";
import { schemaErrors } from "../support/schemas.js";

const trace = generated("rc-pingpong", { iters: 5, rxDepth: 5 }),
  native = loadPath("native"),
  virt = loadPath("virt-ib"),
  thesis = loadTestbed("thesis-2014");
/** The testbed of 2014 with all values known, but for these. */
const known = (open: Record<string, [low: number, high: number]>): Testbed => ({
  ...thesis,
  values: Object.fromEntries(
    Object.entries(thesis.values).map(([name, v]) => [
      name,
      { ...v, low: open[name]?.[0] ?? v.value, high: open[name]?.[1] ?? v.value },
    ]),
  ),
});
const analysed = (
  testbed: Testbed,
  options: SensitivityOptions = {},
  against = native as typeof native | null,
): Sensitivity => sensitivity(verbsSession(trace, testbed), virt, against, options);
const few = {
  "vmm.dispatch": [0.6, 1.8],
  "vm.exit_heavy": [4287, 6287],
  "vm.irq_halted": [4, 9],
  "kernel.cm": [5, 35],
} as Record<string, [number, number]>;

describe("sensitivity", () => {
  const testbed = known(few),
    found = analysed(testbed, { samples: 128 }, null);
  test("of a sum of costs are the parts that their ranges give", () => {
    // The time of a ping-pong grows by each cost as often as it is paid:
    // the variance of each is (how often × range)² / 12.
    const { layers } = verbsSession(trace, testbed).replay(virt),
      spread = (layer: string, value: string): number => {
        const v = testbed.values[value]!;
        return ((Number(layers[layer]) / Number(v.value)) * (Number(v.high) - Number(v.low))) ** 2;
      };
    const dispatch = spread("vmm.dispatch", "vmm.dispatch"),
      exit = spread("vm.exit", "vm.exit_heavy");
    const of = (name: string): Sensitivity["indices"][number] => found.indices.find((x) => x.value === name)!;
    expect(found.indices.map((x) => x.value)).toEqual(["vmm.dispatch", "vm.exit_heavy"]);
    for (const order of ["first", "total"] as const) {
      for (const [name, part] of [
        ["vmm.dispatch", dispatch / (dispatch + exit)],
        ["vm.exit_heavy", exit / (dispatch + exit)],
      ] as const)
        expect(Math.abs(of(name)[order].estimate - part), `${name}, ${order}`).toBeLessThan(0.1);
    }
  });
  test("names what has no effect, and replays it not again", () => {
    expect(found.without_effect).toEqual(["vm.irq_halted", "kernel.cm"]);
    expect(found.evaluations).toMatchObject({ screening: 50, indices: 128 * 4 });
    expect(found.evaluations.replays).toBeLessThan(128 * 4 + 32);
  });
  test("is the same again with the same seed, fits the schema, and has another digest with another", () => {
    const short = analysed(testbed, { samples: 16 }, null);
    expect(analysed(testbed, { samples: 16 }, null)).toEqual(short);
    expect(schemaErrors("sensitivity", short)).toEqual([]);
    expect(analysed(testbed, { samples: 16, seed: 2 }, null).digest).not.toBe(short.digest);
  });
  test("of a ratio replays native too, where native hangs on the value", () => {
    const ratio = analysed(known({ "vmm.dispatch": [0.6, 1.8], "wire.port": [100, 30_000] }), {
      samples: 32,
    });
    expect(ratio.metric).toEqual({ name: "time", unit: "ratio" });
    expect(ratio.value).toBeGreaterThan(1.3);
    expect(ratio.indices.map((x) => x.value).sort()).toEqual(["vmm.dispatch", "wire.port"]);
    // native does not tell draws of vmm.dispatch apart
    expect(ratio.evaluations.replays).toBeLessThan(2 * (30 + 32 * 4));
  });
  test("holds what acts next to nothing", () => {
    const { small, indices } = analysed(
      known({ "vmm.dispatch": [0.6, 1.8], "lib.stamp": [1.9, 2.1] }),
      { samples: 16 },
      null,
    );
    expect([indices.map((x) => x.value), small.map((x) => x.value)]).toEqual([
      ["vmm.dispatch"],
      ["lib.stamp"],
    ]);
  });
  test("of a testbed without ranges says so", () => {
    const sure = analysed(known({}), {}, null);
    expect([sure.indices, sure.outcome.variance]).toEqual([[], 0]);
    expect(sensitivityText(sure)).toContain("no value of the testbed changes the time of virt-ib");
    expect(schemaErrors("sensitivity", sure)).toEqual([]);
  });
  test("of memory accesses", () => {
    const open = known({ "mem.dram": [50, 90], "cache.l3_latency": [26, 45], "cpu.memcpy": [5, 7] });
    const session = memorySession(
        memoryTraceOf(loads(...Array.from({ length: 200 }, (_, i) => BigInt(i) << 16n))),
        open,
      ),
      memory = sensitivity(session, loadPath("memlink"), null, { metric: "steady", samples: 16 });
    expect(memory.indices[0]!.value).toBe("mem.dram");
    expect(memory.without_effect).toContain("cpu.memcpy");
    expect(schemaErrors("sensitivity", memory)).toEqual([]);
  });
  test("of a metric that is 0 on the other path, or that the trace does not have, is refused", () => {
    const empty = verbsSession(generated("send-lat", { iters: 2, rxDepth: 4, size: 0 }), thesis);
    expect(refused(() => sensitivity(empty, virt, native, { metric: "throughput" }))).toBe(
      "--metric throughput: is 0 on native, so there is no ratio to it; use --against none",
    );
    expect(
      refused(() => sensitivity(verbsSession(trace, thesis), virt, native, { metric: "steady" })),
    ).toMatch(/is about memory accesses/);
  });
});

describe("in words", () => {
  const text = sensitivityText(analysed(known(few), { samples: 32 }), 400);
  test("a sentence, the indices with bars, what has none, and how much work it was", () => {
    expect(text).toMatch(
      /of the variance of the time of virt-ib against native, vmm\.dispatch has a part in \d+ %( and vm\.exit_heavy in \d+ %)?; 2 values have a part in it, 0 next to none, 2 none$/m,
    );
    expect(text).toMatch(/^vmm\.dispatch +█+.* 0\.\d\d \[0\.\d\d, \d\.\d\d\]/m);
    expect(text).toMatch(/without any effect: vm\.irq_halted, kernel\.cm$/m);
    expect(text).toMatch(/178 outcomes \(50 to screen, 128 for the indices\) took \d+ replays/);
    expect(text).not.toMatch(/-0\.|−0\.00|NaN/);
  });
});

describe("verbscope sensitivity", () => {
  const file = "traces/write-lat-8.arrow";
  test.each([
    [["--samples", "3"], "--samples 3: give a whole number of 16 to 65536"],
    [["--samples", "x"], '--samples is "x": give a number'],
    [["--seed", "-1"], "--seed -1: give a whole number of 0 to 4294967295"],
    [
      ["--against", "virt-ib"],
      "sensitivity: --against names virt-ib itself, " +
        "so the ratio is 1 whatever the testbed; name another path, or none",
    ],
    [["--metric", "nonsense"], "--metric nonsense: not a metric;"],
    [["--link", "all"], "sensitivity: --link is about memory accesses,"],
  ])("%j: one sentence, exit code 2", async (args, words) => {
    const r = await command("sensitivity", file, ...args);
    expect([r.status, r.stdout]).toEqual([2, ""]);
    expect(r.stderr.startsWith(`verbscope: ${words}`), r.stderr).toBe(true);
    expect(r.stderr.trim().split("\n")).toHaveLength(1);
  });
});
