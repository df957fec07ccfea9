import { ACCESS_KINDS } from "../../abi/memory.js";
import type { MemoryTrace } from "../read.js";
import type { MemoryRegion } from "../table/metadata.js";
import type { BatchBody } from "../table/table-trace.js";
import { byOrigin, type Histogram, type TraceFacts } from "./inspect.js";
import { TouchedPages, type TouchedRange } from "./touched.js";

/** What is in a memory trace, for a person or a script. */
export interface MemoryInspection extends TraceFacts {
  columns: string[];
  kinds: Histogram;
  sizes: Histogram;
  /** Undefined when the trace has no column gap. */
  instructions: number | undefined;
  pages: { "4k": number; "2m": number };
  /** Accesses that touch more than one 64-byte line, and more than one 4 KiB page. */
  straddles: { line: number; page: number };
  touched: TouchedRange[];
  regions: MemoryRegion[];
}

export function inspectMemory(trace: MemoryTrace): MemoryInspection {
  const collect = new Collector();
  for (const body of trace.bodies()) collect.see(body);
  const { metadata } = trace,
    touched = collect.pages.ranges();
  const sizes: Histogram = {};
  collect.sizes.forEach((count, size) => {
    if (count > 0) sizes[size] = count;
  });
  return {
    file: trace.path,
    rows: trace.rows,
    clock: metadata.clock,
    emulated: trace.emulated,
    source: metadata.source,
    nodes: metadata.nodes,
    columns: [...trace.columns],
    kinds: Object.fromEntries(
      ACCESS_KINDS.map((kind, i): [string, number] => [kind, collect.kinds[i]!]).filter(
        ([, count]) => count > 0,
      ),
    ),
    sizes,
    instructions: trace.columns.has("gap") ? collect.instructions : undefined,
    pages: { "4k": touched.reduce((sum, r) => sum + r.pages, 0), "2m": collect.pages.largePages },
    straddles: collect.straddles,
    touched,
    regions: metadata.regions ?? [],
    fields: byOrigin(trace.fields),
    notes: trace.notes,
  };
}

class Collector {
  readonly kinds = new Float64Array(ACCESS_KINDS.length);
  readonly sizes = new Float64Array(0x10000);
  readonly straddles = { line: 0, page: 0 };
  readonly pages = new TouchedPages();
  instructions = 0;

  see({ batch: { rows }, body, layout: { columns }, at }: BatchBody): void {
    const address = new Uint32Array(body.buffer, at("vaddr"), 2 * rows),
      sizes = new Uint16Array(body.buffer, at("size"), rows),
      kinds = body.subarray(at("kind"));
    const gaps = columns.gap && new Uint32Array(body.buffer, at("gap"), rows);
    for (let i = 0; i < rows; i++) {
      const low = address[2 * i]!,
        size = sizes[i]!,
        last = low + Math.max(size, 1) - 1;
      const page = address[2 * i + 1]! * 2 ** 20 + (low >>> 12),
        end = page + Math.floor(last / 4096) - (low >>> 12);
      this.kinds[kinds[i]!]!++;
      this.sizes[size]!++;
      if (Math.floor(last / 64) !== low >>> 6) this.straddles.line++;
      if (end !== page) this.straddles.page++;
      for (let p = page; p <= end; p++) this.pages.add(p);
      if (gaps) this.instructions += gaps[i]!;
    }
  }
}
