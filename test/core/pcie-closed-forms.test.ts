import { describe, expect, test } from "vitest";
import { completionChunk, pcieCoefficient } from "../../src/testbed/convert.js";
import { type Testbed, withSettings } from "../../src/testbed/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import {
  completionBytes,
  type Gen,
  MPS,
  psPerByte,
  requestBytes,
  writeBytes,
} from "../support/pcie-tables.js";
import { probe, setParam } from "../support/probe.js";

interface Config {
  gen: Gen;
  lanes: number;
  mps: number;
  mrrs: number;
  rcb: number;
  chunk: "mps" | "rcb";
}
const GENS = [1, 2, 3, 4, 5] as const,
  LANES = [1, 2, 4, 8, 16],
  MRRS = [128, 256, 512, 1024, 2048, 4096],
  RCB = [64, 128, 256, 512];
const x = probe();
const base = loadTestbed("thesis-2014");

function use(c: Config): void {
  const testbed: Testbed = withSettings(base, [
    `pcie.gen=${c.gen}`,
    `pcie.lanes=${c.lanes}`,
    `pcie.mps=${c.mps}`,
    `pcie.mrrs=${c.mrrs}`,
    `pcie.rcb=${c.rcb}`,
    `pcie.completion_chunk=${c.chunk}`,
  ]);
  setParam(x, "c_pcie", pcieCoefficient(testbed));
  setParam(x, "mps", BigInt(c.mps));
  setParam(x, "mrrs", BigInt(c.mrrs));
  setParam(x, "chunk", completionChunk(testbed));
}

/**
 * The core's times against bytes × ps per byte: never later, and earlier
 * by less than the rounding of coefficient and result.
 */
function misfits(c: Config, n: number): string[] {
  const ps = psPerByte(c.gen, c.lanes, c.mps),
    size = BigInt(n);
  const expected = {
    write: writeBytes(n, c.mps),
    request: requestBytes(n, c.mrrs),
    completion: completionBytes(n, c.chunk === "rcb" ? c.rcb : c.mps),
  };
  const actual = {
    write: x.write_time(size),
    request: x.request_time(size),
    completion: x.completion_time(size),
  };
  return (Object.keys(expected) as (keyof typeof expected)[]).flatMap((kind) => {
    const exact = expected[kind] * ps,
      slack = expected[kind] / 131072 + 1e-6,
      got = Number(actual[kind]);
    return got <= exact + slack && got > exact - 1 - slack
      ? []
      : [`${kind} of ${n} bytes, ${JSON.stringify(c)}: ${got} ps, expected ${exact}`];
  });
}

const all: Config[] = GENS.flatMap((gen) =>
  LANES.flatMap((lanes) =>
    MPS.flatMap((mps) =>
      MRRS.flatMap((mrrs) =>
        RCB.flatMap((rcb) =>
          (["mps", "rcb"] as const).map((chunk): Config => ({ gen, lanes, mps, mrrs, rcb, chunk })),
        ),
      ),
    ),
  ),
);

describe("time of DMA writes, read requests and completions", () => {
  test("in every configuration, for sizes around each boundary", () => {
    const sizes = [
      0, 1, 63, 64, 65, 128, 129, 255, 256, 257, 511, 512, 513, 1024, 1025, 1500, 2048, 2049, 4095, 4096,
    ];
    const bad: string[] = [];
    for (const c of all) {
      use(c);
      for (const n of sizes) bad.push(...misfits(c, n));
    }
    expect(all.length).toBe(7200);
    expect(bad.slice(0, 5)).toEqual([]);
  });

  test("for every size from 1 B to 4 KiB, in configurations that hold each value of each setting", () => {
    const covering = all.filter((_, i) => i % 31 === 7);
    const values = (key: keyof Config): number => new Set(covering.map((c) => c[key])).size;
    expect((["gen", "lanes", "mps", "mrrs", "rcb", "chunk"] as const).map(values)).toEqual([
      5, 5, 6, 6, 4, 2,
    ]);
    const bad: string[] = [];
    for (const c of covering) {
      use(c);
      for (let n = 1; n <= 4096; n++) bad.push(...misfits(c, n));
    }
    expect(bad.slice(0, 5)).toEqual([]);
  });
});

/** Bytes a second that fit when each DMA of n bytes takes `ps`. */
const megabytes = (n: number, ps: bigint): number => (n / Number(ps)) * 1e6;
const long = 1 << 20; // so long that rounding to whole ps vanishes

describe("bandwidth of back-to-back DMA", () => {
  test.each(GENS)(
    "gen%i: writes get TLP bandwidth × n / (n + 24⌈n/MPS⌉), reads the smaller of both directions",
    (gen) => {
      for (const lanes of LANES)
        for (const mps of MPS)
          for (const mrrs of MRRS) {
            const c: Config = { gen, lanes, mps, mrrs, rcb: 64, chunk: "mps" };
            use(c);
            const tlp = 1e6 / psPerByte(gen, lanes, mps); // MB/s
            expect(
              megabytes(long, x.write_time(BigInt(long))) / ((tlp * long) / (long + (24 * long) / mps)),
            ).toBeCloseTo(1, 4);
            const down = (tlp * long) / (long + (20 * long) / mps),
              up = (tlp * long) / ((24 * long) / mrrs);
            const slower = [x.completion_time(BigInt(long)), x.request_time(BigInt(long))].reduce((a, b) =>
              a > b ? a : b,
            );
            expect(megabytes(long, slower) / Math.min(down, up)).toBeCloseTo(1, 4);
          }
    },
  );

  // pcie-model (Neugebauer et al.) for a ConnectX-2's slot: the rates that bound QDR hosts of 2010 to 2014
  test.each([
    { mps: 256, chunk: "mps", rate: 3325 },
    { mps: 128, chunk: "rcb", rate: 2626 },
  ] as const)("gen2 x8, MPS $mps, completions of one $chunk: $rate MB/s read", ({ mps, chunk, rate }) => {
    use({ gen: 2, lanes: 8, mps, mrrs: 512, rcb: 64, chunk });
    expect(Math.round(megabytes(long, x.completion_time(BigInt(long))))).toBe(rate);
  });
});
