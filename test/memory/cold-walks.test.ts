import { describe, expect, test } from "vitest";
import {
  BLOCK,
  type Choice,
  countersOf,
  GIB,
  loads,
  NO_WALK_CACHES,
  PAGE,
} from "../support/memory/memory-replay.js";

const A = 0x7f12_3456_7000n;
const REFERENCES = ["walks", "walk.refs.guest", "walk.refs.host", "mem.ept_violations"];
/** [walks, references to the guest's tables, to the host's, EPT violations] of one load. */
const cold = (path: string, set: readonly string[] = []): number[] => {
  const c = countersOf(loads(A), path, { set: [...NO_WALK_CACHES, ...set] });
  return REFERENCES.map((name) => c[name]!);
};
const LEVELS_5 = ["mem.guest_levels=5", "mem.host_levels=5"];

describe("a cold walk without walk caches and nested TLB (M8.2)", () => {
  test.each([
    ["4 levels", "native", [], 4],
    ["5 levels", "native", LEVELS_5, 5],
    ["2m", "native+guest_leaf=2m", [], 3],
    ["1g", "native+guest_leaf=1g", [], 2],
    ["2m of 5 levels", "native+guest_leaf=2m", LEVELS_5, 4],
  ])("on a host, %s", (_, path, set, references) => {
    expect(cold(path, set)).toEqual([1, references, 0, 0]);
  });

  // (g + 1)(h + 1) − 1 with g guest and h host levels: each of the g
  // tables and the page itself is found by h references first.
  // Violations: the page's leaf, and those of the g tables' gpa, each of its
  // own with 4k, all in one with larger leaves of the host.
  test.each([
    ["4 × 4", "virt-ib+host_leaf=4k", [], 24, 4, 5],
    ["5 × 5", "virt-ib+host_leaf=4k", LEVELS_5, 35, 5, 6],
    ["5 × 4", "virt-ib+host_leaf=4k", ["mem.guest_levels=5"], 29, 5, 6],
    ["4 × 5", "virt-ib+host_leaf=4k", ["mem.host_levels=5"], 29, 4, 5],
    ["2m in the host", "virt-ib", [], 19, 4, 2],
    ["2m in the guest", "virt-ib+host_leaf=4k+guest_leaf=2m", [], 19, 3, 4],
    ["2m in both", "virt-ib+guest_leaf=2m", [], 15, 3, 2],
    ["1g in both", "sr-iov+guest_leaf=1g+host_leaf=1g", [], 8, 2, 2],
  ])("in a guest, %s", (_, path, set, references, guest, violations) => {
    expect(cold(path, set)).toEqual([1, guest, references - guest, violations]);
  });

  test("violations are on a layer of their own, apart from the walk", () => {
    const c = countersOf(loads(A, A), "virt-ib", { set: NO_WALK_CACHES });
    expect([c["mem.ept_violations"], c.walks, c["tlb.l1.hits"]]).toEqual([2, 1, 1]);
  });
});

/** References that a load of B adds after one of A. */
function added(path: string, b: bigint, choice: Choice): { guest: number; host: number } {
  const [one, both] = [loads(A), loads(A, b)].map((rows) => countersOf(rows, path, choice));
  expect(both!.walks! - one!.walks!, "B must miss the TLBs").toBe(1);
  return {
    guest: both!["walk.refs.guest"]! - one!["walk.refs.guest"]!,
    host: both!["walk.refs.host"]! - one!["walk.refs.host"]!,
  };
}
const NEIGHBOURS = [
  ["PDE", A + PAGE],
  ["PDPTE", A + BLOCK],
  ["PML4E", A + GIB],
] as const;
const PML4_NEXT = A - 512n * GIB;

