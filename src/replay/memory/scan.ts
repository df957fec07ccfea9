import type { Core } from "../../core/instance.js";
import { UserError } from "../../errors.js";
import type { MemoryTrace } from "../../trace/read.js";
import { ColumnFeed } from "./feed.js";

/** Parts of the trace for which the working set is counted (assembly/mem/scan.ts). */
export const WINDOWS = 64;
const SCAN_WORDS = 10;
/**
 * u32 words of a page: page + 1, low and high; accesses, low; accesses, high 16 bits, with the stored bit.
 */
const ENTRY_WORDS = 4,
  COUNT_HIGH = 0xffff,
  STORED = 1 << 23;

/** What a memory trace touches, independent of any path. */
export interface MemoryScan {
  readonly loads: number;
  readonly stores: number;
  readonly modifies: number;
  readonly fetches: number;
  /** Bytes of all accesses. */
  readonly bytes: bigint;
  /** True when an address has more than 48 bits: its page tables need 5 levels. */
  readonly wide: boolean;
  /**
   * Touched 4 KiB pages, ascending (vaddr / 4096, unsigned), their accesses, and whether any of them stores.
   */
  readonly pages: Float64Array;
  readonly accesses: Float64Array;
  readonly stored: Uint8Array;
  /** Per part of the trace: distinct pages, and pages that were not touched before. */
  readonly windows: readonly { pages: number; fresh: number }[];
}

/** Reads the whole trace once, in a core of its own, and refuses rows that cannot be executed. */
export function scanMemory(core: Core, trace: MemoryTrace, onRows?: (rows: number) => void): MemoryScan {
  const x = core.exports;
  const feed = new ColumnFeed(core, trace, { threads: false });
  x.mem_scan_init();
  for (const batch of trace.batches) {
    feed.load(batch);
    const words = (n: number): [number, number] => [n >>> 0, Math.floor(n / 2 ** 32)];
    if (!x.mem_scan(...words(batch.firstRow), batch.rows, ...words(trace.rows))) throw badRow(core, trace);
    onRows?.(batch.firstRow + batch.rows);
  }
  // Sorting the pages may grow the core's memory, which takes views of it away: copies.
  const s = core.u64(x.mem_scan_ptr(), SCAN_WORDS).slice(),
    w = core.u64(x.mem_windows_ptr(), 2 * WINDOWS).slice();
  return {
    loads: Number(s[0]),
    stores: Number(s[1]),
    modifies: Number(s[2]),
    fetches: Number(s[3]),
    bytes: s[4]!,
    wide: s[8]! >> 47n !== 0n,
    ...readPages(core, Number(s[9])),
    windows: Array.from({ length: WINDOWS }, (_, i) => ({
      pages: Number(w[2 * i]),
      fresh: Number(w[2 * i + 1]),
    })),
  };
}

function badRow(core: Core, trace: MemoryTrace): UserError {
  const s = core.u64(core.exports.mem_scan_ptr(), SCAN_WORDS),
    hex = `0x${s[7]!.toString(16)}`;
  const at = `${trace.path}: row ${s[5]! - 1n}: column`;
  switch (Number(s[6])) {
    case 1:
      return new UserError(`${at} size is 0: an access has at least one byte; drop the row or correct it`);
    case 2:
      return new UserError(`${at} vaddr is ${hex}: the access wraps the address space; correct its size`);
    case 3:
      return new UserError(
        `${at} vaddr is ${hex}: not a canonical address, ` +
          "since the bits above bit 56 differ; correct the recording",
      );
    default:
      return new UserError(`${at} kind is ${s[7]}: expected 0 load, 1 store, 2 modify or 3 ifetch`);
  }
}

/** Copies the pages, sorted, out of the core. */
function readPages(core: Core, count: number): Pick<MemoryScan, "pages" | "accesses" | "stored"> {
  const table = core.u32(core.exports.mem_sorted_pages(), count * ENTRY_WORDS);
  const pages = new Float64Array(count),
    accesses = new Float64Array(count),
    stored = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const [low, high, seen, more] = [
      table[i * ENTRY_WORDS]!,
      table[i * ENTRY_WORDS + 1]!,
      table[i * ENTRY_WORDS + 2]!,
      table[i * ENTRY_WORDS + 3]!,
    ];
    pages[i] = high * 2 ** 32 + low - 1;
    accesses[i] = (more & COUNT_HIGH) * 2 ** 32 + seen;
    stored[i] = (more & STORED) !== 0 ? 1 : 0;
  }
  return { pages, accesses, stored };
}
