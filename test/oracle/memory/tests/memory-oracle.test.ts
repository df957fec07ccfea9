import { describe, expect, it } from "vitest";
import { MEMORY_COUNTERS } from "../../../../src/abi/memory.js";
import type { LeafLevel } from "../config.js";
import { changes, engine, type Geometry, load } from "../fixtures.js";

const PWCS: Geometry = { "pwc.pde": [1, 64], "pwc.pdpte": [1, 64], "pwc.pml4": [1, 64], "pwc.pml5": [1, 64] };
const EPWCS: Geometry = {
  "epwc.pde": [1, 64],
  "epwc.pdpte": [1, 64],
  "epwc.pml4": [1, 64],
  "epwc.pml5": [1, 64],
};

describe("cold walks without structures", () => {
  it.each([
    [4, 1, 4],
    [5, 1, 5],
    [4, 2, 3],
    [4, 3, 2],
    [5, 3, 3],
  ] as [number, LeafLevel, number][])(
    "one dimension, %i levels, leaf %i: %i",
    (guestLevels, guestLeaf, refs) => {
      const oracle = engine({ guestLevels, guestLeaf });
      expect(changes(oracle, () => load(oracle, 0x12345))).toEqual({
        "mem.accesses": 1,
        [`tlb.l1.${["4k", "2m", "1g"][guestLeaf - 1]}.misses`]: 1,
        "mem.refs": 1,
        "walk.refs.guest": refs,
        [`walks.${["4k", "2m", "1g"][guestLeaf - 1]}`]: 1,
      });
      expect(oracle.layers()).toEqual({
        "mem.data": 1_000_000_000n,
        "mem.tlb": 0n,
        "walk.guest": BigInt(refs) * 1_000_000_000n,
        "walk.host": 0n,
        "vm.ept-fault": 0n,
        "app.think": 0n,
      });
    },
  );

  it.each([
    [4, 4, 1, 1, 24],
    [5, 5, 1, 1, 35],
    [4, 4, 2, 1, 19],
    [4, 4, 1, 2, 19],
    [4, 4, 2, 2, 15],
    [5, 4, 3, 1, 19],
    [4, 5, 1, 3, 19],
  ] as [number, number, LeafLevel, LeafLevel, number][])(
    "two dimensions, %i × %i levels, leaves %i and %i: %i",
    (guestLevels, hostLevels, guestLeaf, hostLeaf, refs) => {
      const oracle = engine({ nested: true, guestLevels, hostLevels, guestLeaf, hostLeaf });
      const cold = changes(oracle, () => load(oracle, 0x12345));
      expect(cold["walk.refs.guest"]).toBe(guestLevels - guestLeaf + 1);
      expect(cold["walk.refs.guest"]! + cold["walk.refs.host"]!).toBe(refs);
      // the page itself, and tables that share a leaf of 2m or more but not one of 4k
      expect(cold["mem.ept_violations"]).toBe(1 + (hostLeaf === 1 ? guestLevels - guestLeaf + 1 : 1));
      const warm = changes(oracle, () => load(oracle, 0x12345));
      expect(warm["walk.refs.guest"]! + warm["walk.refs.host"]!).toBe(refs);
      expect(warm["mem.ept_violations"]).toBeUndefined();
    },
  );
});

