/** What a memory engine is told at the start (docs/memory-model.md). */

/** 1: 4 KiB, 2: 2 MiB, 3: 1 GiB. */
export type LeafLevel = 1 | 2 | 3;
export type PolicyName = "lru" | "plru" | "random";
export type SharedSizes = "none" | "2m" | "2m+1g";

/**
 * Consecutive pages on consecutive frames; frames (and pages of
 * the host dimension) as M7.4 renumbers them.
 */
export interface MappedRange {
  page: bigint;
  pages: number;
  leaf: LeafLevel;
  frame: number;
  dimension: "guest" | "host";
}

/** Whole picoseconds, but `instruction`: ps × 65536 (M6.1, M6.2). */
export interface Latencies {
  l1: bigint;
  l2: bigint;
  l3: bigint;
  dram: bigint;
  tlbL2: bigint;
  pwc: bigint;
  ntlb: bigint;
  eptViolation: bigint;
  instruction: bigint;
}

export interface MemoryOracleConfig {
  /** Two dimensions. */
  nested: boolean;
  guestLevels: number;
  hostLevels: number;
  guestLeaf: LeafLevel;
  hostLeaf: LeafLevel;
  placement: "contiguous" | "fragmented" | "thp";
  thpShare16: number;
  seed: number;
  /** R (M3.11). */
  frameBits: number;
  /** The 18 structures of M2.8; 0 sets: absent (M2.3). */
  structures: { sets: number; ways: number }[];
  l1Shared: SharedSizes;
  l2Shared: SharedSizes;
  tlbPolicy: PolicyName;
  cachePolicy: PolicyName;
  latency: Latencies;
  khugepaged: "never" | "delay";
  khugepagedDelay: bigint;
  mapping: MappedRange[];
  guestFirstBlock: number;
  hostFirstBlock: number;
}

/** Pages of 4 KiB in a leaf. */
export function pagesOf(leaf: LeafLevel): number {
  return 512 ** (leaf - 1);
}

/** The number of the page (or table entry) of `level` that holds 4 KiB page `page` (M1.3, M2.9). */
export function atLevel(page: bigint, level: number): bigint {
  return page >> BigInt(9 * (level - 1));
}
