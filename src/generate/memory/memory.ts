import type { MemoryRows } from "../../trace/memory/memory-rows.js";
import type { MemorySource } from "../../trace/memory/memory-write.js";
import type { FieldOrigin, MemoryMetadata } from "../../trace/table/metadata.js";
import { chunks, chunksHeap } from "./chunks.js";
import { gups } from "./gups.js";
import {
  HEAP,
  type MemoryOptions,
  type MemoryProgram,
  type MemoryWorkload,
  withMemoryDefaults,
} from "./memory-options.js";
import { pointerChase } from "./pointer-chase.js";
import { stream, stride } from "./sequential.js";
import { zipf } from "./zipf.js";

export {
  MEMORY_WORKLOADS,
  type MemoryOptions,
  type MemoryWorkload,
  memoryOptionsOf,
} from "./memory-options.js";

const PROGRAMS: Record<MemoryWorkload, MemoryProgram> = {
  gups,
  stream,
  stride,
  "pointer-chase": pointerChase,
  zipf,
  chunks,
};

/** The rows of a workload; the same options give the same rows. */
export function generateMemory(
  workload: MemoryWorkload,
  given: Partial<MemoryOptions> = {},
): MemorySource<MemoryMetadata> {
  const { options, used } = withMemoryDefaults(workload, given);
  return (rows) => {
    for (const _ of PROGRAMS[workload](rows, options));
    return metadataOf(workload, options, used, rows);
  };
}

/** The same rows; what is awaited in between lets other work of the process and its signals have their turn. */
export function generateMemoryInTurns(
  workload: MemoryWorkload,
  given: Partial<MemoryOptions>,
  turn: () => Promise<void>,
): MemorySource<Promise<MemoryMetadata>> {
  const { options, used } = withMemoryDefaults(workload, given);
  return async (rows) => {
    for (const _ of PROGRAMS[workload](rows, options)) await turn();
    return metadataOf(workload, options, used, rows);
  };
}

function metadataOf(
  workload: MemoryWorkload,
  options: MemoryOptions,
  used: Partial<MemoryOptions>,
  rows: MemoryRows,
): MemoryMetadata {
  const fields: Record<string, FieldOrigin> = Object.fromEntries(
    [...rows.columns].map((c) => [c, "assumed"]),
  );
  return {
    source: { format: "generate", workload, options: used },
    clock: "none",
    fields,
    emulated: true,
    notes: [
      "the trace is generated: it has no times, and gap is the number of " +
        "instructions of the workload's loop, as a compiler would write it",
    ],
    nodes: [{ name: workload }],
    regions: [
      {
        name: "heap",
        start: BigInt(HEAP),
        bytes: workload === "chunks" ? chunksHeap(options) : options.footprint,
      },
    ],
  };
}
