import { describe, expect, it } from "vitest";
import { MEMORY_COUNTERS } from "../../../../src/abi/memory.js";
import { changes, engine, load } from "../fixtures.js";

describe("an access", () => {
  it("is cut into lines and pages", () => {
    const oracle = engine({ structures: { "tlb.l1.4k": [1, 16] } });
    expect(changes(oracle, () => oracle.access(4095n, 2, 1, 5))).toMatchObject({
      "mem.accesses": 1,
      "mem.refs": 2,
      "mem.straddles.line": 1,
      "mem.straddles.page": 1,
      "tlb.l1.4k.misses": 2,
      "mem.instructions": 5,
    });
    const inside = changes(oracle, () => oracle.access(60n, 69, 2, 0));
    expect(inside).toMatchObject({ "mem.refs": 3, "mem.straddles.line": 1, "tlb.l1.4k.hits": 1 });
    expect(inside["mem.straddles.page"]).toBeUndefined();
    expect(changes(oracle, () => oracle.access(64n, 64, 0, 0))).toEqual({
      "mem.accesses": 1,
      "mem.refs": 1,
      "tlb.l1.4k.hits": 1,
    });
    expect(changes(oracle, () => oracle.access(0n, 65535, 0, 0))).toMatchObject({
      "mem.refs": 1024,
      "tlb.l1.4k.hits": 2,
      "tlb.l1.4k.misses": 14,
    });
  });

  it("refuses instruction fetches and addresses that are not canonical, but counts their instructions", () => {
    const oracle = engine();
    for (const [address, kind] of [
      [0n, 3],
      [1n << 47n, 0],
      [0xffff_7fff_ffff_ffffn, 0],
    ] as [bigint, number][]) {
      expect(changes(oracle, () => oracle.access(address, 1, kind, 9))).toEqual({
        "mem.refused": 1,
        "mem.instructions": 9,
      });
    }
    for (const address of [(1n << 47n) - 1n, 0xffff_8000_0000_0000n, 0xffff_ffff_ffff_ffffn])
      expect(changes(oracle, () => oracle.access(address, 1, 0, 0))["mem.accesses"]).toBe(1);
    // one byte of two is enough
    for (const address of [(1n << 47n) - 1n, 0xffff_7fff_ffff_ffffn])
      expect(changes(oracle, () => oracle.access(address, 2, 0, 0))).toEqual({ "mem.refused": 1 });
    const five = engine({ guestLevels: 5 });
    expect(changes(five, () => five.access(1n << 47n, 1, 0, 0))["mem.accesses"]).toBe(1);
    expect(changes(five, () => five.access(1n << 56n, 1, 0, 0))).toEqual({ "mem.refused": 1 });
  });

  it("of no bytes, or around the end, is an error", () => {
    expect(() => engine().access(5n, 0, 0, 0)).toThrow();
    expect(() => engine().access(0xffff_ffff_ffff_ffffn, 2, 0, 0)).toThrow();
  });

  it("fills every cache level that missed, by physical line", () => {
    const oracle = engine({ guestLeaf: 3, structures: { "cache.l1": [1, 1], "cache.l3": [1, 8] } });
    // two tables' entries and the line: 3 from DRAM; then all from L3, as L1 holds one line
    load(oracle, 0, 0);
    oracle.access(1n, 1, 0, 0);
    expect(oracle.counters()).toMatchObject({
      "walk.refs.guest.dram": 2n,
      "mem.refs.dram": 1n,
      "walk.refs.guest.l3": 4n,
      "mem.refs.l3": 2n,
    });
    expect(oracle.layers()).toMatchObject({ "mem.data": 1_002_000_000n, "walk.guest": 2_004_000_000n });
  });

  it("thinks in whole picoseconds of all instructions together", () => {
    const oracle = engine({
      latency: {
        l1: 0n,
        l2: 0n,
        l3: 0n,
        dram: 0n,
        tlbL2: 0n,
        pwc: 0n,
        ntlb: 0n,
        eptViolation: 0n,
        instruction: 32768n,
      },
    });
    for (let i = 0; i < 3; i++) oracle.access(0n, 1, 0, 1);
    expect(oracle.clock()).toBe(1n);
    oracle.access(0n, 1, 3, 1);
    expect(oracle.layers()["app.think"]).toBe(2n);
  });

  it("counts under every name of the ABI", () => {
    expect(Object.keys(engine().counters()).sort()).toEqual([...MEMORY_COUNTERS].sort());
  });
});

describe("placement", () => {
  it("eight neighbours share a line of entries", () => {
    const oracle = engine({ structures: { "cache.l1": [1, 100] } });
    load(oracle, 0);
    expect(changes(oracle, () => load(oracle, 7))["walk.refs.guest"]).toBe(4);
    expect(oracle.counters()).toMatchObject({ "walk.refs.guest.dram": 4n, "walk.refs.guest.l1": 4n });
    load(oracle, 8);
    expect(oracle.counters()).toMatchObject({ "walk.refs.guest.dram": 5n, "walk.refs.guest.l1": 7n });
  });

  it("thp: the share of 2 MiB areas whose hash is below it", () => {
    // seed 0: hashes of areas 0 to 5 are 0, 40503, 15470, 55974, 30941, 5909
    const sizes = (thpShare16: number): string => {
      const oracle = engine({ placement: "thp", thpShare16 });
      return [0, 1, 2, 3, 4, 5]
        .map((area) => (changes(oracle, () => load(oracle, area * 512 + 9))["walks.2m"] ? "2" : "4"))
        .join("");
    };
    expect([0, 1, 15470, 15471, 40503, 65536].map(sizes)).toEqual([
      "444444",
      "244444",
      "244442",
      "242442",
      "242422",
      "222222",
    ]);
  });

  it("fragmented pages are scattered in the order of their first use", () => {
    // pages 3 and 4 get frames 0 and 125 (seed 0, R 9): in a cache of 64 × 125
    // sets of one way, whose tables' lines are elsewhere, they clash
    const clash = (placement: "contiguous" | "fragmented"): bigint => {
      const oracle = engine({ placement, structures: { "tlb.l1.4k": [1, 4], "cache.l1": [64 * 125, 1] } });
      for (const page of [3, 4, 3, 4]) oracle.access(BigInt(page * 4096 + 2048), 1, 0, 0);
      return oracle.counters()["mem.refs.dram"]!;
    };
    expect([clash("contiguous"), clash("fragmented")]).toEqual([2n, 4n]);
  });
});
