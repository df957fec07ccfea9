import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import { changed, fixture, measured, refusal } from "../../support/calibrate/measured.js";

const TEXT = fixture("rc-pingpong.txt");
const NOTE = "ibv_uc_pingpong prints the same lines: these were taken for those of ibv_rc_pingpong";

test("half of an iteration is one way; the size is that of one message", () => {
  expect(measured("rc-pingpong.txt")).toEqual({
    file: "m",
    tool: "ibv_rc_pingpong",
    notes: [NOTE],
    measurements: [
      {
        kind: "run",
        at: { file: "m", line: 4 },
        tool: "ibv_rc_pingpong",
        workload: "rc-pingpong",
        options: { size: 4096, iters: 1000 },
        quantity: "latency",
        value: 3.57e6,
      },
    ],
  });
});
test("both sides in one file are joined, other output is read past", () => {
  const read = readMeasured(
    "m",
    `node-a\n${TEXT}${changed(changed(TEXT, "7.14", "7.16"), "9177.99", "9152.35")}`,
  );
  expect(read.measurements).toMatchObject([{ value: 3.575e6 }]);
  expect(read.notes).toEqual([
    NOTE,
    "1 line of other output was read past",
    "1 repeated figure was joined with the first of its kind, as their median",
  ]);
});

describe("the other pingpongs are refused", () => {
  const other = (program: string): string =>
    `is as ibv_${program}_pingpong prints it, which no workload of verbscope stands for: ` +
    "give the output of ibv_rc_pingpong";
  test("of datagrams, which has a colon before its GID", () => {
    expect(refusal(fixture("refused/ud-pingpong.txt"))).toBe(`m: line 1: ${other("ud")}`);
    expect(refusal(changed(TEXT, "6b1a2c, GID", "6b1a2c: GID"))).toBe(`m: line 1: ${other("ud")}`);
  });
  test("of a shared receive queue, which has several queue pairs", () => {
    const [local] = TEXT.split("\n");
    expect(refusal(`${local}\n${TEXT}`)).toBe(`m: line 2: ${other("srq")}`);
  });
});

describe("lines that contradict each other or are damaged are refused", () => {
  const PAIR = "is one of the two lines that belong together: the file was cut, give both",
    CUT = "is not a whole line of ibv_rc_pingpong: the file was cut or damaged, give all of it";
  test.each<[string, string, string]>([
    [
      "rates",
      changed(TEXT, "7.14", "7.44"),
      'm: line 4: usec/iter is "7.44", which contradicts the Mbit/sec of ' +
        "the line before: give the output of one run",
    ],
    [
      "bytes",
      changed(TEXT, "8192000", "8192001"),
      'm: line 4: iters is "1000", but 8192001 bytes are not so many round ' +
        "trips of a whole size: give the output of one run",
    ],
    [
      "nan",
      changed(TEXT, "9177.99", "inf"),
      'm: line 3: Mbit/sec is "inf": it is no number, as when nothing was measured: measure again',
    ],
    [
      "zero",
      changed(TEXT, "7.14", "0.00"),
      'm: line 4: usec/iter is "0.00": it must be above 0: measure again',
    ],
    [
      "no iterations",
      changed(TEXT, "1000 iters", "0 iters"),
      'm: line 4: iters is "0": it must be a whole number of at least 1: give the tool\'s own output',
    ],
    ["one line", TEXT.slice(0, TEXT.indexOf("1000 iters")), `m: line 3: ${PAIR}`],
    [
      "the other line",
      changed(TEXT, "8192000 bytes in 0.01 seconds = 9177.99 Mbit/sec\n", ""),
      `m: line 3: ${PAIR}`,
    ],
    [
      "the first twice",
      changed(
        TEXT,
        "1000 iters in 0.01 seconds = 7.14 usec/iter",
        "8192000 bytes in 0.01 seconds = 9177.99 Mbit/sec",
      ),
      `m: line 3: ${PAIR}`,
    ],
    ["cut", TEXT.slice(0, TEXT.indexOf("usec/iter")), `m: line 4: ${CUT}`],
  ])("%s", (_name, text, message) => expect(refusal(text)).toBe(message));
});
