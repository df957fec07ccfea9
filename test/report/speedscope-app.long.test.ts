import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { foldedOf } from "../../src/report/export/folded.js";
import { perfettoOf } from "../../src/report/export/perfetto.js";
import { speedscopeOf } from "../../src/report/export/speedscope.js";
import { resultOf } from "../compare/results.js";
import { differences, OPENED, recorded, type Seen, type Tracks, timeline } from "./nesting.js";
import { launched, opened } from "./speedscope-app.js";

// Exports in the real speedscope, in Chromium: CHROMIUM=path, or /usr/bin/chromium.

let browser: Browser | undefined;
beforeAll(async () => {
  browser = await launched();
});
afterAll(() => browser?.close());

/** Speedscope counts each track from its first event on. */
const fromZero = (tracks: Tracks): Tracks =>
  new Map(
    [...tracks].map(([track, list]) => {
      const { start } = list[0]!;
      return [track, list.map((s) => ({ ...s, start: s.start - start, end: s.end - start }))];
    }),
  );
/** Weights by stack, in whole thousandths; of slices, those that hold no others. */
function weights(list: readonly { stack: string; weight: number }[]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const { stack, weight } of list) out[stack] = (out[stack] ?? 0) + weight;
  return Object.fromEntries(Object.entries(out).map(([stack, w]) => [stack, Math.round(w * 1000)]));
}
const leaves = (slices: readonly Seen[]): { stack: string; weight: number }[] =>
  slices
    .filter((s, i) => !slices[i + 1]?.stack.startsWith(`${s.stack} > `) || slices[i + 1]!.start >= s.end)
    .map((s) => ({ stack: s.stack, weight: s.end - s.start }));
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

describe.each(OPENED)("speedscope opens %s on %s", (name, path) => {
  test("as a timeline: every slice where it was, and a frame for each name", async () => {
    const replayed = timeline(name, path),
      expected = fromZero(recorded(replayed)),
      { complaints, frames, profiles } = await opened(browser!, "timeline.json", perfettoOf(replayed, name));
    expect(complaints).toEqual([]);
    const tracks: Tracks = new Map(
      profiles.map((p) => [p.name.replace(/ \(pid \d+\)/, "").replace(/ \(tid \d+\)$/, ""), p.slices]),
    );
    expect(profiles.map((p) => p.unit)).toEqual(profiles.map(() => "microseconds"));
    expect(differences(tracks, expected, true)).toEqual([]);
    const slices = replayed.records.filter((r) => ["CALL", "STEP", "STAGE", "HOLD"].includes(r.kind));
    expect(sum(profiles.map((p) => p.slices.length))).toBe(slices.length);
    expect(frames.length).toBe(
      sum([...expected.values()].map((l) => new Set(l.map((s) => s.stack.split(" > ").at(-1))).size)),
    );
    for (const p of profiles) expect(p.total).toBeCloseTo(Math.max(...p.slices.map((s) => s.end)), 6);
  });
  const result = resultOf([], [path, "native"], name);
  test("as layers and operations: each stack with its weight", async () => {
    const text = speedscopeOf([result], "1"),
      file = JSON.parse(text) as {
        shared: { frames: { name: string }[] };
        profiles: { name: string; samples: number[][]; weights: number[] }[];
      },
      { complaints, frames, profiles } = await opened(browser!, "layers.json", text);
    expect(complaints).toEqual([]);
    expect(profiles.map((p) => p.name)).toEqual(file.profiles.map((p) => p.name));
    file.profiles.forEach(({ samples, weights: w }, i) => {
      const stack = (sample: number[]): string => sample.map((f) => file.shared.frames[f]!.name).join(" > ");
      expect(weights(leaves(profiles[i]!.slices))).toEqual(
        weights(samples.map((s, k) => ({ stack: stack(s), weight: w[k]! }))),
      );
    });
    expect([...new Set(frames)].sort()).toEqual(file.shared.frames.map((f) => f.name).sort());
    expect([0, 2].map((i) => Math.round(profiles[i]!.total * 1000))).toEqual(
      result.replays.map((r) => r.makespan_ps),
    );
  });
  test("as folded stacks: each line with its picoseconds", async () => {
    const text = foldedOf([result]),
      { complaints, profiles } = await opened(browser!, "layers.folded", text),
      lines = text.trim().split("\n");
    expect(complaints).toEqual([]);
    expect(weights(leaves(profiles[0]!.slices))).toEqual(
      weights(
        lines.map((l) => ({
          stack: l.split(" ")[0]!.replaceAll(";", " > "),
          weight: Number(l.split(" ")[1]),
        })),
      ),
    );
    expect(profiles.map((p) => p.total)).toEqual([sum(result.replays.map((r) => Number(r.makespan_ps)))]);
  });
});
