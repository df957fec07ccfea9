import { type Integer, integer } from "../../numbers.js";
import type { Links } from "./links.js";
import type { Region } from "./regions.js";
import type { MemoryScan } from "./scan.js";

/** What memory a trace uses, whatever the path: for a result. */
export interface MemoryUse {
  kinds: { load: number; store: number; modify: number; ifetch: number };
  bytes: Integer;
  pages: number;
  pages_2m: number;
  regions: {
    name: string;
    inferred: boolean;
    start: string;
    bytes: number;
    pages: number;
    accesses: number;
    stored: boolean;
  }[];
  /** Pages with most accesses, most first. */
  hottest_pages: { page: string; region: string; accesses: number; share: number }[];
  /** Distinct pages, and pages touched for the first time, in equal parts of the trace. */
  working_set: { pages: number; new_pages: number }[];
  link: { asked: string; pages: number };
  placement: string;
}

/** Hottest pages that a result names unless told otherwise. */
export const TOP = 10;
const PAGE_BYTES = 4096,
  PAGES_2M = 512;
const hex = (page: number): string => `0x${(BigInt(page) << 12n).toString(16)}`;

export function memoryUse(
  scan: MemoryScan,
  regions: readonly Region[],
  links: Links,
  placement: string,
  top: number,
): MemoryUse {
  const order = [...hottest(scan.accesses, top)];
  const total = scan.accesses.reduce((a, b) => a + b, 0);
  let large = 0,
    last = -1;
  for (const page of scan.pages) {
    const big = Math.floor(page / PAGES_2M);
    if (big !== last) large++;
    last = big;
  }
  return {
    kinds: { load: scan.loads, store: scan.stores, modify: scan.modifies, ifetch: scan.fetches },
    bytes: integer(scan.bytes),
    pages: scan.pages.length,
    pages_2m: large,
    regions: regions.map((r) => ({
      name: r.name,
      inferred: r.inferred,
      start: hex(r.firstPage),
      bytes: r.spanPages * PAGE_BYTES,
      pages: r.to - r.from,
      accesses: r.accesses,
      stored: r.stored,
    })),
    hottest_pages: order.map((i) => ({
      page: hex(scan.pages[i]!),
      region: regions.find((r) => i >= r.from && i < r.to)!.name,
      accesses: scan.accesses[i]!,
      share: Number((scan.accesses[i]! / total).toPrecision(6)),
    })),
    working_set: scan.windows.filter((w) => w.pages > 0).map((w) => ({ pages: w.pages, new_pages: w.fresh })),
    link: { asked: links.asked, pages: links.pages },
    placement,
  };
}

/** Indices of the `n` largest values; ties by index. */
function hottest(values: Float64Array, n: number): number[] {
  const best: number[] = [];
  values.forEach((v, i) => {
    if (best.length === n && v <= values[best[n - 1]!]!) return;
    let at = best.length;
    while (at > 0 && values[best[at - 1]!]! < v) at--;
    best.splice(at, 0, i);
    if (best.length > n) best.pop();
  });
  return best;
}
