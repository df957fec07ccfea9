import { describe, expect, test } from "vitest";
import { SteadyRun } from "../../src/calibrate/predict/steady.js";
import type { MeasuredRun } from "../../src/calibrate/read/shared/measurement.js";
import type { VerbsOptions, VerbsWorkload } from "../../src/generate/options.js";
import { loadPath } from "../../src/path/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { generated } from "../support/generated.js";
import { replayOn } from "../support/replay.js";

const testbed = loadTestbed("thesis-2014");
const steady = (workload: VerbsWorkload, options: Partial<VerbsOptions>, path = "native"): number =>
  new SteadyRun(
    {
      kind: "run",
      at: { file: "f", line: 1 },
      tool: "t",
      workload,
      options,
      quantity: "latency",
      value: 1,
    } satisfies MeasuredRun,
    loadPath(path),
  ).messagePs(testbed);

/** ps a message between two lengths of the whole program: another way to leave ramps out. */
function between(
  workload: VerbsWorkload,
  options: Partial<VerbsOptions>,
  messages: [number, number],
  path = "native",
): number {
  const [a, b] = messages.map((iters) => {
    const { data_path: d } = replayOn(generated(workload, { ...options, iters }), path);
    return Number(d.end_ps) - Number(d.start_ps);
  });
  return (b! - a!) / (messages[1] - messages[0]);
}

describe("time of a message", () => {
  // Receives that cover the whole run would not be posted again: few are posted at once.
  test.each<[VerbsWorkload, Partial<VerbsOptions>, number]>([
    ["send-lat", { size: 2, rxDepth: 8 }, 2],
    ["send-lat", { size: 65536, rxDepth: 8 }, 2],
    ["send-lat", { size: 64, events: true, rxDepth: 8 }, 2],
    ["write-lat", { size: 8 }, 2],
    ["rc-pingpong", { size: 4096, rxDepth: 9 }, 2],
    ["read-lat", { size: 8 }, 1],
    ["atomic-lat", {}, 1],
  ])("of %s %j is a loop's by the messages in it", (workload, options, messages) => {
    expect(steady(workload, options)).toBe(between(workload, options, [40, 104]) / messages);
  });
  test.each<[VerbsWorkload, Partial<VerbsOptions>]>([
    ["write-bw", { size: 2, txDepth: 32, cqMod: 16 }],
    ["write-bw", { size: 2, txDepth: 32, postList: 16 }],
    ["read-bw", { size: 4096, txDepth: 16 }],
  ])("of %s %j is that of long runs", (workload, options) => {
    const long = between(workload, options, [640, 1920]);
    expect(Math.abs(steady(workload, options) / long - 1)).toBeLessThan(0.005);
  });
  test(
    "of send-bw is the receiver's where that is slower: as the model does not hold the " +
      "sender back, a long run has a queue there, and no gaps between polls",
    () => {
      const long = between("send-bw", { size: 65536, txDepth: 32 }, [640, 1920]),
        short = steady("send-bw", { size: 65536, txDepth: 32 });
      expect(short / long).toBeGreaterThan(1);
      expect(short / long).toBeLessThan(1.02);
    },
  );
  test("counts both directions together, and all queue pairs", () => {
    const one = steady("write-bw", { size: 65536, txDepth: 16 });
    // in turn, with fewer gaps
    expect(steady("write-bw", { size: 65536, txDepth: 16, qps: 2 }) / one).toBeCloseTo(1, 1);
    const both = steady("write-bw", { size: 65536, txDepth: 16, bidirectional: true });
    expect(both / one).toBeGreaterThan(0.49);
    expect(both / one).toBeLessThan(1);
  });
  test("is longer where a doorbell traps", () =>
    expect(steady("send-lat", { size: 2 }, "virt-ib")).toBeGreaterThan(2 * steady("send-lat", { size: 2 })));
});
