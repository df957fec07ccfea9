import { Core } from "../../core/instance.js";
import { coreModule } from "../../core/module.node.js";
import { UserError } from "../../errors.js";
import type { Testbed } from "../../testbed/document.js";
import { type MemoryMachine, memoryMachine } from "../../testbed/memory.js";
import type { MappingRow } from "../../trace/mapping/mapping.js";
import { type MemoryTrace, openMappingTrace, readMapping } from "../../trace/read.js";
import { footprint, resolveLinks } from "./links.js";
import { type Ranges, rangesOf } from "./mapping.js";
import { type Region, regionsOf } from "./regions.js";
import { type MemoryScan, scanMemory } from "./scan.js";
import { type MemorySetup, parsePlacement } from "./setup.js";

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
  /** The mapping table as page tables of so many levels use it. */
  readonly ranges: (levels: bigint) => Ranges | undefined;
}

/** Testbed values of which a trace leaves no choice: its addresses need 5 levels. */
export const settledBy = ({ scan }: PreparedMemory): string[] => (scan.wide ? ["mem.guest_levels"] : []);

/** The same trace and links on another machine. */
export function onTestbed(prepared: PreparedMemory, testbed: Testbed): PreparedMemory {
  const machine = machineFor(prepared.trace, prepared.scan, testbed),
    { setup } = prepared;
  const ranges =
    machine.guestLevels === setup.machine.guestLevels ? setup.ranges : prepared.ranges(machine.guestLevels);
  return { ...prepared, setup: { ...setup, machine, ranges } };
}

function machineFor(trace: MemoryTrace, scan: MemoryScan, testbed: Testbed): MemoryMachine {
  const machine = memoryMachine(testbed);
  if (scan.wide && machine.guestLevels < 5n)
    throw new UserError(
      `${trace.path}: has addresses of more than 48 bits, which page tables of ` +
        `${machine.guestLevels} levels cannot hold; replay with --set mem.guest_levels=5`,
    );
  return machine;
}

export function prepareMemory(
  trace: MemoryTrace,
  testbed: Testbed,
  think: boolean,
  options: MemoryOptions,
  onRows?: (rows: number) => void,
): PreparedMemory {
  const placement = options.placement ?? "contiguous",
    parsed = parsePlacement(placement);
  trace.keepDecoded();
  const scan = scanMemory(new Core(coreModule()), trace, onRows);
  if (scan.pages.length === 0)
    throw new UserError(`${trace.path}: has no data access to replay; record the program again`);
  const machine = machineFor(trace, scan, testbed);
  const regions = regionsOf(scan, trace.metadata.regions);
  const links = resolveLinks(options.link ?? "none", scan, regions);
  const notes: string[] = [];
  const { mapping } = options,
    rows = mapping === undefined ? [] : mappingRows(mapping);
  const rangesFor = (levels: bigint): Ranges | undefined =>
    mapping === undefined ? undefined : rangesOf(mapping, rows, levels);
  const ranges = rangesFor(machine.guestLevels);
  if (ranges) {
    notes.push(...ranges.renumbered);
    if (ranges.unused > 0)
      notes.push(
        `${ranges.unused} rows of the mapping table are of domain iova, which page walks do not use`,
      );
  } else
    notes.push(
      `frames are handed out by policy (--placement ${placement}): the trace has no page map (--mapping)`,
    );
  if (links.note !== undefined) notes.push(links.note);
  if (scan.fetches > 0)
    notes.push(
      `${scan.fetches === 1 ? "1 instruction fetch is" : `${scan.fetches} instruction fetches are`} ` +
        "refused: there is no instruction TLB here; their instruction counts stay",
    );
  return {
    trace,
    scan,
    regions,
    placement,
    notes,
    ranges: rangesFor,
    setup: { machine, placement: parsed, links, ranges, pages: footprint(scan, links.ranges), think },
  };
}

function mappingRows(file: string): MappingRow[] {
  const table = openMappingTrace(file);
  try {
    return readMapping(table);
  } finally {
    table.close();
  }
}