describe("with warm page-walk caches the level that hits decides", () => {
  test("on a host: a PDE leaves the page's entry, each level above one more", () => {
    expect(NEIGHBOURS.map(([, b]) => added("native", b, {}).guest)).toEqual([1, 2, 3]);
    expect(added("native", PML4_NEXT, {}).guest).toBe(4);
    expect(added("native+guest_leaf=2m", A + BLOCK, {}).guest).toBe(1);
    expect(added("native+guest_leaf=1g", A + GIB, {}).guest).toBe(1);
    const five = { set: [...LEVELS_5, "pwc.pml5_entries=2"] };
    expect([
      added("native", PML4_NEXT, five).guest,
      added("native", PML4_NEXT, { set: LEVELS_5 }).guest,
    ]).toEqual([4, 5]);
  });

  test(
    "in a guest with only its own caches: the first table's place is known, " +
      "those below and the page cost a walk of the host each",
    () => {
      // With l guest entries to read: l references, and (l − 1) tables + 1
      // page, each 4 host references (3 with leaves of 2m).
      const only = { set: NO_WALK_CACHES.filter((s) => !s.startsWith("pwc.")) };
      expect(NEIGHBOURS.map(([, b]) => added("virt-ib+host_leaf=4k", b, only))).toEqual([
        { guest: 1, host: 4 },
        { guest: 2, host: 8 },
        { guest: 3, host: 12 },
      ]);
      expect(NEIGHBOURS.map(([, b]) => added("virt-ib", b, only))).toEqual([
        { guest: 1, host: 3 },
        { guest: 2, host: 6 },
        { guest: 3, host: 9 },
      ]);
      // No hit: the root's place is looked up too.
      expect(added("virt-ib+host_leaf=4k", PML4_NEXT, only)).toEqual({ guest: 4, host: 20 });
    },
  );

  test("in a guest with all caches, host leaves of 4k", () => {
    const all = (b: bigint): { guest: number; host: number } => added("virt-ib+host_leaf=4k", b, {});
    // The next page: its gpa is in the block of A's (placed one after the other),
    // whose host table the host's PDE cache knows: 1 reference.
    expect(all(A + PAGE)).toEqual({ guest: 1, host: 1 });
    // The next 2 MiB: its new guest table lies beside the others (PDE hit: 1);
    // its own gpa is in a new block of the same GiB (PDPTE hit: 2).
    expect(all(A + BLOCK)).toEqual({ guest: 2, host: 3 });
    // The next GiB: two new tables (1 each) and the page (2).
    expect(all(A + GIB)).toEqual({ guest: 3, host: 4 });
    // Another 512 GiB: the root's place is in the nested TLB (0), three new tables (1 each), the page (2).
    expect(all(PML4_NEXT)).toEqual({ guest: 4, host: 5 });
  });

  test("in a guest with all caches, host leaves of 2m", () => {
    const all = (b: bigint): { guest: number; host: number } => added("virt-ib", b, {});
    // All tables are in one page of 2 MiB that the nested TLB holds, and so is the next page's gpa.
    expect(all(A + PAGE)).toEqual({ guest: 1, host: 0 });
    // A new block: nested TLB miss, PDPTE hit, and its leaf is read: 1 reference.
    expect(all(A + BLOCK)).toEqual({ guest: 2, host: 1 });
    expect(all(A + GIB)).toEqual({ guest: 3, host: 1 });
    expect(all(PML4_NEXT)).toEqual({ guest: 4, host: 1 });
  });

  test("a nested TLB alone saves whole walks of the host", () => {
    // Cold, 4 × 4: five pages of gpa, none known. Cold with host leaves of
    // 2m: the tables' page once (3), then the data page (3).
    const nested = { set: NO_WALK_CACHES.filter((s) => !s.startsWith("ntlb")) };
    expect(countersOf(loads(A), "virt-ib+host_leaf=4k", nested)).toMatchObject({
      "walk.refs.guest": 4,
      "walk.refs.host": 20,
      "ntlb.hits": 0,
      "ntlb.misses": 5,
    });
    expect(countersOf(loads(A), "virt-ib", nested)).toMatchObject({
      "walk.refs.guest": 4,
      "walk.refs.host": 6,
      "ntlb.hits": 3,
      "ntlb.misses": 2,
    });
  });
});
