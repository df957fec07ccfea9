import { UserError } from "../errors.js";
import { readContainer } from "./container/container.js";
import { type ByteSource, fileSource } from "./container/source.js";
import { ExitsTrace } from "./exits/exits-trace.js";
import { MappingTrace } from "./mapping/mapping-trace.js";
import { MemoryTrace } from "./memory/memory-trace.js";
import { decodeKind } from "./table/metadata.js";
import { TABLES, type TraceKind } from "./table/tables.js";
import { VerbsTrace } from "./verbs/verbs-trace.js";

export { readExits } from "./exits/exits-trace.js";
export { readMapping } from "./mapping/mapping-trace.js";
export type { BatchInfo, BatchLayout } from "./table/batch.js";
export type { ExitsTrace, MappingTrace, MemoryTrace, VerbsTrace };
export type AnyTrace = VerbsTrace | MemoryTrace | MappingTrace | ExitsTrace;

const OPEN = { verbs: VerbsTrace, memory: MemoryTrace, mapping: MappingTrace, exits: ExitsTrace } as const;
/** Opens a trace of any schema; close it when done. */
export function openAnySource(source: ByteSource): AnyTrace {
  try {
    const container = readContainer(source),
      kind = decodeKind(source.name, container.schema.metadata);
    // verbs/1 always announces its rows; elsewhere the end mark tells
    // a complete stream from one that was cut off.
    if (kind !== "verbs" && !container.ended)
      throw new UserError(
        `${source.name}: byte ${source.size}: the stream has no end mark: it was cut off, write it again`,
      );
    return new OPEN[kind](source, container);
  } catch (error) {
    source.close();
    throw error;
  }
}
export function openAnyTrace(path: string): AnyTrace {
  return openAnySource(fileSource(path));
}

const named = (kind: TraceKind): string =>
  `${kind === "exits" ? "a table of exits" : `a ${kind} trace`} (${TABLES[kind].schema})`;
/** The trace, which must be of this kind. */
function only<K extends TraceKind>(kind: K, trace: AnyTrace): Extract<AnyTrace, { kind: K }> {
  if (trace.kind === kind) return trace as Extract<AnyTrace, { kind: K }>;
  trace.close();
  throw new UserError(
    `${trace.path}: is ${named(trace.kind)}, but ${named(kind)} is wanted here: give another file`,
  );
}
export function openSource(source: ByteSource): VerbsTrace {
  return only("verbs", openAnySource(source));
}
export function openTrace(path: string): VerbsTrace {
  return only("verbs", openAnyTrace(path));
}
export function openMemorySource(source: ByteSource): MemoryTrace {
  return only("memory", openAnySource(source));
}
export function openMemoryTrace(path: string): MemoryTrace {
  return only("memory", openAnyTrace(path));
}
export function openMappingSource(source: ByteSource): MappingTrace {
  return only("mapping", openAnySource(source));
}
export function openMappingTrace(path: string): MappingTrace {
  return only("mapping", openAnyTrace(path));
}
export function openExitsTrace(path: string): ExitsTrace {
  return only("exits", openAnyTrace(path));
}
