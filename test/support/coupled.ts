import {
  bytesSource,
  loadPath,
  loadTestbed,
  type MemoryReplayOptions,
  openSource,
  type ReplayOptions,
  type Result,
  replay,
} from "../../src/index.js";
import type { MemoryColumn, MemoryRow } from "../../src/trace/memory/memory-rows.js";
import type { MemoryTrace } from "../../src/trace/read.js";
import type { MemoryMetadata, VerbsMetadata } from "../../src/trace/table/metadata.js";
import { memoryTraceOf } from "./memory/memory.js";
import { Random } from "./random/rng.js";
import { encodeRows, type Row } from "./script.js";

export const REGION_AT = 0x7f00_0010_0000n,
  REGION_PAGES = 40;

/** A program that registers a region between other control calls, one after the other. */
export function controls(more: Partial<Row> = {}): Row[] {
  const region = { lkey: 7, addr: REGION_AT, size: BigInt(REGION_PAGES) * 4096n - 100n };
  const rows: Row[] = [
    { verb: "open_device" },
    { verb: "alloc_pd" },
    { verb: "reg_mr", ...region },
    { verb: "alloc_pd" },
    { verb: "dealloc_pd" },
    { verb: "dereg_mr", lkey: 7, size: region.size },
    { verb: "alloc_pd" },
    { verb: "dealloc_pd" },
    { verb: "close_device" },
  ];
  return rows.map((r) => ({ ...r, ...more }));
}
/**
 * Accesses to the region of `controls`, to its neighbours in the same and
 * in the next 2 MiB, here and there over the end of a page.
 */
export function around(n: number, seed = 1, more: Partial<MemoryRow> = {}): MemoryRow[] {
  const random = new Random(seed),
    block = REGION_AT & ~0x1fffffn;
  return Array.from({ length: n }, () => ({
    vaddr: block + BigInt(random.int(0, random.pick([1 << 21, 1 << 22, 1 << 18])) + random.int(0, 4095)),
    size: random.pick([1, 8, 64, 300]),
    kind: random.int(0, 2),
    gap: random.int(0, 20),
    ...more,
  }));
}

export interface Together {
  verbs: readonly Row[];
  accesses: readonly MemoryRow[];
  path: string;
  testbed?: string;
  set?: readonly string[];
  options?: ReplayOptions;
  memoryOptions?: MemoryReplayOptions;
  verbsMetadata?: Partial<VerbsMetadata>;
  memoryMetadata?: Partial<MemoryMetadata>;
  columns?: readonly MemoryColumn[];
  batches?: readonly [verbs: number, accesses: number];
}

const memoryOf = ({ accesses, memoryMetadata, columns, batches }: Together): MemoryTrace =>
  memoryTraceOf(accesses, memoryMetadata, {
    ...(columns ? { columns } : {}),
    ...(batches ? { batchRows: batches[1] } : {}),
  });
const run = (t: Together, options: ReplayOptions): Result =>
  replay(
    openSource(bytesSource("verbs.arrow", encodeRows(t.verbs, t.verbsMetadata, t.batches?.[0]))),
    [loadPath(t.path)],
    loadTestbed(t.testbed ?? "thesis-2014", t.set ?? []),
    { ...t.options, ...options },
  );

/** Both traces at once. */
export const together = (t: Together): Result =>
  run(t, { memory: memoryOf(t), ...(t.memoryOptions ? { memoryOptions: t.memoryOptions } : {}) });
/** The verbs trace by itself, without think time. */
export const alone = (t: Together): Result => run(t, { think: "none" });
