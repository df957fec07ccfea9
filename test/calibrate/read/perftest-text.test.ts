import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import type { MeasuredRun } from "../../../src/calibrate/read/shared/measurement.js";
import { changed, fixture, measured, refusal } from "../../support/calibrate/measured.js";

const MIB = 2 ** 20;
const LATENCY = fixture("perftest-send-lat.txt"),
  OLD = fixture("perftest-read-lat-old.txt"),
  GBITS = fixture("perftest-send-bw-gbits.txt");
const BIDIRECTIONAL = fixture("perftest-write-bw-old.txt"),
  SAMPLES = fixture("perftest-samples.txt");
const runs = (text: string): MeasuredRun[] => readMeasured("m", text).measurements as MeasuredRun[];

describe("what a report says", () => {
  test("latencies of a sweep: the median, its spread, the options of the header", () => {
    const { tool, measurements, notes } = measured("perftest-send-lat.txt");
    expect(tool).toBe("perftest");
    expect(measurements.map((m) => (m as MeasuredRun).options.size)).toEqual([2, 64, 4096]);
    expect(measurements[0]).toMatchObject({
      kind: "run",
      at: { file: "m", line: 23 },
      workload: "send-lat",
      quantity: "latency",
      value: 1.04e6,
      options: { size: 2, iters: 1000, qps: 1, txDepth: 1, mtu: 4096, inline: 236, transport: "RC" },
    });
    expect(measurements[0]!.spread).toBeCloseTo((1.18 - 1.04) / 2.326 / 1.04, 6);
    expect(measurements[1]!.spread).toBeCloseTo(0.08 / 1.09, 6);
    expect(notes).toEqual([
      "perftest found CPU frequencies that conflict: " +
        "its times are off by their ratio if it took the wrong one",
    ]);
  });
  test("an old version without averages: the median without a spread", () => {
    expect(measured("perftest-read-lat-old.txt")).toEqual({
      file: "m",
      tool: "perftest",
      notes: [],
      measurements: [
        {
          kind: "run",
          at: { file: "m", line: 17 },
          tool: "perftest",
          workload: "read-lat",
          options: { qps: 1, transport: "RC", txDepth: 1, mtu: 2048, size: 2, iters: 1000 },
          quantity: "latency",
          value: 2.2e6,
        },
      ],
    });
  });
  test("MB are 2^20 bytes; with several queue pairs the iterations are left open", () => {
    const [run] = runs(BIDIRECTIONAL);
    expect(run).toMatchObject({
      workload: "write-bw",
      quantity: "bandwidth",
      value: 6208.31 * MIB,
      options: { bidirectional: true, qps: 2, txDepth: 128, cqMod: 100, inline: 0 },
    });
    expect(run!.options).not.toHaveProperty("iters");
    expect(runs(BIDIRECTIONAL.replaceAll("MB/sec", "MiB/sec"))).toEqual([run]);
  });
  test("Gb are 10^9 bits; the message rate counts where it has more digits", () => {
    const [small, large] = runs(GBITS);
    expect(small!.value).toBeCloseTo(6.621094e6 * 64, 3);
    expect(large!.value).toBeCloseTo(0.176049e6 * 65536, 3);
    const [few] = runs(changed(GBITS, "0.176049", "0.176"));
    expect(few!.value).toBe(small!.value);
    expect(runs(changed(GBITS, "0.176049", "0.176"))[1]!.value).toBe(92.3e9 / 8);
  });
  test("raw samples: their median, and the spread of the middle of them", () => {
    const [run] = runs(SAMPLES);
    expect(run).toMatchObject({ workload: "write-lat", value: 1.21e6, options: { size: 8, iters: 10 } });
    expect(run!.spread).toBeCloseTo((1.31 - 1.201) / 2 / 1.21, 1);
    expect(run!.spread).toBeLessThan(0.1);
  });
  test("a run of fixed duration: the average", () => {
    expect(runs(fixture("perftest-duration.txt"))).toMatchObject([
      {
        workload: "atomic-lat",
        value: 2.32e6,
        note: "average of a run of fixed duration",
        options: { size: 8, iters: 2155172 },
      },
    ]);
  });
  test("several runs in one file, in different units", () => {
    expect(runs(BIDIRECTIONAL + GBITS).map((r) => r.workload)).toEqual(["write-bw", "send-bw", "send-bw"]);
  });
  test("the tables of each direction are read past", () => {
    const table = BIDIRECTIONAL.slice(BIDIRECTIONAL.indexOf(" #bytes")).replace("6208.31", "3104.15");
    const read = readMeasured(
      "m",
      `${BIDIRECTIONAL}\n Local results: \n${table}\n Remote results: \n${table}${GBITS}`,
    );
    expect(read.measurements).toMatchObject([{ value: 6208.31 * MIB }, {}, {}]);
    expect(read.notes).toEqual(["the tables of each direction were read past: their sum counts"]);
  });
  test("events, post lists, compare-and-swap", () => {
    expect(
      runs(changed(LATENCY, "Send Latency Test\n", "Send Latency Test\n Test with events.\n"))[0]!.options
        .events,
    ).toBe(true);
    expect(
      runs(
        changed(
          changed(GBITS, "Send BW Test", "Send Post List BW Test"),
          " CQ Moderation   : 1\n",
          " Post List       : 16\n CQ Moderation   : 16\n",
        ),
      )[0]!.options,
    ).toMatchObject({ postList: 16, cqMod: 16 });
    expect(
      readMeasured("m", changed(fixture("perftest-duration.txt"), "FETCH_AND_ADD", "CMP_AND_SWAP")).notes,
    ).toEqual(["atomic compare-and-swap is taken as fetch-and-add"]);
  });
  test("carriage returns, a byte order mark and warnings change nothing", () => {
    const { measurements } = measured("perftest-send-lat.txt");
    expect(readMeasured("m", `\ufeff${LATENCY.replaceAll("\n", "\r\n")}`).measurements).toEqual(measurements);
    const read = readMeasured(
      "m",
      changed(
        LATENCY,
        " local address",
        "WARNING: BW peak won't be measured in this run.\n hello\n local address",
      ),
    );
    expect(read.measurements.map((m) => (m as MeasuredRun).value)).toEqual(
      measurements.map((m) => (m as MeasuredRun).value),
    );
    expect(read.notes).toEqual(expect.arrayContaining(["1 line of warnings and errors was read past"]));
  });
});

