import { MEMORY_COUNTERS, STRUCTURES } from "../../../src/abi/memory.js";
import { loadPath, loadTestbed, type ReplayResult } from "../../../src/index.js";
import type { MemoryRow } from "../../../src/trace/memory/memory-rows.js";
import type { LeafLevel, MemoryOracleConfig, PolicyName, SharedSizes } from "../../oracle/memory/config.js";
import { MemoryOracle } from "../../oracle/memory/engine.js";
import { type MappingRow, renumber } from "../../oracle/memory/renumber.js";
import { frameBits } from "../../oracle/memory/spaces.js";

export interface TwinChoice {
  testbed?: string;
  set?: readonly string[];
  placement?: { kind: MemoryOracleConfig["placement"]; share?: number; seed?: number };
  mapping?: readonly MappingRow[];
  /** Whether instructions take time. */
  think?: boolean;
  /** Distinct pages touched or linked. */
  pages: number;
}

const PS: Record<string, number> = { ps: 1, ns: 1e3, us: 1e6, ms: 1e9 };
const LEAF: Record<string, LeafLevel> = { "4k": 1, "2m": 2, "1g": 3 };

/**
 * The oracle of what a replay on a path and testbed computes, told in its own
 * words: nothing of src/replay or src/testbed/memory.ts is used.
 */
export function twin(label: string, choice: TwinChoice): MemoryOracle {
  const { values } = loadTestbed(choice.testbed ?? "thesis-2014", choice.set ?? []),
    m = loadPath(label).mechanisms;
  const n = (name: string): number => values[name]!.value as number,
    word = (name: string): string => values[name]!.value as string;
  const time = (name: string): number =>
    n(name) * (values[name]!.unit === "cycles" ? 1e3 / n("cpu.clock") : PS[values[name]!.unit]!);
  const ps = (name: string): bigint => BigInt(Math.floor(time(name)));
  const structures = STRUCTURES.map((name) => {
    const cache = name.startsWith("cache"),
      value = name === "ntlb" ? "ntlb." : `${name.replace(/^(tlb\.l\d)\./, "$1_")}_`;
    const entries = cache ? n(`${value}bytes`) / 64 : n(`${value}entries`),
      ways = n(`${value}ways`);
    return entries === 0 ? { sets: 0, ways: 0 } : { sets: entries / ways, ways };
  });
  const { kind, share = 0, seed = 1 } = choice.placement ?? { kind: "contiguous" as const };
  return new MemoryOracle({
    nested: m.machine === "guest",
    guestLevels: n("mem.guest_levels"),
    hostLevels: n("mem.host_levels"),
    guestLeaf: LEAF[m.guest_leaf]!,
    hostLeaf: LEAF[m.host_leaf]!,
    placement: kind,
    thpShare16: Math.round(share * 65536),
    seed,
    frameBits: frameBits(choice.pages),
    structures,
    l1Shared: word("tlb.l1_shared") as SharedSizes,
    l2Shared: word("tlb.l2_shared") as SharedSizes,
    tlbPolicy: word("tlb.policy") as PolicyName,
    cachePolicy: word("cache.policy") as PolicyName,
    latency: {
      l1: ps("cache.l1_latency"),
      l2: ps("cache.l2_latency"),
      l3: ps("cache.l3_latency"),
      dram: ps("mem.dram"),
      tlbL2: ps("tlb.l2_latency"),
      pwc: ps("pwc.latency"),
      ntlb: ps("ntlb.latency"),
      eptViolation: ps("vm.ept_violation"),
      instruction: choice.think === false ? 0n : BigInt(Math.round(65536 * time("cpu.instruction"))),
    },
    khugepaged: m.khugepaged as "never" | "delay",
    khugepagedDelay: ps("mem.khugepaged_delay"),
    ...(choice.mapping ? renumber(choice.mapping) : { mapping: [], guestFirstBlock: 0, hostFirstBlock: 0 }),
  });
}

export function execute(oracle: MemoryOracle, rows: readonly MemoryRow[], now?: bigint): void {
  if (rows.length > 0) oracle.beginRun(now);
  for (const { vaddr, size, kind, gap } of rows) oracle.access(vaddr, size, kind, gap ?? 0);
}

/** Pages of 4 KiB that rows touch. */
export function pagesOf(rows: readonly MemoryRow[]): Set<bigint> {
  const out = new Set<bigint>();
  for (const { vaddr, size, kind } of rows)
    for (let p = vaddr >> 12n; kind !== 3 && p <= (vaddr + BigInt(size) - 1n) >> 12n; p++) out.add(p);
  return out;
}

/**
 * Counters and layers in which a replay and its twin differ. `alone`:
 * layers that the same replay has without accesses.
 */
export function unlike(
  replay: ReplayResult,
  oracle: MemoryOracle,
  alone: ReplayResult["layers"] = {},
): string[] {
  const counters = oracle.counters(),
    layers = oracle.layers();
  const names = [...new Set([...Object.keys(replay.layers), ...Object.keys(layers)])];
  return [
    ...MEMORY_COUNTERS.filter((c) => BigInt(replay.counters[c] ?? -1) !== counters[c]).map(
      (c) => `${c}: ${replay.counters[c]}, twin ${counters[c]}`,
    ),
    ...names
      .filter((l) => BigInt(replay.layers[l] ?? 0) !== (layers[l] ?? 0n) + BigInt(alone[l] ?? 0))
      .map((l) => `${l}: ${replay.layers[l]}, twin ${layers[l]} and ${alone[l] ?? 0} without accesses`),
  ];
}
