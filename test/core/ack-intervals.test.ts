import { describe, expect, test } from "vitest";
import { legalValues } from "../../src/abi/device-values.js";
import { type PcieGen, rawGbps, tlpGbps } from "../../src/testbed/pcie.js";

const PCIE_GENS = legalValues("pcie.gen")!,
  PCIE_LANES = legalValues("pcie.lanes") as readonly number[];

import { ACK_INTERVAL_GEN1, GEN_DELAY, MPS } from "../support/pcie-tables.js";

const GT = { 1: 2.5, 2: 5, 3: 8, 4: 16, 5: 32 } as const;
const gens = PCIE_GENS as readonly PcieGen[];

describe("bandwidth left for TLPs", () => {
  test("knows the generations and widths of the tables", () => {
    expect(PCIE_GENS).toEqual([1, 2, 3, 4, 5]);
    expect(PCIE_LANES.map(String)).toEqual(Object.keys(ACK_INTERVAL_GEN1));
  });
  test.each(gens)("gen%i: ACK and flow-control intervals are those of the specification", (gen) => {
    for (const lanes of PCIE_LANES) {
      expect(rawGbps(gen, lanes)).toBeCloseTo(GT[gen] * lanes * (gen <= 2 ? 0.8 : 128 / 130), 9);
      MPS.forEach((mps, i) => {
        // share left = 1 − 8/ack − 8/fc − 4/1538, with ack = fc: solved for the interval
        const interval = 16 / (1 - 4 / 1538 - tlpGbps(gen, lanes, mps) / rawGbps(gen, lanes));
        expect(interval, `x${lanes}, MPS ${mps}`).toBeCloseTo(
          ACK_INTERVAL_GEN1[lanes]![i]! + GEN_DELAY[gen],
          4,
        );
      });
    }
  });
  test("gen2 x8: 4000 MB/s raw, 3584 MB/s for TLPs at MPS 256", () => {
    expect(rawGbps(2, 8) * 125).toBe(4000);
    expect(tlpGbps(2, 8, 256) * 125).toBeCloseTo(4000 * (1 - 16 / (107 + 51) - 4 / 1538), 9); // 3584.5
  });
});
