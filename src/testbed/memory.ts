import { GEOMETRY_WORDS, POLICIES, STRUCTURES } from "../abi/memory.js";
import { shown, UserError } from "../errors.js";
import { coefficient, integer, picoseconds, wholePs } from "./convert.js";
import type { Testbed } from "./document.js";

export const LINE_BYTES = 64n;
/** Structures by the names of their values: entries and ways, or bytes and ways. */
const VALUE_NAMES: Record<(typeof STRUCTURES)[number], string> = {
  "tlb.l1.4k": "tlb.l1_4k",
  "tlb.l1.2m": "tlb.l1_2m",
  "tlb.l1.1g": "tlb.l1_1g",
  "tlb.l2.4k": "tlb.l2_4k",
  "tlb.l2.2m": "tlb.l2_2m",
  "tlb.l2.1g": "tlb.l2_1g",
  "pwc.pde": "pwc.pde",
  "pwc.pdpte": "pwc.pdpte",
  "pwc.pml4": "pwc.pml4",
  "pwc.pml5": "pwc.pml5",
  "epwc.pde": "epwc.pde",
  "epwc.pdpte": "epwc.pdpte",
  "epwc.pml4": "epwc.pml4",
  "epwc.pml5": "epwc.pml5",
  ntlb: "ntlb.",
  "cache.l1": "cache.l1",
  "cache.l2": "cache.l2",
  "cache.l3": "cache.l3",
};
/** The values that size each of STRUCTURES: entries and ways, or bytes and ways. */
export const STRUCTURE_VALUES = STRUCTURES.map((name) => {
  const value = VALUE_NAMES[name],
    cache = name.startsWith("cache."),
    of = (what: string): string => (value.endsWith(".") ? `${value}${what}` : `${value}_${what}`);
  return { name, cache, size: of(cache ? "bytes" : "entries"), ways: of("ways") };
});
/** Which page sizes share one TLB of a level. */
export const SHARED = ["none", "2m", "2m+1g"];
/** Bits of a set's tree in a u64. */
export const MOST_PLRU_WAYS = 64;
/** What a 32-bit core can hold beside everything else. */
const MOST_ENTRIES = 1n << 26n;

/** The memory hierarchy of a testbed, as the core's blocks hold it. */
export interface MemoryMachine {
  /** GEOMETRY_WORDS of each of STRUCTURES. */
  readonly geometry: Uint32Array;
  readonly guestLevels: bigint;
  readonly hostLevels: bigint;
  /** ps */
  readonly latency: {
    l1: bigint;
    l2: bigint;
    l3: bigint;
    dram: bigint;
    tlbL2: bigint;
    pwc: bigint;
    ntlb: bigint;
    eptViolation: bigint;
    khugepaged: bigint;
  };
  /** ps × 65536 an instruction */
  readonly instruction: bigint;
}

function named(testbed: Testbed, name: string, legal: readonly string[]): number {
  const value = testbed.values[name]?.value;
  const i = legal.indexOf(String(value));
  if (i < 0)
    throw new UserError(
      `testbed ${testbed.name}: ${name} is ` + `${shown(value)}; ` + `expected one of ${legal.join(", ")}`,
    );
  return i;
}
/** 4 or 5 (M1.3). */
function levels(testbed: Testbed, name: string): bigint {
  const n = integer(testbed, name, 4);
  if (n > 5n) throw new UserError(`testbed ${testbed.name}: ${name} is ${n}; page tables have 4 or 5 levels`);
  return n;
}

/** Reads and checks what the memory engine needs of a testbed (M2.1, M2.3, M2.4, M2.10). */
export function memoryMachine(testbed: Testbed): MemoryMachine {
  const geometry = new Uint32Array(STRUCTURES.length * GEOMETRY_WORDS.length);
  const policy = {
    tlb: named(testbed, "tlb.policy", POLICIES),
    cache: named(testbed, "cache.policy", POLICIES),
  };
  const shared = { l1: named(testbed, "tlb.l1_shared", SHARED), l2: named(testbed, "tlb.l2_shared", SHARED) };
  STRUCTURE_VALUES.forEach(({ name, cache, size: sizeName, ways: waysName }, i) => {
    const size = integer(testbed, sizeName, 0),
      ways = integer(testbed, waysName, 0);
    const fail = (why: string): never => {
      throw new UserError(`testbed ${testbed.name}: ${sizeName} is ${size} with ${waysName} ${ways}: ${why}`);
    };
    if (cache && size % LINE_BYTES !== 0n) fail("a cache holds whole lines of 64 bytes");
    const entries = cache ? size / LINE_BYTES : size;
    if (name === "cache.l1" && entries === 0n) fail("an L1 data cache is needed");
    if (entries > MOST_ENTRIES) fail(`at most ${MOST_ENTRIES} entries can be modelled`);
    if (entries > 0n && ways === 0n)
      fail("a structure needs at least one way; write 0 entries to leave it out");
    if (entries > 0n && entries % ways !== 0n)
      fail(`${entries} entries do not divide into sets of ${ways} ways`);
    const rule = cache ? policy.cache : policy.tlb;
    if (entries > 0n && POLICIES[rule] === "plru" && (ways > MOST_PLRU_WAYS || (ways & (ways - 1n)) !== 0n))
      fail(
        "tree PLRU needs a power of two of ways, " +
          `at most ${MOST_PLRU_WAYS}; choose another policy or geometry`,
      );
    const level = i < 3 ? shared.l1 : i < 6 ? shared.l2 : 0,
      isShared = i < 6 && i % 3 > 0 && level >= i % 3;
    geometry.set(
      [entries === 0n ? 0 : Number(entries / ways), Number(ways), rule, isShared ? i - (i % 3) + 1 : 0],
      i * GEOMETRY_WORDS.length,
    );
  });
  const t = (name: string): bigint => wholePs(testbed, name);
  return {
    geometry,
    guestLevels: levels(testbed, "mem.guest_levels"),
    hostLevels: levels(testbed, "mem.host_levels"),
    latency: {
      l1: t("cache.l1_latency"),
      l2: t("cache.l2_latency"),
      l3: t("cache.l3_latency"),
      dram: t("mem.dram"),
      tlbL2: t("tlb.l2_latency"),
      pwc: t("pwc.latency"),
      ntlb: t("ntlb.latency"),
      eptViolation: t("vm.ept_violation"),
      khugepaged: BigInt(Math.floor(picoseconds(testbed, "mem.khugepaged_delay"))),
    },
    instruction: coefficient(testbed, "cpu.instruction", "time"),
  };
}
