import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
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

test("a file without the lines above the table: what is assumed is said", () =>
  expect(measured("stream-old.txt").notes).toEqual([
    NOTE,
    "the file does not say how large the arrays are: they were taken for larger than the caches",
  ]));

describe("several threads are refused, however they are printed", () => {
  const SEVERAL =
    "several threads copied at once, but cpu.memcpy is one " +
    "processor's: run STREAM with OMP_NUM_THREADS=1";
  const LINE = "Printing one line per active thread....\n",
    FORTRAN = fixture("refused/stream-fortran-2-threads.txt");
  test.each(["refused/stream-fortran-2-threads.txt", "refused/stream-fortran-16-threads.txt"])("%s", (name) =>
    expect(refusal(fixture(name))).toBe(`m: line 15: ${SEVERAL}`),
  );
  test("by a line of each of them", () =>
    expect(refusal(changed(TEXT, "Your clock", `${LINE}${LINE}Your clock`))).toBe(`m: line 17: ${SEVERAL}`));
  test("of MPI", () =>
    expect(refusal(changed(TEXT, "Your clock", "Data is distributed across 4 MPI ranks\nYour clock"))).toBe(
      `m: line 16: ${SEVERAL}`,
    ));
  test("and one thread in Fortran is not", () => {
    const one = changed(FORTRAN, "=            2", "=            1").replace(` ${LINE}`, "");
    expect(readMeasured("m", one)).toMatchObject({
      measurements: [{ value_ps: 2e6 / 21010.1245 }],
      notes: [NOTE],
    });
  });
});

describe("arrays that a cache may hold are refused", () => {
  const small = (mib: string): string =>
    `m: line 6: the arrays are of ${mib} MiB, which a cache may hold, but cpu.memcpy is of memory: ` +
    "build STREAM with arrays of 64 MiB or more (-DSTREAM_ARRAY_SIZE)";
  test.each([
    ["refused/stream-2m-elements.txt", "15.3"],
    ["refused/stream-10k-elements.txt", "0.1"],
  ])("%s", (name, mib) => expect(refusal(fixture(name))).toBe(small(mib)));
  test("by the size of their elements", () => {
    const eight = changed(TEXT, "80000000 (", "8388608 (");
    expect(readMeasured("m", eight).measurements).toHaveLength(1);
    expect(refusal(changed(eight, "uses 8 bytes", "uses 4 bytes"))).toBe(small("32.0"));
  });
});

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
