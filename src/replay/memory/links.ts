import { UserError } from "../../errors.js";
import { openTrace } from "../../trace/read.js";
import { readRows } from "../../trace/verbs/read-rows.js";
import { heapOf, type Region } from "./regions.js";
import type { MemoryScan } from "./scan.js";

/** `n` pages from `page` (vaddr / 4096). */
export interface PageRange {
  page: number;
  pages: number;
}

/** What a replay links before the first row. */
export interface Links {
  /** As the user asked. */
  readonly asked: string;
  readonly ranges: readonly PageRange[];
  readonly pages: number;
  /** What had to be assumed to know them. */
  readonly note: string | undefined;
}

const UNITS: Record<string, number> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const MOST_PAGES = 2 ** 23; // the linked area of the modelled memory: 32 GiB
const HELP =
  "write none, all, heap, largest, BASE:LEN (for example 0x7f0000000000:64MiB), or from:VERBS.arrow";

/** Resolves `--link`: a list, by commas, of what HELP says. */
export function resolveLinks(asked: string, scan: MemoryScan, regions: readonly Region[]): Links {
  const ranges: PageRange[] = [];
  let note: string | undefined;
  const touched = (chosen: readonly Region[]): void => {
    for (const r of chosen)
      for (let i = r.from; i < r.to; i++) ranges.push({ page: scan.pages[i]!, pages: 1 });
  };
  for (const item of asked.split(",").map((s) => s.trim())) {
    if (item === "none" && asked.trim() === "none") continue;
    if (item === "all") touched(regions);
    else if (item === "heap") {
      const heap = heapOf(regions);
      if (heap.some((r) => r.inferred))
        note =
          "which memory is the heap was inferred: every region that is written, " +
          "but the one with the highest addresses (the stack)";
      touched(heap);
    } else if (item === "largest")
      touched([...regions].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 1));
    else if (/^from:./.test(item)) ranges.push(...registered(item.slice("from:".length)));
    else ranges.push(literal(item));
  }
  const merged = union(ranges),
    pages = merged.reduce((n, r) => n + r.pages, 0);
  if (pages > MOST_PAGES)
    throw new UserError(
      `--link ${asked}: ${pages} pages are linked, more than the ${MOST_PAGES} ` +
        "(32 GiB) that can be modelled; link a smaller range",
    );
  return { asked, ranges: merged, pages, note };
}

function literal(item: string): PageRange {
  const m = /^(0x[0-9a-f]+|\d+):(?:(0x[0-9a-f]+)|(\d+)(?:([KMG])i?B?|B)?)$/i.exec(item);
  if (!m) throw new UserError(`--link ${item}: not a range; ${HELP}`);
  const base = BigInt(m[1]!),
    bytes = m[2] !== undefined ? BigInt(m[2]) : BigInt(m[3]!) * BigInt(UNITS[(m[4] ?? "").toUpperCase()]!);
  if (bytes === 0n)
    throw new UserError(`--link ${item}: the range is empty; give its length in bytes, KiB, MiB or GiB`);
  if (base + bytes > 1n << 64n)
    throw new UserError(`--link ${item}: the range wraps the address space; correct base or length`);
  return pagesOf(base, bytes);
}
function pagesOf(start: bigint, bytes: bigint): PageRange {
  const page = start >> 12n;
  return { page: Number(page), pages: Number(((start + bytes + 4095n) >> 12n) - page) };
}

/** Memory regions that a verbs trace registers. */
function registered(file: string): PageRange[] {
  const trace = openTrace(file);
  try {
    const out: PageRange[] = [];
    for (const row of readRows(trace))
      if (row.verb === "reg_mr" && row.status === 0 && row.size > 0n) out.push(pagesOf(row.addr, row.size));
    if (out.length === 0)
      throw new UserError(`--link from:${file}: the trace registers no memory; give another, or ${HELP}`);
    return out;
  } finally {
    trace.close();
  }
}

/** Sorted, without overlaps, neighbours joined. */
export function union(ranges: readonly PageRange[]): PageRange[] {
  const out: PageRange[] = [];
  for (const r of [...ranges].sort((a, b) => a.page - b.page)) {
    const last = out.at(-1);
    if (last && r.page <= last.page + last.pages)
      last.pages = Math.max(last.pages, r.page + r.pages - last.page);
    else out.push({ ...r });
  }
  return out;
}

/** Distinct pages that are touched or linked. */
export function footprint(scan: MemoryScan, ranges: readonly PageRange[]): number {
  let covered = 0,
    i = 0;
  for (const page of scan.pages) {
    while (i < ranges.length && ranges[i]!.page + ranges[i]!.pages <= page) i++;
    if (i < ranges.length && page >= ranges[i]!.page) covered++;
  }
  return scan.pages.length - covered + ranges.reduce((n, r) => n + r.pages, 0);
}
