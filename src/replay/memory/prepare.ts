import { Core } from "../../core/instance.js";
import { coreModule } from "../../core/module.node.js";
import { UserError } from "../../errors.js";
import type { Testbed } from "../../testbed/document.js";
import { memoryMachine } from "../../testbed/memory.js";
import { openMappingTrace, readMapping, type MemoryTrace } from "../../trace/read.js";
import { footprint, resolveLinks } from "./links.js";
import { rangesOf, type Ranges } from "./mapping.js";
import { regionsOf, type Region } from "./regions.js";
import { scanMemory, type MemoryScan } from "./scan.js";
import { parsePlacement, type MemorySetup } from "./setup.js";

/** Choices of a memory replay, as the user writes them. */
export interface MemoryOptions {
  /** `none` (default), `all`, `heap`, `largest`, BASE:LEN, from:VERBS.arrow; several by commas. */
  readonly link?: string;
  /** `contiguous` (default), `fragmented`, `fragmented:SEED`, `thp=SHARE`, `thp=SHARE:SEED`. */
  readonly placement?: string;
  /** File of a mapping/1 table. */
  readonly mapping?: string;
  /** Hottest pages to name. */
  readonly top?: number;
}

/** A memory trace, read once: what all paths share. */
export interface PreparedMemory {
  readonly trace: MemoryTrace;
  readonly scan: MemoryScan;
  readonly regions: readonly Region[];
  readonly setup: MemorySetup;
  readonly placement: string;
  readonly notes: string[];
}

export function prepareMemory(trace: MemoryTrace, testbed: Testbed, think: boolean, options: MemoryOptions, onRows?: (rows: number) => void): PreparedMemory {
  const machine = memoryMachine(testbed);
  const placement = options.placement ?? "contiguous", parsed = parsePlacement(placement);
  const scan = scanMemory(new Core(coreModule()), trace, onRows);
  if (scan.pages.length === 0) throw new UserError(`${trace.path}: has no data access to replay; record the program again`);
  if (scan.wide && machine.guestLevels < 5n) throw new UserError(`${trace.path}: has addresses of more than 48 bits, which page tables of ${machine.guestLevels} levels cannot hold; replay with --set mem.guest_levels=5`);
  const regions = regionsOf(scan, trace.metadata.regions);
  const links = resolveLinks(options.link ?? "none", scan, regions);
  const notes: string[] = [];
  let ranges: Ranges | undefined;
  if (options.mapping !== undefined) {
    const table = openMappingTrace(options.mapping);
    try {
      ranges = rangesOf(options.mapping, readMapping(table), machine.guestLevels);
    } finally {
      table.close();
    }
    if (ranges.unused > 0) notes.push(`${ranges.unused} rows of the mapping table are of domain iova, which page walks do not use`);
  } else notes.push(`frames are handed out by policy (--placement ${placement}): the trace has no page map (--mapping)`);
  if (links.note !== undefined) notes.push(links.note);
  if (scan.fetches > 0) notes.push(`${scan.fetches === 1 ? "1 instruction fetch is" : `${scan.fetches} instruction fetches are`} refused: there is no instruction TLB here; their instruction counts stay`);
  return { trace, scan, regions, placement, notes, setup: { machine, placement: parsed, links, ranges, pages: footprint(scan, links.ranges), think } };
}
