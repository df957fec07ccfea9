import { describe, expect, it } from "vitest";
import type { LeafLevel } from "../config.js";
import { changes, engine, load } from "../fixtures.js";

const every = (n: number, step = 1): number[] => Array.from({ length: n }, (_, i) => i * step);

describe("linking", () => {
  it("splits a block of 2m: its 512 pages fault one by one again", () => {
    const oracle = engine({ nested: true, hostLeaf: 2 });
    // the page's block and the tables' block
    expect(changes(oracle, () => load(oracle, ...every(512)))["mem.ept_violations"]).toBe(2);
    expect(changes(oracle, () => oracle.link(7n, 1))).toEqual({
      "mem.pages_linked": 1,
      "mem.blocks_split": 1,
      "mem.tlb_flushes": 1,
    });
    const again = changes(oracle, () => load(oracle, ...every(512)));
    expect(again["mem.ept_violations"]).toBe(512);
    // the data block's leaves are at level 1 now, the tables' are not: 4 × (3 + 1) + 4 for each page
    expect([again["walk.refs.guest"], again["walk.refs.host"], again["walks.4k"]]).toEqual([
      4 * 512,
      (4 * 3 + 4) * 512,
      512,
    ]);
    expect(changes(oracle, () => load(oracle, ...every(512)))["mem.ept_violations"]).toBeUndefined();
    expect(oracle.layers()["vm.ept-fault"]).toBe(514n * 11n);
  });

  it("splits a GiB into 2m, and one of those into 4k", () => {
    const oracle = engine({ nested: true, hostLeaf: 3, guestLeaf: 3 });
    const blocks = every(512, 512);
    expect(changes(oracle, () => load(oracle, ...blocks))["mem.ept_violations"]).toBe(2);
    expect(changes(oracle, () => oracle.link(3n, 1))["mem.blocks_split"]).toBe(1);
    expect(changes(oracle, () => load(oracle, ...blocks))).toMatchObject({
      "mem.ept_violations": 512,
      "walks.4k": 1,
      "walks.2m": 511,
    });
    expect(changes(oracle, () => load(oracle, ...every(512)))["mem.ept_violations"]).toBe(511);
    // another block of the same GiB is split by itself
    expect(changes(oracle, () => oracle.link(512n, 2))["mem.blocks_split"]).toBe(1);
    expect(changes(oracle, () => load(oracle, 0, 512, 513, 1024))["mem.ept_violations"]).toBe(2);
  });

  it("counts the split of a block that was never needed, and none where leaves are 4k", () => {
    const never = engine({ nested: true, hostLeaf: 2 });
    expect(changes(never, () => never.link(0n, 1024))).toEqual({
      "mem.pages_linked": 1024,
      "mem.blocks_split": 2,
      "mem.tlb_flushes": 1,
    });
    const small = engine({ nested: true });
    load(small, 0, 1);
    expect(changes(small, () => small.link(0n, 1))).toEqual({ "mem.pages_linked": 1, "mem.tlb_flushes": 1 });
    expect(changes(small, () => load(small, 0, 1))["mem.ept_violations"]).toBe(1);
  });

  it("a page linked as present does not fault, its neighbours do", () => {
    const oracle = engine({ nested: true, hostLeaf: 2 });
    load(oracle, 0);
    oracle.link(0n, 1, true);
    expect(changes(oracle, () => load(oracle, 0))["mem.ept_violations"]).toBeUndefined();
    expect(changes(oracle, () => load(oracle, 1))["mem.ept_violations"]).toBe(1);
  });

  it("links count: the last unlink gives the place back", () => {
    const oracle = engine({ nested: true, hostLeaf: 2 });
    load(oracle, 5);
    oracle.link(5n, 1);
    oracle.link(5n, 1);
    load(oracle, 5);
    expect(changes(oracle, () => oracle.unlink(5n, 1))).toEqual({
      "mem.pages_unlinked": 1,
      "mem.tlb_flushes": 1,
    });
    expect(changes(oracle, () => load(oracle, 5))["mem.ept_violations"]).toBeUndefined();
    oracle.unlink(5n, 1);
    expect(changes(oracle, () => load(oracle, 5))["mem.ept_violations"]).toBe(1);
    expect(() => oracle.unlink(5n, 1)).toThrow();
    expect(() => engine().link(0n, 1)).toThrow();
  });

  it("moves the data: linked lines are new, unlinked ones the old", () => {
    const oracle = engine({ nested: true, hostLeaf: 2, structures: { "cache.l3": [1, 1000] } });
    const dram = (): number => Number(oracle.counters()["mem.refs.dram"]!);
    load(oracle, 5, 5);
    expect(dram()).toBe(1);
    oracle.link(5n, 1);
    load(oracle, 5, 5);
    expect(dram()).toBe(2);
    oracle.unlink(5n, 1);
    load(oracle, 5);
    expect(dram()).toBe(2);
    // a second link gets the next frame of its area
    oracle.link(5n, 1);
    load(oracle, 5);
    expect(dram()).toBe(3);
  });

  it("flushes all but the data caches", () => {
    const oracle = engine({
      nested: true,
      structures: {
        "tlb.l1.4k": [1, 8],
        "tlb.l2.4k": [1, 8],
        "pwc.pde": [1, 8],
        "epwc.pde": [1, 8],
        ntlb: [1, 8],
        "cache.l1": [1, 100],
      },
    });
    load(oracle, 0);
    oracle.link(9n, 1);
    expect(changes(oracle, () => load(oracle, 0))).toMatchObject({
      "tlb.l1.4k.misses": 1,
      "tlb.l2.4k.misses": 1,
      "pwc.pde.misses": 1,
      "epwc.pde.misses": 2,
      "ntlb.misses": 5,
    });
    expect(oracle.counters()["mem.refs.l1"]).toBe(1n);
  });
});

