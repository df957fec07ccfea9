import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import { changed, fixture, measured, refusal } from "../../support/calibrate/measured.js";

const TEXT = fixture("lmbench.txt");
const block = (first: string): string => `${TEXT.slice(TEXT.indexOf(first)).split("\n\n")[0]!.trimEnd()}\n`;
const SYSCALL = "Simple syscall: 0.0534 microseconds\n",
  STRIDE = block('"stride'),
  COPY = block('"libc bcopy'),
  CONTEXT = block('"size=0k');
const valuesOf = (text: string): object =>
  Object.fromEntries(
    readMeasured("m", text).measurements.map((m) =>
      m.kind === "value" ? [m.values.join("+"), m.value_ps] : ["no value", 0],
    ),
  );

test("a results file: what stands for testbed values, and what does not", () => {
  const { tool, measurements, notes } = measured("lmbench.txt");
  expect(tool).toBe("lmbench");
  expect(measurements).toEqual([
    { kind: "value", at: { file: "m", line: 2 }, tool: "lmbench", values: ["cpu.syscall"], value_ps: 53400 },
    {
      kind: "value",
      at: { file: "m", line: 8 },
      tool: "lmbench",
      values: ["cpu.context_switch"],
      value_ps: 1.23e6,
    },
    {
      kind: "value",
      at: { file: "m", line: 20 },
      tool: "lmbench",
      values: ["cpu.memcpy"],
      value_ps: 1e12 / 6150.3e6,
    },
    {
      kind: "value",
      at: { file: "m", line: 33 },
      tool: "lmbench",
      values: ["mem.dram"],
      value_ps: 82000,
      spread: expect.closeTo(0.0087, 3) as number,
      note: "includes what TLB misses cost",
    },
  ]);
  expect(notes).toEqual([
    "context switches of processes with data, or of others than two, " +
      "are not used: they pay for cold caches too",
    "3 lines of system calls that do more than enter and leave the kernel were read past",
    "3 lines of other output were read past",
  ]);
});
test.each<[string, string, object]>([
  ["lat_syscall alone", SYSCALL, { "cpu.syscall": 53400 }],
  ["lat_ctx alone", CONTEXT, { "cpu.context_switch": 1.23e6 }],
  ["bw_mem under its label", COPY.replace("un", ""), { "cpu.memcpy": 1e12 / 6150.3e6 }],
  ["lat_mem_rd alone", STRIDE, { "mem.dram": 82000 }],
])("%s", (_name, text, values) => expect(valuesOf(text)).toEqual(values));

describe("a block that does not say one thing is named and not used", () => {
  const sweep = "a sweep of lat_mem_rd is not used: ";
  test.each<[string, string, string]>([
    ["a cache's edge", changed(STRIDE, "81.210", "60.000"), `${sweep}its last half is not flat`],
    [
      "within a cache",
      STRIDE.slice(0, STRIDE.indexOf("64.0")),
      `${sweep}it ends within what a cache may hold, below 64 MiB`,
    ],
    [
      "few points",
      STRIDE.replace(/^(?:64|96).*\n/gm, ""),
      `${sweep}fewer than three points lie in its last half`,
    ],
    [
      "prefetched",
      STRIDE.replace(/ (?:79|8\d)\./g, " 8."),
      `${sweep}its end is below 40 ns, so that a prefetcher brought the lines: run it with -t`,
    ],
    [
      "short stride",
      changed(STRIDE, "=128", "=16"),
      `${sweep}its stride is less than a cache line of 64 bytes`,
    ],
    [
      "large processes",
      changed(CONTEXT, "0k", "64k"),
      "context switches of processes with data, or of others than two, " +
        "are not used: they pay for cold caches too",
    ],
    [
      "small copies",
      COPY.replace(/^67.*\n/m, ""),
      "copies of less than 64 MiB are not used: caches hold them",
    ],
  ])("%s", (_name, text, note) => {
    expect(readMeasured("m", SYSCALL + text)).toMatchObject({
      measurements: [{ values: ["cpu.syscall"] }],
      notes: [note],
    });
    expect(refusal(text)).toBe(
      `m: has no figure that a testbed value stands for (${note}): run lat_syscall null, ` +
        "lat_ctx -s 0 2, or lat_mem_rd -t over several times the caches",
    );
  });
});

test("blocks of several strides or alignments count where they agree", () => {
  expect(readMeasured("m", `${STRIDE}\n${changed(STRIDE, "82.000", "83.000")}`)).toMatchObject({
    measurements: [{ value_ps: expect.closeTo(82315, 6) as number }],
    notes: ["1 repeated figure was joined with the first of its kind, as their median"],
  });
  expect(
    readMeasured("m", `${SYSCALL}${STRIDE}\n${STRIDE.replace(/ (?:79|8\d)\./g, " 190.")}`),
  ).toMatchObject({
    measurements: [{ values: ["cpu.syscall"] }],
    notes: ["mem.dram is not used: blocks of several strides or alignments differ by more than half"],
  });
});

describe("what is damaged is refused", () => {
  const PAIR = "is not a pair of figures: the file was cut or damaged, give all of it";
  test.each<[string, string, string]>([
    [
      "zero",
      changed(SYSCALL, "0.0534", "0.0000"),
      'm: line 1: Simple syscall is "0.0000": it must be above 0: measure again',
    ],
    [
      "failed",
      changed(TEXT, "0.0912", "-1"),
      'm: line 3: Simple read is "-1": it is negative: measure again',
    ],
    [
      "another unit",
      changed(SYSCALL, "microseconds", "nanoseconds"),
      'm: line 1: Simple syscall is in "nanoseconds", not in microseconds: the file was cut, give all of it',
    ],
    [
      "no unit",
      "Simple syscall: 0.0534",
      'm: line 1: Simple syscall is in "", not in microseconds: the file was cut, give all of it',
    ],
    [
      "no figure",
      "Simple syscall:\n",
      "m: line 1: is not a whole line of lat_syscall: the file was cut or damaged, give all of it",
    ],
    [
      "comma",
      changed(CONTEXT, "1.23", "1,23"),
      'm: line 2: time is "1,23": it has a comma, and whether that ends the ' +
        "whole part is not known: run the tool with LC_ALL=C",
    ],
    [
      "nan",
      changed(STRIDE, "82.000", "nan"),
      'm: line 8: latency is "nan": it is no number, as when nothing was measured: measure again',
    ],
    ["cut pair", STRIDE.slice(0, STRIDE.lastIndexOf(" ")), `m: line 9: ${PAIR}`],
    ["cut digits", STRIDE.slice(0, -4), `m: line 9: ${PAIR}`],
    [
      "no pair",
      '"stride=128\n',
      "m: line 1: begins a block without a pair of figures: " +
        "the file was cut or the program failed, give the output of a whole run",
    ],
    [
      "no end",
      `"stride=128\n${"0.00049 1.402\n".repeat(10_001)}`,
      "m: line 10002: is the 10001th pair of its block: give lmbench's own output",
    ],
    [
      "nothing of use",
      "Simple read: 0.0912 microseconds\n",
      "m: has no figure that a testbed value stands for: run lat_syscall null, " +
        "lat_ctx -s 0 2, or lat_mem_rd -t over several times the caches",
    ],
  ])("%s", (_name, text, message) => expect(refusal(text)).toBe(message));
});
