import { describe, expect, test } from "vitest";
import { parts } from "../support/random/differ.js";
import { explained } from "../support/random/explained.js";

/** Seeds 61 to 560, and RANDOM_CASES more (500) from RANDOM_SEED, which CI takes from the commit. */
const { RANDOM_SEED, RANDOM_CASES = "500" } = process.env;
const faulty = (seeds: readonly number[]): unknown[] =>
  seeds.map((seed) => ({ seed, ...explained(seed) })).filter((s) => (s.faults?.length ?? 0) > 0);

describe("random traces, paths and testbeds: every operation is explained to the picosecond", () => {
  test.each(parts(61, 500))("seeds %i …", (...seeds) => expect(faulty(seeds)).toEqual([]));
});
describe.runIf(RANDOM_SEED !== undefined)(`from seed ${RANDOM_SEED}`, () => {
  test.each(parts(Number(RANDOM_SEED ?? 1), Number(RANDOM_CASES)))("seeds %i …", (...seeds) =>
    expect(faulty(seeds)).toEqual([]),
  );
});