describe("collapsing", () => {
  const delayed = { nested: true, khugepaged: "delay", khugepagedDelay: 1_000n } as const;

  it.each([2, 3] as LeafLevel[])(
    "a block of leaf %i without links becomes a 2m leaf when its time has come",
    (hostLeaf) => {
      const oracle = engine({ ...delayed, hostLeaf });
      oracle.link(0n, 2);
      oracle.unlink(0n, 1);
      oracle.beginRun(5_000n);
      expect(oracle.counters()["mem.blocks_collapsed"]).toBe(0n);
      oracle.unlink(1n, 1);
      expect(changes(oracle, () => oracle.beginRun(5_999n))).toEqual({});
      expect(changes(oracle, () => oracle.beginRun(6_000n))).toEqual({
        "mem.blocks_collapsed": 1,
        "mem.tlb_flushes": 1,
      });
      load(oracle, 0);
      expect(changes(oracle, () => load(oracle, 1))["walk.refs.host"]).toBe(4 * (5 - hostLeaf) + 3);
      // one leaf again: one violation for all, and a link splits it anew
      expect(changes(oracle, () => load(oracle, ...every(512)))["mem.ept_violations"]).toBeUndefined();
      expect(changes(oracle, () => oracle.link(0n, 1))["mem.blocks_split"]).toBe(1);
      expect(changes(oracle, () => load(oracle, ...every(512)))["mem.ept_violations"]).toBe(512);
    },
  );

  it("the block is a new one", () => {
    const oracle = engine({ ...delayed, hostLeaf: 2, structures: { "cache.l3": [1, 1000] } });
    load(oracle, 3);
    oracle.link(0n, 1);
    oracle.unlink(0n, 1);
    expect(changes(oracle, () => load(oracle, 3))).toMatchObject({ "mem.refs": 1 });
    expect(oracle.counters()["mem.refs.dram"]).toBe(1n);
    oracle.beginRun(oracle.clock() + 1_000n);
    load(oracle, 3);
    expect(oracle.counters()["mem.refs.dram"]).toBe(2n);
  });

  it("a link takes a due block off the list", () => {
    const oracle = engine({ ...delayed, hostLeaf: 2 });
    oracle.link(0n, 1);
    oracle.unlink(0n, 1);
    oracle.link(1n, 1);
    expect(changes(oracle, () => oracle.beginRun(10_000n))).toEqual({});
    oracle.unlink(1n, 1);
    expect(changes(oracle, () => oracle.beginRun(10_999n))).toEqual({});
    expect(changes(oracle, () => oracle.beginRun(11_000n))["mem.blocks_collapsed"]).toBe(1);
  });

  it("two blocks and one flush; none of 4k leaves; none if never", () => {
    const act = (hostLeaf: LeafLevel, khugepaged: "never" | "delay"): Record<string, number> => {
      const oracle = engine({ ...delayed, hostLeaf, khugepaged });
      oracle.link(500n, 100);
      oracle.unlink(500n, 100);
      return changes(oracle, () => oracle.beginRun(1_000_000n));
    };
    expect(act(2, "delay")).toEqual({ "mem.blocks_collapsed": 2, "mem.tlb_flushes": 1 });
    expect(act(1, "delay")).toEqual({});
    expect(act(2, "never")).toEqual({});
  });

  it("time is the engine's own clock where nobody tells a later one", () => {
    const oracle = engine({ ...delayed, hostLeaf: 2 });
    oracle.link(0n, 1);
    oracle.unlink(0n, 1);
    load(oracle, 4096);
    expect(oracle.clock()).toBeGreaterThan(1_000n);
    expect(changes(oracle, () => oracle.beginRun())["mem.blocks_collapsed"]).toBe(1);
  });
});
