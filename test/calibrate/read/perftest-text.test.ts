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
const ROCE =
  "the link is Ethernet: packets of RoCE have longer headers than those of InfiniBand, " +
  "which wire.header_bytes of the base must hold (--set)";

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
    expect(read.notes).toEqual(["the tables of each direction were read past: their sum counts", ROCE]);
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
