import { describe, expect, test } from "vitest";
import { SteadyRun } from "../../../src/calibrate/predict/steady.js";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import type { MeasuredRun } from "../../../src/calibrate/read/shared/measurement.js";
import { loadPath } from "../../../src/path/load.js";
import { loadTestbed } from "../../../src/testbed/load.js";
import { changed, fixture, measured, refusal } from "../../support/calibrate/measured.js";

const MIB = 2 ** 20;
const runs = (name: string): MeasuredRun[] => measured(name).measurements as MeasuredRun[];
const sizes = (name: string): (number | undefined)[] => runs(name).map((r) => r.options.size);

describe("outputs as they are published are read whole", () => {
  const powers = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => 2 ** (from + i));
  test("a latency of all sizes on HDR", () => {
    expect(sizes("perftest-hdr-send-lat.txt")).toEqual(powers(1, 14));
    expect(runs("perftest-hdr-send-lat.txt").at(-1)).toMatchObject({
      value: 3.76e6,
      at: { line: 32 },
      options: { mtu: 4096, inline: 236, txDepth: 1, iters: 100_000 },
    });
    expect(measured("perftest-hdr-send-lat.txt").notes).toEqual([]);
  });
  test("a bandwidth on HDR, without its peak", () => {
    expect(sizes("perftest-hdr-send-bw.txt")).toEqual([2, 4, 8, 64, 512, 2048, 4096, 8192, 16384]);
    expect(runs("perftest-hdr-send-bw.txt")[0]!.value).toBeCloseTo(4.868276e6 * 2, 3);
    expect(runs("perftest-hdr-send-bw.txt").at(-1)!.value).toBe(23547.97 * MIB);
    expect(measured("perftest-hdr-send-bw.txt").notes).toEqual([
      "1 line of warnings and errors was read past",
    ]);
  });
  test("all sizes in Gb", () => {
    expect(sizes("perftest-write-bw-a-gbits.txt")).toEqual([2, 4, 8, 16, 65536, 8388608]);
    expect(runs("perftest-write-bw-a-gbits.txt").map((r) => Math.round(r.value / 1e3))).toEqual([
      5273, 10557, 21131, 42243, 12249989, 12256250,
    ]);
  });
  test("all sizes in MB, of one rate", () => {
    expect(sizes("perftest-send-bw-a.txt")).toEqual(powers(1, 23));
    expect(runs("perftest-send-bw-a.txt").at(-1)!.value).toBe(11600 * MIB);
    expect(measured("perftest-send-bw-a.txt").notes).toEqual([]);
  });
});

test("RoCE is read, and the note says whose headers count", () => {
  const { measurements, notes } = measured("perftest-roce-server.txt");
  expect(measurements).toMatchObject([
    { value: 5.84e6, options: { mtu: 1024, rxDepth: 512 } },
    { value: 6.4e6 },
  ]);
  expect(notes[0]).toBe(
    "the link is Ethernet: packets of RoCE have longer headers than those of InfiniBand, " +
      "which wire.header_bytes of the base must hold (--set)",
  );
  const infiniband = changed(fixture("perftest-roce-server.txt"), ": Ethernet\n GID", ": IB\n GID");
  expect(readMeasured("m", infiniband).notes).toEqual(notes.slice(1));
});

test("inline data as versions of 2009 said it", () => {
  expect(runs("perftest-inline-old.txt")).toMatchObject([
    { value: 1.31e6, options: { size: 2, inline: 400, mtu: 2048, transport: "RC" } },
    { options: { size: 256, inline: 400 } },
  ]);
  expect(measured("perftest-inline-old.txt").notes).toEqual([]);
});

describe("what the header leaves out", () => {
  const BW = fixture("perftest-hdr-send-bw.txt"),
    without = (text: string, line: RegExp): string => text.replace(line, "");
  test("is refused where it is the depth of a send queue, which servers do not print", () => {
    const REFUSED =
      "is a bandwidth whose TX depth the lines above do not say, as the server's do not: " +
      "give the client's output";
    expect(refusal(fixture("refused/perftest-write-bw-server.txt"))).toBe(`m: line 27: ${REFUSED}`);
    expect(refusal(without(BW, / TX depth.*\n/))).toBe(`m: line 20: ${REFUSED}`);
    expect(refusal(without(fixture("perftest-bw.json"), /"TX_depth".*\n/))).toBe(`m: line 21: ${REFUSED}`);
  });
  test("is said where it was assumed", () => {
    const assumed = (text: string): readonly string[] => readMeasured("m", text).notes;
    expect(assumed(without(BW, / (?:CQ|Mtu).*\n Mtu.*\n/))).toContain(
      "not said in the file, and assumed: an MTU of 2048 bytes, a CQ moderation of 100, of 1 beyond 8 KiB",
    );
    expect(assumed(without(BW, / Max inline.*\n/))).toContain(
      "not said in the file, and assumed: no inline data",
    );
    expect(assumed(without(fixture("perftest-read-bw-o1.txt"), / Outstand.*\n/))).toContain(
      "not said in the file, and assumed: 16 outstanding reads",
    );
  });
});

describe("READs in flight", () => {
  const [one] = runs("perftest-read-bw-o1.txt"),
    [sixteen] = runs("perftest-read-bw-o16.txt");
  test("are those of the header", () => {
    expect([one!.outstandingReads, sixteen!.outstandingReads]).toEqual([1, 16]);
    const NAME = " Outstand reads  : 1\n";
    expect(refusal(changed(fixture("perftest-read-bw-o1.txt"), NAME, " Outstand reads  : 256\n"))).toBe(
      'm: line 10: Outstand reads is "256": it must be at most 255, measure again',
    );
    expect(refusal(changed(fixture("perftest-read-bw-o1.txt"), NAME, " Outstand reads  : 0\n"))).toMatch(
      /^m: line 10: Outstand reads is "0": it must be a whole number of at least 1/,
    );
  });
  test("are simulated: one at a time pays a round trip each", () => {
    const testbed = loadTestbed("edr-2016"),
      time = (run: MeasuredRun): number => new SteadyRun(run, loadPath("native")).messagePs(testbed);
    const { outstandingReads: _, ...assumed } = sixteen!;
    expect(time(sixteen!)).toBe(time(assumed));
    expect(time(one!)).toBeGreaterThan(4 * time(sixteen!));
  });
  test("are another thing measured: figures of one and of sixteen are not joined", () => {
    const both = readMeasured("m", fixture("perftest-read-bw-o1.txt") + fixture("perftest-read-bw-o16.txt"));
    expect(both.measurements).toHaveLength(2);
  });
});
