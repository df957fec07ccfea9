import fc from "fast-check";
import { expect, test } from "vitest";
import { probe } from "../support/probe.js";

const x = probe();
const MIX = 0x9e3779b97f4a7c15n;

/** Set-associative true LRU over Maps, whose insertion order is the recency order (R4.20). */
class Model {
  private readonly sets: Map<bigint, true>[];
  private readonly ways: number;
  constructor(lines: number, ways: number) {
    this.ways = ways;
    this.sets = Array.from({ length: Math.max(1, Math.floor(lines / ways)) }, () => new Map());
  }
  lookup(key: bigint): boolean {
    const set = this.sets[Number(((key * MIX) & 0xffffffffffffffffn) >> 32n) % this.sets.length]!;
    const hit = set.delete(key);
    set.set(key, true);
    if (set.size > this.ways) set.delete(set.keys().next().value!);
    return hit;
  }
}

const few = fc.bigInt(0n, 12n),
  many = fc.bigInt(0n, 300n),
  regions = fc.tuple(fc.bigInt(0n, 5n), fc.bigInt(0n, 40n)).map(([mr, line]) => (mr << 32n) + line);

test("hits and misses are those of a Map per set", () => {
  let hits = 0,
    misses = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 64 }),
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.oneof(few, many, regions), { minLength: 50, maxLength: 200 }),
      (lines, ways, keys) => {
        const cache = x.cache_new(lines, ways),
          model = new Model(lines, ways);
        for (const key of keys) {
          const hit = model.lookup(key);
          if (hit) hits++;
          else misses++;
          expect(x.cache_lookup(cache, key)).toBe(hit ? 1 : 0);
        }
      },
    ),
    { numRuns: 400 },
  );
  expect(Math.min(hits, misses)).toBeGreaterThan(1000); // both were tried
});

test("key 0 and the first use of a line miss", () => {
  const cache = x.cache_new(4, 4);
  expect([0n, 0n, 1n, 0n].map((k) => x.cache_lookup(cache, k))).toEqual([0, 1, 0, 1]);
});

test("the least recently used of a full set leaves", () => {
  const cache = x.cache_new(3, 3);
  for (const k of [1n, 2n, 3n, 1n]) x.cache_lookup(cache, k);
  expect(x.cache_lookup(cache, 4n)).toBe(0); // 2 leaves
  expect([1n, 3n, 4n].map((k) => x.cache_lookup(cache, k))).toEqual([1, 1, 1]);
  expect(x.cache_lookup(cache, 2n)).toBe(0);
});

test("as many lines as asked, in whole sets", () => {
  const distinct = (lines: number, ways: number): number => {
    const cache = x.cache_new(lines, ways);
    for (let k = 0n; k < 4000n; k++) x.cache_lookup(cache, k);
    let kept = 0;
    // newest first: a miss pushes out only older ones
    for (let k = 3999n; k >= 0n; k--) kept += x.cache_lookup(cache, k);
    return kept;
  };
  expect(distinct(64, 64)).toBe(64);
  expect(distinct(256, 4)).toBe(256);
  expect(distinct(258, 4)).toBe(256);
  expect(distinct(0, 4)).toBe(4);
});
