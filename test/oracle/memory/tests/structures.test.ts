import { describe, expect, it } from "vitest";
import { Random } from "../../../support/random/rng.js";
import { changes, engine, load } from "../fixtures.js";
import { PlainTlb } from "../plain-tlb.js";
import { Blocks, frameBits, permute } from "../spaces.js";
import { Structure, xorshift32 } from "../structure.js";

/** H and M of a sequence of tags that all go to one set. */
function outcome(structure: Structure, tags: number[]): string {
  return tags.map((tag) => (structure.touch(0n, BigInt(tag)) ? "H" : "M")).join("");
}

describe("structures", () => {
  it("lru evicts what was touched longest ago", () => {
    // 1 2 | 1 again, so 3 takes 2's way, 2 takes 1's, 3 is still there
    expect(outcome(new Structure(0, { sets: 1, ways: 2 }, "lru"), [1, 2, 1, 3, 2, 3, 1])).toBe("MMHMMHM");
  });

  it("plru follows its tree", () => {
    // After 1 2 3 4 the tree is 0 0 0. 1: b1 = 1, b2 = 1; the victim is way
    // 2, so 5 takes 3's (lru would take 2's): b1 = 0, b3 = 1.
    // Then b2 = 1 points at way 1: 6 takes 2's. 1, 4 and 5 are there; 3 and 2 are not.
    expect(outcome(new Structure(0, { sets: 1, ways: 4 }, "plru"), [1, 2, 3, 4, 1, 5, 6, 1, 4, 5, 3])).toBe(
      "MMMMHMMHHHM",
    );
    expect(outcome(new Structure(0, { sets: 1, ways: 4 }, "plru"), [1, 2, 3, 4, 1, 5, 6, 2])).toBe(
      "MMMMHMMM",
    );
    expect(outcome(new Structure(0, { sets: 1, ways: 4 }, "lru"), [1, 2, 3, 4, 1, 5, 3])).toBe("MMMMHMH");
    expect(outcome(new Structure(0, { sets: 1, ways: 1 }, "plru"), [1, 1, 2, 1])).toBe("MHMM");
  });

  it("plru needs a power of two of ways", () => {
    expect(() => new Structure(0, { sets: 1, ways: 3 }, "plru")).toThrow();
  });

  it("random steps once a victim", () => {
    // 1 << 13, >> 17 of 0x2001 is 0, << 5: 0x2001 ^ 0x40020
    expect(xorshift32(1)).toBe(0x2001 ^ 0x40020);
    // Structure 0, 3 ways: 0x51086638 mod 3 = 1, then 0xe426533f, 0xe67527ff, 0x13d631fa mod 3 = 1 2 1.
    // 1 2 3 full; 4 → way 1 (of 2), 2 → way 1 (of 4), 4 → way 2 (of 3), 1 hits
    // and does not step, 3 → way 1 (of 2), 4 hits, 2 misses.
    expect(outcome(new Structure(0, { sets: 1, ways: 3 }, "random"), [1, 2, 3, 4, 2, 4, 1, 3, 4, 2])).toBe(
      "MMMMMMHMHM",
    );
    // Structure 15: mod 3 = 0 0 2. 4 → way 0 (of 1), 1 → way 0 (of 4), 2 hits, 4 → way 2 (of 3), 3 misses.
    expect(outcome(new Structure(15, { sets: 1, ways: 3 }, "random"), [1, 2, 3, 4, 1, 2, 4, 3])).toBe(
      "MMMMMHMM",
    );
  });

  it("a flush empties, and leaves the random state", () => {
    const lru = new Structure(0, { sets: 1, ways: 2 }, "lru");
    expect(outcome(lru, [1, 2])).toBe("MM");
    lru.flush();
    expect(outcome(lru, [2, 1, 2])).toBe("MMH");
    const plru = new Structure(0, { sets: 1, ways: 2 }, "plru");
    expect(outcome(plru, [1])).toBe("M");
    plru.flush();
    // b1 = 0 again after 1 2: 3 takes 1's way
    expect(outcome(plru, [1, 2, 3, 2])).toBe("MMMH");
    const random = new Structure(0, { sets: 1, ways: 3 }, "random");
    outcome(random, [1, 2, 3, 4, 2]);
    random.flush();
    // the third victim is way 2, the first would have been way 1
    expect(outcome(random, [1, 2, 3, 4, 2, 1, 3])).toBe("MMMMHHM");
  });

  it("sets need not be a power of two", () => {
    const structure = new Structure(0, { sets: 3, ways: 1 }, "lru");
    const touch = (page: bigint): boolean => structure.touch(page, page);
    expect([0n, 1n, 2n, 3n, 1n, 0n].map(touch)).toEqual([false, false, false, false, true, false]);
  });

  it.each([
    [1, 1],
    [1, 7],
    [4, 2],
    [5, 3],
    [16, 12],
  ])("%i sets of %i ways do as a plain TLB does", (sets, ways) => {
    const random = new Random(sets * 100 + ways),
      plain = new PlainTlb(sets, ways);
    const oracle = engine({ structures: { "tlb.l1.4k": [sets, ways] } });
    for (let i = 0; i < 3000; i++) {
      const page = random.chance(0.5) ? random.int(0, 2 * sets * ways) : random.magnitude(5000);
      const hit = plain.access(BigInt(page));
      expect(changes(oracle, () => load(oracle, page))[`tlb.l1.4k.${hit ? "hits" : "misses"}`]).toBe(1);
    }
    expect(oracle.counters()["walks.4k"]).toBe(BigInt(plain.misses));
    expect(plain.misses).toBeGreaterThan(0);
    expect(plain.misses).toBeLessThan(3000);
  });
});

describe("spaces", () => {
  it("permutes", () => {
    // R = 9, seed 0: (1 × 0x2c1b3c6d) & 511 = 109; 109 ^ 109 ≫ 5 =
    // 110; (110 × 0x297a2d39) & 511 = 126; 126 ^ 3 = 125
    expect(permute(1, 0, 9)).toBe(125);
    expect([0, 1, 2, 3].map((i) => permute(i, 1, 10))).toEqual([38, 359, 200, 956]);
    expect([0, 1].map((i) => permute(i, 7, 23))).toEqual([4830833, 3465915]);
    for (const bits of [9, 10, 13])
      expect(new Set(Array.from({ length: 2 ** bits }, (_, i) => permute(i, 99, bits))).size).toBe(2 ** bits);
  });

  it("R holds twice the pages", () => {
    expect([1, 256, 257, 512, 513, 2 ** 22, 2 ** 23].map(frameBits)).toEqual([9, 9, 10, 10, 11, 23, 23]);
  });

  it("gives blocks in order, and GiBs aligned", () => {
    const blocks = new Blocks(3);
    expect([blocks.take(), blocks.takeGib(), blocks.take(), blocks.takeGib()]).toEqual([
      3 * 512,
      512 * 512,
      1024 * 512,
      1536 * 512,
    ]);
    const last = new Blocks(2 ** 15 - 1);
    last.take();
    expect(() => last.take()).toThrow();
  });
});
