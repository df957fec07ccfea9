import { describe, expect, it } from "vitest";
import type { LeafLevel } from "../config.js";
import { changes, engine, type Geometry, load } from "../fixtures.js";

const PWCS: Geometry = { "pwc.pde": [1, 64], "pwc.pdpte": [1, 64], "pwc.pml4": [1, 64], "pwc.pml5": [1, 64] };
const EPWCS: Geometry = {
  "epwc.pde": [1, 64],
  "epwc.pdpte": [1, 64],
  "epwc.pml4": [1, 64],
  "epwc.pml5": [1, 64],
};

describe("cold walks without structures (M8.2)", () => {
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
