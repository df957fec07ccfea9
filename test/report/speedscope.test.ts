import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { Result } from "../../src/replay/result/document.js";
import { speedscopeOf } from "../../src/report/export/speedscope.js";
import { resultOf } from "../compare/results.js";
import { CAPTURES } from "../support/captures.js";
import { loads, replayRows } from "../support/memory/memory-replay.js";
import { CONTROL, EVIL } from "./hostile.js";

interface Profile {
  name: string;
  unit: string;
  startValue: number;
  endValue: number;
  samples: number[][];
  weights: number[];
}
interface File {
  name: string;
  activeProfileIndex: number;
  shared: { frames: { name: string }[] };
  profiles: Profile[];
}

const valid = new Ajv2020({ allErrors: true, strict: true }).compile(
  JSON.parse(readFileSync(new URL("speedscope.schema.json", import.meta.url), "utf8")) as object,
);

/** Reads a file as speedscope does: by its schema, and by what that cannot say. */
function parsed(text: string): File {
  const file = JSON.parse(text) as File;
  valid(file);
  expect(valid.errors ?? []).toEqual([]);
  expect(file.profiles[file.activeProfileIndex]).toBeDefined();
  expect(new Set(file.shared.frames.map((f) => f.name)).size).toBe(file.shared.frames.length);
  for (const p of file.profiles) {
    expect(p.weights.length).toBe(p.samples.length);
    expect(p.samples.flat().every((i) => i < file.shared.frames.length)).toBe(true);
    expect(p.endValue - p.startValue).toBeCloseTo(
      p.weights.reduce((a, b) => a + b, 0),
      6,
    );
  }
  return file;
}
/** Picoseconds by the frame at one depth of each stack. */
function weights(file: File, { samples, weights: w }: Profile, depth: number): Record<string, number> {
  const out: Record<string, number> = {};
  samples.forEach((s, i) => {
    const { name } = file.shared.frames[s.at(depth)!]!;
    out[name] = (out[name] ?? 0) + Math.round(w[i]! * 1000);
  });
  return out;
}

describe.each(CAPTURES)("%s", (name) => {
  const result = resultOf([], ["native", "virt-ib", "memlink"], name),
    file = parsed(speedscopeOf([result], "1.2.3"));
  test.each(result.replays.map((r, i) => [r.path, r, i] as const))(
    "%s: the critical path has the layers' times",
    (path, r, i) => {
      const p = file.profiles[2 * i]!;
      expect([p.name, p.unit]).toEqual([`${path}: critical path`, "nanoseconds"]);
      expect(weights(file, p, -1)).toEqual(r.layers);
      expect(Math.round(p.endValue * 1000)).toBe(r.makespan_ps);
    },
  );
  test("operations have their service and wait", () => {
    result.replays.forEach((r, i) => {
      const sum = (kind: "service" | "wait"): number =>
        r.operations.reduce(
          (n, o) => n + Object.values(o[kind]).reduce<number>((a, b) => a + Number(b), 0),
          0,
        );
      const p = file.profiles[2 * i + 1]!,
        { service, wait } = weights(file, p, 1);
      expect([service ?? 0, wait ?? 0]).toEqual([sum("service"), sum("wait")]);
    });
  });
});

test("two results: profiles say which trace they are of", () => {
  const other: Result = { ...resultOf([], ["native"], "write-lat-8") },
    file = parsed(speedscopeOf([resultOf([], ["native"]), other], "1"));
  expect(file.profiles.map((p) => p.name.split(": ").length)).toEqual([3, 3, 3, 3]);
});
test("a memory trace has no operations", () =>
  expect(
    parsed(speedscopeOf([replayRows(loads(0x1000n), ["native", "memlink"])], "1")).profiles.map(
      (p) => p.name,
    ),
  ).toEqual(["native: critical path", "memlink: critical path"]));
test("hostile names are text", () => {
  const result = resultOf();
  result.replays[0]!.path = EVIL;
  result.trace.file = EVIL;
  const text = speedscopeOf([result], "1");
  parsed(text);
  expect(text).not.toMatch(CONTROL);
  expect(text).not.toMatch(/\\u00[01]/);
});
