import { describe, expect, test } from "vitest";
import { parts } from "../support/random/differ.js";
import { explained } from "../support/random/explained.js";

/** The first seeds; test:long goes on (random.long.test.ts). */
const QUICK = 60;

describe("random traces, paths and testbeds: every operation is explained to the picosecond", () => {
  test.each(parts(1, QUICK, 20))("seeds %i …", (...seeds) => {
    const seen = seeds.map((seed) => ({ seed, ...explained(seed) }));
    expect(seen.filter((s) => (s.faults?.length ?? 0) > 0)).toEqual([]);
    expect(seen.reduce((n, s) => n + (s.ways ?? 0), 0)).toBeGreaterThan(seeds.length);
  });
});
