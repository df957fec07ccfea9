/** Small engines for the tests of the oracle. */
import { STRUCTURES } from "../../../src/abi/memory.js";
import type { MemoryOracleConfig } from "./config.js";
import { MemoryOracle } from "./engine.js";

export type Geometry = Partial<Record<(typeof STRUCTURES)[number], [sets: number, ways: number]>>;
export type Settings = Partial<Omit<MemoryOracleConfig, "structures">> & { structures?: Geometry };

/** Everything 4 KiB, one dimension, no structure. Latencies are so far apart that sums can be read. */
export function config({ structures = {}, ...settings }: Settings = {}): MemoryOracleConfig {
  return {
    nested: false,
    guestLevels: 4,
    hostLevels: 4,
    guestLeaf: 1,
    hostLeaf: 1,
    placement: "contiguous",
    thpShare16: 0,
    seed: 0,
    frameBits: 9,
    l1Shared: "none",
    l2Shared: "none",
    tlbPolicy: "lru",
    cachePolicy: "lru",
    latency: {
      l1: 1n,
      l2: 1_000n,
      l3: 1_000_000n,
      dram: 1_000_000_000n,
      tlbL2: 3n,
      pwc: 5n,
      ntlb: 7n,
      eptViolation: 11n,
      instruction: 0n,
    },
    khugepaged: "never",
    khugepagedDelay: 0n,
    mapping: [],
    guestFirstBlock: 0,
    hostFirstBlock: 0,
    ...settings,
    structures: STRUCTURES.map((name) => ({
      sets: structures[name]?.[0] ?? 0,
      ways: structures[name]?.[1] ?? 0,
    })),
  };
}

export function engine(settings: Settings = {}): MemoryOracle {
  return new MemoryOracle(config(settings));
}

/** One byte of a page. */
export function load(oracle: MemoryOracle, ...pages: (number | bigint)[]): void {
  for (const page of pages) oracle.access(BigInt(page) << 12n, 1, 0, 0);
}

const REFERENCES = ["l1", "l2", "l3", "dram"];

/** The counters that an action changes, and by how much; references of all levels as one. */
export function changes(oracle: MemoryOracle, action: () => void): Record<string, number> {
  const before = oracle.counters();
  action();
  const out: Record<string, number> = {};
  for (const [name, value] of Object.entries(oracle.counters())) {
    const short =
      name.includes("refs.") && REFERENCES.includes(name.split(".").at(-1)!)
        ? name.slice(0, name.lastIndexOf("."))
        : name;
    const by = Number(value - before[name]!);
    if (by !== 0) out[short] = (out[short] ?? 0) + by;
  }
  return out;
}
