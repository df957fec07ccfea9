import type { MemoryRegion } from "../../trace/table/metadata.js";
import type { MemoryScan } from "./scan.js";

/** Touched pages with less than this between them belong to one region: 1 MiB. */
const GAP_PAGES = 256;
const PAGE_BYTES = 4096;

/** A stretch of address space that the trace uses. Pages are vaddr / 4096. */
export interface Region {
  name: string;
  /** True when the name was guessed from the region's place. */
  inferred: boolean;
  firstPage: number;
  /** Pages from the first to the last one touched. */
  spanPages: number;
  /** Indices [from, to) of its pages in the scan. */
  from: number;
  to: number;
  accesses: number;
  stored: boolean;
}

/**
 * Regions in ascending order, named by the trace's metadata, or by their
 * place: the highest one that is written is the stack.
 */
export function regionsOf(scan: MemoryScan, named: readonly MemoryRegion[] | undefined): Region[] {
  const regions: Region[] = [];
  let current: Region | undefined;
  scan.pages.forEach((page, i) => {
    if (!current || page - (current.firstPage + current.spanPages) >= GAP_PAGES)
      regions.push(
        (current = {
          name: "",
          inferred: true,
          firstPage: page,
          spanPages: 0,
          from: i,
          to: i,
          accesses: 0,
          stored: false,
        }),
      );
    current.spanPages = page - current.firstPage + 1;
    current.to = i + 1;
    current.accesses += scan.accesses[i]!;
    current.stored ||= scan.stored[i] === 1;
  });
  const written = regions.filter((r) => r.stored);
  regions.forEach((r, i) => {
    const given = named?.find(
      (g) =>
        Number(g.start / BigInt(PAGE_BYTES)) <= r.firstPage + r.spanPages - 1 &&
        r.firstPage < Number((g.start + BigInt(g.bytes) + BigInt(PAGE_BYTES - 1)) / BigInt(PAGE_BYTES)),
    );
    r.inferred = given === undefined;
    r.name =
      given?.name ??
      (written.length > 1 && r === written.at(-1) ? "stack" : r.stored ? `data ${i}` : `read-only ${i}`);
  });
  return regions;
}

/** Regions that `--link heap` means: those named so, or else all that are written but the stack. */
export function heapOf(regions: readonly Region[]): Region[] {
  const named = regions.filter((r) => !r.inferred && r.name === "heap");
  return named.length > 0 ? named : regions.filter((r) => r.stored && r.name !== "stack");
}
