import { describe, expect, test } from "vitest";
import { changed, fixture, measured, refusal } from "../../support/calibrate/measured.js";

const TEXT = fixture("stream.txt"),
  OLD = fixture("stream-old.txt");
const NOTE = "of STREAM only Copy is used; half of its rate, as it counts each byte read and written";

test("a byte copied counts twice", () => {
  const { tool, measurements, notes } = measured("stream.txt");
  expect({ tool, notes }).toEqual({ tool: "STREAM", notes: [NOTE] });
  expect(measurements).toMatchObject([
    { kind: "value", at: { file: "m", line: 27 }, values: ["cpu.memcpy"], value_ps: 1e12 / 6400e6 },
  ]);
  expect(measurements[0]!.spread).toBeCloseTo(0.003 / 3.08 / 0.101, 9);
});
test("an old version", () =>
  expect(measured("stream-old.txt").measurements).toMatchObject([{ value_ps: 1e12 / 5120.25e6 }]));

describe("what cannot be used is refused", () => {
  test.each<[string, string, string]>([
    [
      "threads",
      TEXT.replaceAll("= 1\n", "= 8\n"),
      "m: line 13: several threads copied at once, " +
        "but cpu.memcpy is one processor's: run STREAM with OMP_NUM_THREADS=1",
    ],
    [
      "no copy",
      changed(TEXT, "Copy:           12800.0     0.101000     0.100000     0.103000\n", ""),
      "m: line 26: begins a table without the row of Copy: the file was cut, give all of it",
    ],
    [
      "cut row",
      OLD.slice(0, OLD.indexOf("0.0312")),
      "m: line 2: is not a whole row of STREAM's table: the file was cut or damaged, give all of it",
    ],
    ["cut digits", OLD.slice(0, -3), "m: line 2: ends within Max time: the file was cut, give all of it"],
    ["zero", changed(TEXT, "12800.0", "0.0"), 'm: line 27: Rate is "0.0": it must be above 0: measure again'],
    [
      "inf",
      changed(TEXT, "12800.0", "inf"),
      'm: line 27: Rate is "inf": it is no number, as when nothing was measured: measure again',
    ],
    [
      "times",
      changed(TEXT, "0.101000", "0.201000"),
      "m: line 27: Avg time is 0.201000, which is not within Min time and Max time: give STREAM's own output",
    ],
    [
      "validation",
      changed(TEXT, "Solution Validates: avg", "Failed Validation on array a[]; avg"),
      "m: line 32: says that the results were wrong: build STREAM anew and measure again",
    ],
    [
      "two runs",
      OLD + OLD,
      "m: line 3: begins a second table, the first being at line 1: give a file for each run",
    ],
  ])("%s", (_name, text, message) => expect(refusal(text)).toBe(message));
});
