import { UserError } from "../../errors.js";
import type { Testbed } from "../../testbed/document.js";
import type { MappingRow } from "../../trace/mapping/mapping.js";
import {
  type ExitsTrace,
  type MappingTrace,
  type MemoryTrace,
  readMapping,
  type VerbsTrace,
} from "../../trace/read.js";
import { couple } from "../memory/couple.js";
import { type PreparedMemory, prepareMemory } from "../memory/prepare.js";
import { prepare } from "../prepare/prepare.js";
import { exitsNote, recordedExits } from "./recorded-exits.js";

export interface Joined {
  verbs?: VerbsTrace | undefined;
  memory?: MemoryTrace | undefined;
  mapping?: MappingTrace | undefined;
  exits?: ExitsTrace | undefined;
}

/**
 * What a replay of these together assumes, a sentence each.
 * @throws UserError for traces that cannot be of one run
 */
export function joinNotes({ verbs, memory, mapping, exits }: Joined, testbed: Testbed): string[] {
  if (mapping !== undefined && memory === undefined)
    throw new UserError(
      `join: ${mapping.path} is the page map of memory accesses, but no memory trace is named: give one`,
    );
  if ((verbs ?? memory) === undefined || [verbs, memory, mapping, exits].filter((t) => t).length < 2)
    throw nothing(exits);
  const notes: string[] = [];
  if (memory !== undefined) {
    const prepared = prepareMemory(memory, testbed, false, {});
    if (verbs !== undefined) notes.push(...couple(verbs, prepare(verbs), prepared).notes);
    if (mapping !== undefined) notes.push(...covered(prepared, readMapping(mapping), mapping.path));
  }
  if (exits !== undefined) notes.push(exitsNote(recordedExits(exits, verbs)));
  return notes;
}

const nothing = (exits: ExitsTrace | undefined): UserError =>
  new UserError(
    exits === undefined
      ? "join: there is nothing to join: name a verbs trace and a memory trace of one run, " +
          "a memory trace and its page map, or either and its exits"
      : `join: ${exits.path} is a table of exits, but no trace to replay is named: give that of the run`,
  );

/** How many of the touched pages the map has: none of them means a map of another run. */
function covered({ scan, trace }: PreparedMemory, rows: readonly MappingRow[], map: string): string[] {
  const ranges = rows
    .filter((r) => r.domain === "process" || r.domain === "guest")
    .map((r) => ({ from: Number(r.vaddr >> 12n), to: Number((r.vaddr + r.bytes) >> 12n) }))
    .sort((a, b) => a.from - b.from);
  let inside = 0;
  for (const page of scan.pages) {
    let low = 0,
      high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle]!.to > page) high = middle;
      else low = middle + 1;
    }
    if (low < ranges.length && ranges[low]!.from <= page) inside++;
  }
  const touched = scan.pages.length;
  if (inside === 0)
    throw new UserError(
      `join: ${map} has none of the ${touched} pages that ${trace.path} touches: ` +
        "they are of different runs, or addresses were randomised anew; give the map of this run",
    );
  return inside === touched
    ? []
    : [
        `the page map has ${inside} of the ${touched} pages that are touched; ` +
          "the others get frames by policy (assumed)",
      ];
}