describe("repeated runs", () => {
  test("are joined as their median, with the spread between them", () => {
    const read = readMeasured("m", OLD + changed(OLD, "2.20", "2.31") + changed(OLD, "2.20", "2.24"));
    expect(read.measurements).toMatchObject([{ value: 2.24e6, at: { line: 17 } }]);
    expect(read.measurements[0]!.spread).toBeCloseTo(0.0249, 3);
    expect(read.notes).toEqual([
      "2 repeated figures were joined with the first of its kind, as their median",
    ]);
  });
  test("that conflict are refused", () => {
    expect(refusal(OLD + changed(OLD, "2.20", "4.40"))).toBe(
      "m: line 35: measures what line 17 measured, " +
        "and one is 2.0 times the other: give files without the wrong one",
    );
  });
});

const CUT = "the file was cut, give all of it",
  OWN = "give the tool's own output";
describe("what is not a report is refused with file, line and column", () => {
  test.each<[string, string, string]>([
    [
      "zero",
      changed(OLD, "2.20", "0.00"),
      'm: line 17: t_typical is "0.00": it must be above 0: measure again',
    ],
    [
      "negative",
      changed(OLD, "2.20", "-2.20"),
      'm: line 17: t_typical is "-2.20": it is negative: measure again',
    ],
    [
      "nan",
      changed(OLD, "2.20", "-nan"),
      'm: line 17: t_typical is "-nan": it is no number, as when nothing was measured: measure again',
    ],
    [
      "inf",
      changed(GBITS, "92.30", "inf  "),
      'm: line 24: BW average is "inf": it is no number, as when nothing was measured: measure again',
    ],
    [
      "comma",
      changed(OLD, "2.20", "2,20"),
      'm: line 17: t_typical is "2,20": it has a comma, ' +
        "and whether that ends the whole part is not known: " +
        "run the tool with LC_ALL=C",
    ],
    [
      "letters",
      changed(OLD, "2.20", "2.2O"),
      `m: line 17: t_typical is "2.2O": it is not a decimal number: ${OWN}`,
    ],
    [
      "other column",
      changed(LATENCY, "1.05 ", "abc "),
      `m: line 23: t_avg is "abc": it is not a decimal number: ${OWN}`,
    ],
    [
      "size",
      changed(OLD, " 2       1000", " 2.5       1000"),
      `m: line 17: #bytes is "2.5": it must be a whole number of at least 0: ${OWN}`,
    ],
    [
      "out of order",
      changed(OLD, "2.20", "12.20"),
      `m: line 17: t_typical is 12.20, which is not within t_min and t_max, 2.11 and 9.87: ${OWN}`,
    ],
    [
      "cut row",
      OLD.slice(0, OLD.indexOf("2.20")),
      `m: line 17: has 4 of 5 columns, "t_typical" is missing: ${CUT}`,
    ],
    ["cut digits", OLD.slice(0, OLD.indexOf("2.20") + 3), `m: line 17: ends within "t_typical": ${CUT}`],
    [
      "no row",
      OLD.slice(0, OLD.indexOf(" 2       1000")),
      "m: line 16: begins a test that has no row of figures: " +
        "the file was cut or the test failed, give the output of a whole run",
    ],
    [
      "title alone",
      OLD.slice(0, OLD.indexOf(" Dual-port")),
      "m: line 2: begins a test that has no row of figures: " +
        "the file was cut or the test failed, give the output of a whole run",
    ],
    [
      "too many columns",
      changed(OLD, "2.20", "2.20  2.30"),
      `m: line 17: has 6 columns, but the header names 5: ${OWN}`,
    ],
    [
      "header alone",
      OLD.slice(OLD.indexOf(" #bytes")),
      "m: line 1: is a table without perftest's lines above it, which name the test: give the whole output",
    ],
    [
      "both units",
      changed(GBITS, "BW peak[Gb/sec]", "BW peak[MB/sec]"),
      `m: line 22: the columns are of several units: ${OWN}`,
    ],
    [
      "header of another test",
      changed(OLD, "RDMA_Read Latency", "RDMA_Read BW"),
      `m: line 16: the columns are not those of a bandwidth test: ${OWN}`,
    ],
    [
      "wrong unit",
      changed(GBITS, "BW average[Gb/sec]", "BW average[MB/sec]").replace(
        "BW peak[Gb/sec]",
        "BW peak[MB/sec]",
      ),
      `m: line 23: BW average is "3.39", which is not what MsgRate, ` +
        `"6.621094", makes of messages of 64 bytes: ${OWN}`,
    ],
    [
      "transport",
      changed(OLD, ": RC", ": XRC"),
      'm: line 5: the connection type is "XRC": verbscope simulates RC, UC, UD, measure one of them',
    ],
    [
      "two ports",
      changed(OLD, ": OFF\t\tDevice", ": ON\t\tDevice"),
      "m: line 3: both ports were used: verbscope simulates one, measure one of them",
    ],
    [
      "unknown test",
      changed(OLD, "RDMA_Read Latency", "Raw Ethernet Latency"),
      'm: line 2: the test is "Raw Ethernet Latency Test", ' +
        "which no workload of verbscope stands for: give one of ib_send_lat, " +
        "ib_send_bw, ib_write_lat, ib_write_bw, ib_read_lat, ib_read_bw, ib_atomic_lat",
    ],
    [
      "directions without their sum",
      changed(BIDIRECTIONAL, " 65536", " Local results: \n 65536"),
      "m: line 17: begins a test that has no row of figures: " +
        "the file was cut or the test failed, give the output of a whole run",
    ],
    [
      "mtu",
      changed(OLD, "2048[B]", "2000[B]"),
      "m: line 17: the run cannot be simulated: generate read-lat: " +
        "mtu is 2000: give 256, 512, 1024, 2048, 4096",
    ],
    [
      "queue pairs",
      changed(OLD, "qps   : 1", "qps   : 0"),
      `m: line 4: Number of qps is "0": it must be a whole number of at least 1: ${OWN}`,
    ],
    [
      "cycles",
      changed(SAMPLES, "#, usec", "#, cycles"),
      "m: line 13: the samples are in cycles of a counter whose rate is not " +
        "in the file: run the test without --report-cycles",
    ],
    [
      "samples of another unit",
      changed(SAMPLES, "#, usec", "#, msec"),
      'm: line 13: the samples are in "msec": give samples in usec',
    ],
    [
      "a sample missing",
      changed(SAMPLES, "4, 1.205\n", ""),
      "m: line 17: is sample 5 where 4 is due: give all samples of one run",
    ],
    [
      "a sample of nothing",
      changed(SAMPLES, "1.205", "0"),
      'm: line 17: the sample is "0": it must be above 0: measure again',
    ],
    [
      "samples without unit",
      changed(SAMPLES, "#, usec\n", ""),
      "m: line 13: is a sample without the line above the first that " +
        "says its unit: give all samples of one run",
    ],
    [
      "samples alone",
      SAMPLES.slice(0, SAMPLES.indexOf("9, 1.21")),
      `m: line 13: begins samples that no row with their size follows: ${CUT}`,
    ],
    [
      "samples of another run",
      changed(SAMPLES, "7.70         1.20", "7.70         2.20"),
      "m: line 25: t_typical is 2.20, but the median of the samples " +
        "before it is 1.21: give the output of one run",
    ],
    [
      "long line",
      `${OLD}${"x".repeat(70_000)}\n`,
      "m: line 19: is longer than 65536 characters: give the tool's own output",
    ],
    [
      "escape sequences",
      changed(OLD, "2.20", "\u001b[31m2"),
      'm: line 17: t_typical is "\\u001b[31m2": it is not a decimal number: give the tool\'s own output',
    ],
  ])("%s", (_name, text, message) => expect(refusal(text)).toBe(message));
});
