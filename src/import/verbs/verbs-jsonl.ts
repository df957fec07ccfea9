import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { VerbsMetadata } from "../../trace/table/metadata.js";
import { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import type { VerbsFormat } from "../shared/format.js";
import { firstLine } from "../shared/likeness.js";
import { inferAwaitWrites } from "./await-writes.js";
import { interleave } from "./interleave.js";
import { awaitNotes, clockNote, comparableClocks, fieldOrigins } from "./loss.js";
import { readProcess, sideOf } from "./process.js";

export interface Imported {
  builder: VerbsBuilder;
  metadata: VerbsMetadata;
}

/**
 * Imports the recorder's files of one run, each of which becomes a node:
 * the server first, then the client, then ranks in order.
 */
export function importVerbsJsonl(files: readonly string[], batchRows?: number): Imported {
  if (files.length === 0)
    throw new UserError("import: no file is named: give the recorder's .jsonl or .jsonl.gz files of one run");
  const ordered = files
    .map((path, given) => ({ path, given }))
    .sort((a, b) => rank(a.path) - rank(b.path) || a.given - b.given)
    .map((f) => f.path);
  const processes = ordered.map(readProcess);
  const nodes = processes.map((p) => p.node);
  const comparable = comparableClocks(nodes);
  const builder = new VerbsBuilder(batchRows);
  for (const row of interleave(
    processes.map((p) => p.rows),
    comparable,
  ))
    builder.add(row);
  const notes = processes.flatMap((p) => p.notes);
  notes.push("get_device_list, query calls and the size of ack_cq_events are not recorded");
  notes.push(...clockNote(comparable));
  if (comparable) notes.push(...awaitNotes(inferAwaitWrites(builder)));
  const emulated = processes.some((p) => p.emulated);
  if (emulated)
    notes.push(
      "the devices are emulated in software: times, " +
        "empty polls and completions per poll are not those of hardware",
    );
  return {
    builder,
    metadata: {
      source: { format: "verbs-jsonl", files: ordered.map((f) => basename(f)) },
      clock: "ns",
      fields: fieldOrigins(),
      notes,
      emulated,
      nodes,
    },
  };
}

function rank(path: string): number {
  const side = sideOf(path);
  if (side === "server") return -2;
  if (side === "client") return -1;
  return /^rank\d+$/.test(side) ? Number(side.slice(4)) : Number.MAX_SAFE_INTEGER;
}

export const verbsJsonl: VerbsFormat = {
  kind: "verbs",
  name: "verbs-jsonl",
  says: "a recorder's JSON lines of verbs; the files of one run, each process becomes a node",
  example: ["run.server.jsonl.gz run.client.jsonl.gz -o run.arrow", "both sides of one run"],
  sniff: (head) => (/^\s*\{[^\n]*"ev"\s*:/.test(firstLine(head)) ? 0.95 : 0),
  read: (files) => importVerbsJsonl(files),
};