describe("page-walk caches", () => {
  it("one dimension: as many references as tables below the entry that is known", () => {
    const oracle = engine({ structures: PWCS });
    const refs = (page: bigint): number => changes(oracle, () => load(oracle, page))["walk.refs.guest"]!;
    expect([0n, 1n, 512n, 1n << 18n, 1n << 27n, 0n].map(refs)).toEqual([4, 1, 2, 3, 4, 1]);
    expect(oracle.counters()).toMatchObject({
      "pwc.pde.hits": 2n,
      "pwc.pde.misses": 4n,
      "pwc.pdpte.hits": 1n,
      "pwc.pdpte.misses": 3n,
      "pwc.pml4.hits": 1n,
      "pwc.pml4.misses": 2n,
      "pwc.pml5.misses": 0n,
      "pwc.rounds": 6n,
    });
    expect(oracle.layers()["walk.guest"]).toBe(15n * 1_000_000_000n + 6n * 5n);
  });

  it("leaves of 2m begin at the PDPTE", () => {
    const oracle = engine({ structures: PWCS, guestLeaf: 2 });
    expect(changes(oracle, () => load(oracle, 0, 512))).toMatchObject({
      "walk.refs.guest": 3 + 1,
      "pwc.pdpte.hits": 1,
      "pwc.pdpte.misses": 1,
      "pwc.pml4.misses": 1,
    });
    expect(oracle.counters()["pwc.pde.misses"]).toBe(0n);
  });

  it("a table that is known is not looked up in the host dimension", () => {
    const oracle = engine({ nested: true, structures: PWCS });
    expect(changes(oracle, () => load(oracle, 0))).toMatchObject({
      "walk.refs.guest": 4,
      "walk.refs.host": 20,
    });
    expect(changes(oracle, () => load(oracle, 1))).toMatchObject({
      "walk.refs.guest": 1,
      "walk.refs.host": 4,
    });
    // the PDPTE is known: its table's 1 reference, then 4 + 1 for the next table and 4 for the page
    expect(changes(oracle, () => load(oracle, 512))).toMatchObject({
      "walk.refs.guest": 2,
      "walk.refs.host": 8,
    });
  });

  it("of the host: tables of the guest are neighbours, the page is far from them", () => {
    const oracle = engine({ nested: true, structures: EPWCS });
    // root 4, three tables 1 each by the PDE; the page shares the PML4E only: 3
    expect(changes(oracle, () => load(oracle, 0))).toMatchObject({
      "walk.refs.guest": 4,
      "walk.refs.host": 10,
      "epwc.rounds": 5,
      "epwc.pde.hits": 3,
      "epwc.pde.misses": 2,
      "epwc.pdpte.misses": 2,
      "epwc.pml4.hits": 1,
      "epwc.pml4.misses": 1,
    });
    expect(oracle.layers()["walk.host"]).toBe(10n * 1_000_000_000n + 5n * 5n);
  });

  it("the nested TLB ends the host's part", () => {
    const oracle = engine({ nested: true, structures: { ntlb: [1, 16] } });
    expect(changes(oracle, () => load(oracle, 0))).toMatchObject({
      "walk.refs.host": 20,
      "ntlb.misses": 5,
      "ntlb.lookups": 5,
    });
    const warm = changes(oracle, () => load(oracle, 0));
    expect(warm).toMatchObject({ "walk.refs.guest": 4, "ntlb.hits": 5 });
    expect(warm["walk.refs.host"]).toBeUndefined();
    expect(oracle.layers()["walk.host"]).toBe(20n * 1_000_000_000n + 10n * 7n);
    // with leaves of 2m the four tables are one page of it
    const large = engine({ nested: true, hostLeaf: 2, structures: { ntlb: [1, 16] } });
    expect(changes(large, () => load(large, 0))).toMatchObject({
      "walk.refs.host": 6,
      "ntlb.misses": 2,
      "ntlb.hits": 3,
    });
  });
});

describe("TLBs", () => {
  it("the second level is asked after the first, and costs", () => {
    const oracle = engine({ structures: { "tlb.l1.4k": [1, 1], "tlb.l2.4k": [1, 8] } });
    load(oracle, 1, 2, 1, 1);
    expect(oracle.counters()).toMatchObject({
      "tlb.l1.4k.hits": 1n,
      "tlb.l1.4k.misses": 3n,
      "tlb.l2.4k.hits": 1n,
      "tlb.l2.4k.misses": 2n,
      "tlb.l2.lookups": 3n,
      "walks.4k": 2n,
    });
    expect(oracle.layers()["mem.tlb"]).toBe(9n);
  });

  it("the size is the smaller of both leaves", () => {
    for (const [guestLeaf, hostLeaf, walks] of [
      [3, 2, "walks.2m"],
      [2, 3, "walks.2m"],
      [3, 1, "walks.4k"],
      [3, 3, "walks.1g"],
    ] as [LeafLevel, LeafLevel, string][]) {
      const oracle = engine({ nested: true, guestLeaf, hostLeaf });
      load(oracle, 7);
      expect(oracle.counters()[walks]).toBe(1n);
    }
  });

  it("sizes share a structure only where told, and are counted by size", () => {
    // page 0 is 4k by the table; the others are in leaves of 2m
    const mapping = [{ page: 0n, pages: 512, leaf: 1 as const, frame: 0, dimension: "guest" as const }];
    const apart = engine({
      mapping,
      guestFirstBlock: 512,
      guestLeaf: 2,
      structures: { "tlb.l1.4k": [1, 1], "tlb.l1.2m": [1, 1] },
    });
    load(apart, 0, 512, 0, 513);
    expect(apart.counters()).toMatchObject({ "tlb.l1.4k.hits": 1n, "tlb.l1.2m.hits": 1n });
    const shared = engine({
      mapping,
      guestFirstBlock: 512,
      guestLeaf: 2,
      l1Shared: "2m",
      structures: { "tlb.l1.4k": [1, 1], "tlb.l1.2m": [1, 1] },
    });
    load(shared, 0, 512, 0, 513, 514);
    expect(shared.counters()).toMatchObject({
      "tlb.l1.4k.hits": 0n,
      "tlb.l1.4k.misses": 2n,
      "tlb.l1.2m.hits": 1n,
      "tlb.l1.2m.misses": 2n,
    });
    // pages 1 of both sizes are different entries
    const same = engine({
      mapping,
      guestFirstBlock: 512,
      guestLeaf: 2,
      l1Shared: "2m",
      structures: { "tlb.l1.4k": [1, 2] },
    });
    load(same, 1, 512, 1, 512);
    expect(same.counters()).toMatchObject({
      "tlb.l1.4k.hits": 1n,
      "tlb.l1.4k.misses": 1n,
      "tlb.l1.2m.hits": 1n,
      "tlb.l1.2m.misses": 1n,
    });
  });
});

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
