import { describe, expect, it } from "vitest";
import { differing, parts } from "../support/random/differ.js";

/**
 * Seeds 301 to 1500, and RANDOM_CASES more (500) from
 * RANDOM_SEED, which CI takes from the commit. A seed that
 * fails goes into seeds.json.
 */
const { RANDOM_SEED, RANDOM_CASES = "500" } = process.env;

describe("core against oracle on random traces", () => {
  it.each(parts(301, 1200))("seeds %i …", (...seeds) => expect(differing(seeds)).toEqual([]));
});
describe.runIf(RANDOM_SEED !== undefined)(`from seed ${RANDOM_SEED}`, () => {
  it.each(parts(Number(RANDOM_SEED ?? 1), Number(RANDOM_CASES)))("seeds %i …", (...seeds) =>
    expect(differing(seeds)).toEqual([]),
  );
});
