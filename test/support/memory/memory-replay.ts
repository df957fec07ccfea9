import { fileURLToPath } from "node:url";
import { packageUrl } from "../../../src/files.js";
import {
  loadPath,
  loadTestbed,
  type MemoryReplayOptions,
  type MemoryTrace,
  openMemoryTrace,
  type ReplayResult,
  type Result,
  replayMemory,
} from "../../../src/index.js";
import type { MemoryRow } from "../../../src/trace/memory/memory-rows.js";
import { memoryTraceOf } from "./memory.js";

/** The memory recordings that come with the package. */
export const MEMORY_CAPTURES = ["hpcc-randomaccess", "sort"] as const;
export const memoryCapture = (name: (typeof MEMORY_CAPTURES)[number]): MemoryTrace =>
  openMemoryTrace(fileURLToPath(packageUrl(`traces/${name}.arrow`)));

/** What takes all page-walk caches and the nested TLB away. */
export const NO_WALK_CACHES = [
  ...["pwc", "epwc"].flatMap((p) => ["pde", "pdpte", "pml4", "pml5"].map((l) => `${p}.${l}_entries=0`)),
  "ntlb.entries=0",
];

export interface Choice extends MemoryReplayOptions {
  testbed?: string;
  set?: readonly string[];
}

export function replayTrace(
  trace: MemoryTrace,
  paths: readonly string[],
  { testbed = "thesis-2014", set = [], ...options }: Choice = {},
): Result {
  return replayMemory(trace, paths.map(loadPath), loadTestbed(testbed, set), options);
}
export const replayRows = (
  rows: readonly MemoryRow[],
  paths: readonly string[],
  choice: Choice = {},
): Result => replayTrace(memoryTraceOf(rows), paths, choice);

/** The only replay of a result, its counters as numbers. */
export function single(result: Result): ReplayResult & { counters: Record<string, number> } {
  return result.replays[0] as ReplayResult & { counters: Record<string, number> };
}
/** Counters after these rows on one path. */
export const countersOf = (
  rows: readonly MemoryRow[],
  path: string,
  choice: Choice = {},
): Record<string, number> => single(replayRows(rows, [path], choice)).counters;

export const PAGE = 4096n,
  BLOCK = 1n << 21n,
  GIB = 1n << 30n;
/** Loads of 8 bytes without instructions between them. */
export const loads = (...addresses: readonly bigint[]): MemoryRow[] =>
  addresses.map((vaddr) => ({ vaddr, size: 8, kind: 0, gap: 0 }));
/** n loads of consecutive pages. */
export const pages = (from: bigint, n: number): MemoryRow[] =>
  loads(...Array.from({ length: n }, (_, i) => from + BigInt(i) * PAGE));
