import fc from "fast-check";
import { expect, test } from "vitest";
import { checkResult } from "../../src/compare/read-result.js";
import { UserError } from "../../src/errors.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { digestOf, type Result } from "../../src/replay/result/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { capture } from "../support/captures.js";

const result = replay(
  capture("write-lat-8"),
  ["native", "virt-ib"].map((p) => loadPath(p)),
  loadTestbed("thesis-2014"),
);
const copy = (): Result => JSON.parse(JSON.stringify(result)) as Result;
const refusal = (doc: Result): string => {
  try {
    checkResult(doc, "r.json");
    return "";
  } catch (e) {
    expect(e).toBeInstanceOf(UserError);
    return (e as Error).message;
  }
};
/** As somebody would who changes a number and then makes the digest fit. */
const signed = (change: (doc: Result) => void): string => {
  const doc = copy();
  change(doc);
  doc.digest = digestOf(doc);
  return refusal(doc);
};

test("a result as it was written is accepted", () => expect(refusal(copy())).toBe(""));

test("numbers that contradict each other are refused, whatever the digest says", () => {
  expect(signed((d) => (d.replays[1]!.layers["vm.exit"] = 1))).toMatch(
    /^r\.json: the layers of replays\[1\] sum to \d+ ps, its makespan is \d+ ps; .* write it again/,
  );
  expect(signed((d) => (d.replays[0]!.data_path.end_ps = 0))).toMatch(
    /data path of replays\[0\] ends before/,
  );
  expect(signed((d) => (d.replays[1]!.operations[0]!.latency_ps.mean = 1))).toMatch(
    /replays\[1\]\.operations\[0\]: service and wait sum to \d+ ps, not to/,
  );
  expect(signed((d) => (d.replays[1]!.against_native!.time_ratio = 1))).toMatch(
    /replays\[1\]\.against_native\.time_ratio is 1, the numbers beside it make it/,
  );
  expect(signed((d) => (d.replays[1]!.against_native!.data_path_ratio = null))).toMatch(
    /replays\[1\]\.against_native\.data_path_ratio is null, the numbers beside it make it/,
  );
  expect(signed((d) => (d.replays[0]!.data_path.bytes_per_s = 1))).toMatch(/bytes_per_s is 1/);
});

test("any other number that was changed shows in the digest", () => {
  const numbers: [object, string][] = [];
  const collect = (x: unknown): void => {
    if (typeof x !== "object" || x === null) return;
    for (const [k, v] of Object.entries(x)) if (typeof v === "number") numbers.push([x, k]);
    Object.values(x).forEach(collect);
  };
  const doc = copy();
  collect(doc.replays);
  collect(doc.testbed);
  expect(numbers.length).toBeGreaterThan(500);
  fc.assert(
    fc.property(fc.nat(numbers.length - 1), fc.integer({ min: 1, max: 9 }), (i, more) => {
      const [owner, key] = numbers[i]! as [Record<string, number>, string];
      const before = owner[key]!;
      owner[key] = before + more;
      const said = refusal(doc);
      owner[key] = before;
      expect(said).toMatch(/^r\.json: /);
    }),
    { numRuns: 200, seed: 1 },
  );
});
