import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { VerbsTrace } from "../../trace/read.js";
import type { FieldOrigin, VerbsMetadata } from "../../trace/table/metadata.js";
import type { VerbsRow } from "../../trace/table/rows.js";
import { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import { strangers } from "../../trace/verbs/endpoints.js";
import { readRows } from "../../trace/verbs/read-rows.js";
import { inferAwaitWrites } from "./await-writes.js";
import { interleave } from "./interleave.js";
import { awaitNotes, clockNote, comparableClocks } from "./loss.js";
import type { Imported } from "./run.js";

const ORIGINS: readonly FieldOrigin[] = ["recorded", "inferred", "assumed"];

/** Joins traces into one, whose nodes are numbered in the order given. */
export function mergeTraces(traces: readonly VerbsTrace[], batchRows?: number): Imported {
  if (traces.length === 0) throw new UserError("merge: no trace is named: give at least one");
  const nodes = traces.flatMap((t) => t.metadata.nodes);
  if (nodes.length > 0x10000)
    throw new UserError(`merge: there are ${nodes.length} nodes, more than 65536: merge fewer traces`);
  if (traces.length > 1) {
    const [stranger] = strangers(traces);
    if (stranger)
      throw new UserError(
        `merge: ${stranger.path} has no QP that is connected to one of the other traces: ` +
          "it is of another run, or its peer's side is missing; merge the sides of one run",
      );
  }
  const comparable = comparableClocks(nodes);
  let first = 0;
  const streams = traces.map((t) => {
    const stream = renumbered(t, first);
    first += t.metadata.nodes.length;
    return stream;
  });
  const builder = new VerbsBuilder(batchRows);
  for (const row of interleave(streams, comparable)) builder.add(row);
  const notes = [...traces.flatMap((t) => t.notes), ...clockNote(comparable)];
  if (comparable) notes.push(...awaitNotes(inferAwaitWrites(builder)));
  const metadata: VerbsMetadata = {
    source: {
      format: "merge",
      traces: traces.map((t) => ({ file: basename(t.path), ...t.metadata.source })),
    },
    clock: traces.every((t) => t.metadata.clock === "ns") ? "ns" : "none",
    fields: weakest(traces),
    notes: [...new Set(notes)],
    emulated: traces.some((t) => t.emulated),
    nodes,
  };
  return { builder, metadata };
}

function* renumbered(trace: VerbsTrace, first: number): Generator<VerbsRow> {
  for (const row of readRows(trace)) {
    row.node += first;
    yield row;
  }
}

/** A column is no better than in the trace that knows least about it. */
function weakest(traces: readonly VerbsTrace[]): Record<string, FieldOrigin> {
  const merged: Record<string, FieldOrigin> = {};
  for (const { fields } of traces) {
    for (const [column, origin] of Object.entries(fields))
      merged[column] =
        ORIGINS[Math.max(ORIGINS.indexOf(origin), ORIGINS.indexOf(merged[column] ?? "recorded"))]!;
  }
  return merged;
}
