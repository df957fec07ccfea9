import { describe, expect, it } from "vitest";
import { randomPath } from "../support/random/path.js";
import { randomMechanisms, randomPcieCoefficient, randomTestbed } from "../support/random/testbed.js";
import { randomTrace } from "../support/random/trace.js";
import { sum } from "./clock.js";
import { type OracleInput, runOracle } from "./run.js";

function input(seed: number, size: number): OracleInput {
  const rows = randomTrace(seed, size);
  const document = randomPath(seed);
  return {
    rows,
    path: {
      documents: { [document.name]: document },
      path: document.name,
      overrides: randomMechanisms(seed),
    },
    testbed: randomTestbed(seed, [document]),
    pcieCoefQ16: randomPcieCoefficient(seed),
    think: seed % 2 === 0 ? "none" : "recorded",
  };
}

describe("random traces", () => {
  it.each(Array.from({ length: 30 }, (_, i) => i + 1))(
    "seed %i is conserved, and ends",
    (seed) => {
      const result = runOracle(input(seed, 300));
      expect(result.deadlock).toBeUndefined();
      expect(sum(result.layers)).toBe(result.makespan_ps);
      for (const o of result.operations.values()) {
        expect(sum(o.service) + sum(o.wait)).toBe(o.sum);
        expect(o.latencies.length).toBe(o.count);
      }
      if (seed <= 5) expect(runOracle(input(seed, 300))).toEqual(result);
    },
    60_000,
  );
});
