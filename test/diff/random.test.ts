import { describe, expect, it } from "vitest";
import { differing, parts } from "../support/random/differ.js";
import SEEDS from "./seeds.json" with { type: "json" };

/** The first seeds; test:long goes on (random.long.test.ts). */
const QUICK = 300;

describe("core against oracle on random traces", () => {
  it.each(parts(1, QUICK))("seeds %i …", (...seeds) => expect(differing(seeds)).toEqual([]));
  it("seeds that once differed", () => {
    for (const seed of SEEDS.failed) expect(differing([seed])).toEqual([]);
    expect(new Set(SEEDS.failed).size).toBe(SEEDS.failed.length);
  });
});
