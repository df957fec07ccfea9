import { describe, expect, test } from "vitest";
import { LAYERS } from "../../src/abi/layers.js";
import type { Result } from "../../src/replay/result/document.js";
import { foldedDifference, foldedOf } from "../../src/report/export/folded.js";
import { DEARER, resultOf } from "../compare/results.js";
import { CAPTURES } from "../support/captures.js";
import { refused } from "../support/refused.js";
import { CONTROL, EVIL } from "./hostile.js";

interface Stack {
  frames: string[];
  counts: number[];
}
/**
 * Folded stacks as flame-graph tools read them: frames between semicolons, then a space and a count, or two.
 */
function stacks(text: string, counts: 1 | 2): Stack[] {
  expect(text.endsWith("\n")).toBe(true);
  return text
    .slice(0, -1)
    .split("\n")
    .map((l) => {
      const [, frames, numbers] =
        (counts === 1 ? /^(\S+)((?: \d+){1})$/ : /^(\S+)((?: \d+){2})$/).exec(l) ?? [];
      expect(frames, l).toBeDefined();
      return { frames: frames!.split(";"), counts: numbers!.trim().split(" ").map(Number) };
    });
}
const sums = (list: readonly Stack[], by: (s: Stack) => string, at = 0): Record<string, number> =>
  list.reduce<Record<string, number>>(
    (out, s) => ({ ...out, [by(s)]: (out[by(s)] ?? 0) + s.counts[at]! }),
    {},
  );
const makespans = (r: Result): Record<string, number> =>
  Object.fromEntries(r.replays.map((p) => [p.path, Number(p.makespan_ps)]));

test.each(CAPTURES)("%s: stacks of a path sum to its makespan", (name) => {
  const result = resultOf([], ["native", "virt-ib", "memlink"], name),
    list = stacks(foldedOf([result]), 1);
  expect(sums(list, (s) => s.frames[0]!)).toEqual(makespans(result));
  for (const {
    frames: [path, group, layer],
    counts: [ps],
  } of list) {
    expect(LAYERS).toContain(layer);
    expect(layer!.startsWith(`${group}.`)).toBe(true);
    expect(ps).toBe(result.replays.find((r) => r.path === path)!.layers[layer!]);
  }
});

describe("two results", () => {
  const base = resultOf(),
    dearer = resultOf(DEARER);
  test("are told apart by their trace", () => {
    const other = { ...dearer, trace: { ...dearer.trace, file: "my run.arrow" } },
      list = stacks(foldedOf([base, other]), 1);
    expect(
      sums(
        list.filter((s) => s.frames[0] === "my_run.arrow"),
        (s) => s.frames[1]!,
      ),
    ).toEqual(makespans(dearer));
  });
  test("of one path: the first is the base", () => {
    const list = stacks(foldedDifference([base, dearer], "virt-ib", "virt-ib"), 2);
    expect(list.filter((s) => s.counts[0] !== s.counts[1]).map((s) => s.frames.join())).toEqual([
      "vm,vm.exit",
    ]);
    expect(sums(list, () => "all", 1).all).toBe(makespans(dearer)["virt-ib"]);
  });
});
test("a differential has the base and the other, also where one has nothing", () => {
  const result = resultOf(),
    list = stacks(foldedDifference([result], "native", "memlink"), 2);
  expect([sums(list, () => "all", 0).all, sums(list, () => "all", 1).all]).toEqual([
    makespans(result).native,
    makespans(result).memlink,
  ]);
  expect(list.find((s) => s.frames[1] === "vm.exit")!.counts[0]).toBe(0);
});
test("unknown paths are named, with those there are", () => {
  expect(refused(() => foldedDifference([resultOf()], "nonsense", "native"))).toMatch(
    /--folded-base nonsense is no path of the result; there are native, virt-ib, memlink/,
  );
  expect(refused(() => foldedDifference([resultOf()], "native", "nonsense"))).toMatch(
    /--path nonsense is no path/,
  );
});
test("a hostile path name is one frame", () => {
  const result = resultOf();
  result.replays[1]!.path = EVIL;
  const text = foldedOf([result]),
    list = stacks(text, 1);
  expect(text).not.toMatch(CONTROL);
  expect(list.every((s) => s.frames.length === 3)).toBe(true);
  expect(Object.values(sums(list, (s) => s.frames[0]!))).toEqual(Object.values(makespans(result)));
});
