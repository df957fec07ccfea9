import { expect, test } from "vitest";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import { replayRows, single } from "../support/memory/memory-replay.js";
import { execute, pagesOf, twin, unlike } from "../support/memory/memory-twin.js";
import { Random } from "../support/random/rng.js";

const STRUCTURES = [
  "tlb.l1_4k_",
  "tlb.l1_2m_",
  "tlb.l1_1g_",
  "tlb.l2_4k_",
  "tlb.l2_2m_",
  "tlb.l2_1g_",
  ...["pwc", "epwc"].flatMap((p) => ["pde", "pdpte", "pml4", "pml5"].map((l) => `${p}.${l}_`)),
  "ntlb.",
];
const TIMES = [
  "cache.l1_latency",
  "cache.l2_latency",
  "cache.l3_latency",
  "mem.dram",
  "tlb.l2_latency",
  "pwc.latency",
  "ntlb.latency",
  "vm.ept_violation",
  "cpu.instruction",
];
const PATHS = [
  "native",
  "native+guest_leaf=2m",
  "native+guest_leaf=1g",
  "virt-ib",
  "virt-ib+host_leaf=4k",
  "virt-ib+guest_leaf=2m",
  "sr-iov+guest_leaf=1g+host_leaf=1g",
  "memlink",
  "memlink+guest_leaf=2m",
];

/** `--set` of a machine whose every value is another; small, so that sets are fought for. */
function randomMachine(random: Random): string[] {
  const tlb = random.pick(["lru", "lru", "plru", "random"] as const),
    cache = random.pick(["lru", "lru", "plru", "random"] as const);
  const ways = (policy: string): number => (policy === "plru" ? 2 ** random.int(0, 3) : random.int(1, 6));
  const geometry = STRUCTURES.flatMap((name) => {
    const w = ways(tlb);
    return [`${name}entries=${random.chance(0.2) ? 0 : w * random.int(1, 4)}`, `${name}ways=${w}`];
  });
  const caches = ["l1", "l2", "l3"].flatMap((level) => {
    const w = ways(cache);
    return [
      `cache.${level}_bytes=${level !== "l1" && random.chance(0.2) ? 0 : 64 * w * random.int(1, 40)}`,
      `cache.${level}_ways=${w}`,
    ];
  });
  return [
    ...geometry,
    ...caches,
    ...TIMES.map((t) => `${t}=${random.chance(0.1) ? 0 : random.int(1, 9000) / 100}`),
    `cpu.clock=${random.int(100, 400) / 100}`,
    `tlb.policy=${tlb}`,
    `cache.policy=${cache}`,
    `tlb.l1_shared=${random.pick(["none", "2m", "2m+1g"])}`,
    `tlb.l2_shared=${random.pick(["none", "2m", "2m+1g"])}`,
    `mem.guest_levels=${random.pick([4, 5])}`,
    `mem.host_levels=${random.pick([4, 5])}`,
  ];
}

/** Walks and jumps through three stretches, so far apart that each level of the page tables matters. */
function randomRows(random: Random): MemoryRow[] {
  const bases = [0n, 3n << 30n, 5n << 39n].map((b) => 0x1000_0000_0000n + b);
  return Array.from(
    { length: 1200 },
    (): MemoryRow => ({
      vaddr: random.pick(bases) + BigInt(random.int(0, random.pick([1 << 14, 1 << 20, 1 << 26]))),
      size: random.pick([1, 8, 64, 700]),
      kind: random.int(0, 2),
      gap: random.int(0, 7),
    }),
  );
}

test("any machine that --set describes is the oracle's, to the picosecond", () => {
  for (let seed = 1; seed <= 80; seed++) {
    const random = new Random(seed, 77),
      set = randomMachine(random),
      rows = randomRows(random),
      path = random.pick(PATHS),
      testbed = random.pick(["thesis-2014", "modern"] as const);
    const touched = [...pagesOf(rows)].sort((a, b) => (a < b ? -1 : 1)),
      links = path.startsWith("memlink"),
      replayed = single(replayRows(rows, [path], { testbed, set, link: links ? "all" : "none" }));
    const oracle = twin(path, { testbed, set, pages: touched.length });
    if (links) for (const page of touched) oracle.link(page, 1);
    execute(oracle, rows);
    expect(
      unlike(replayed, oracle).filter((d) => !d.startsWith("mem.tlb_flushes")),
      `seed ${seed}, ${path}: --set ${set.join(" ")}`,
    ).toEqual([]);
    expect(BigInt(replayed.makespan_ps)).toBe(oracle.clock());
  }
});
