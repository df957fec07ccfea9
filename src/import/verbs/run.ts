import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { FieldOrigin, VerbsMetadata } from "../../trace/table/metadata.js";
import { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import { inferAwaitWrites } from "./await-writes.js";
import { interleave } from "./interleave.js";
import { awaitNotes, clockNote, comparableClocks, fieldOrigins } from "./loss.js";
import { isEmulated, processOf, type Recording, sideOf } from "./process.js";

export interface Imported {
  builder: VerbsBuilder;
  metadata: VerbsMetadata;
}

/** A recorder's format: how a file is read, and what none of its files says. */
export interface Recorder {
  name: string;
  /** What its files are called, for a sentence. */
  files: string;
  open(path: string): Recording;
  /** Notes on what it never records. */
  never: string[];
  devices: FieldOrigin;
}

/**
 * Imports the files of one run, each of which becomes a node:
 * the server first, then the client, then ranks in order.
 */
export function importRun(recorder: Recorder, files: readonly string[], batchRows?: number): Imported {
  if (files.length === 0)
    throw new UserError(`import: no file is named: give the recorder's ${recorder.files} files of one run`);
  const ordered = files
    .map((path, given) => ({ path, given }))
    .sort((a, b) => rank(a.path) - rank(b.path) || a.given - b.given)
    .map((f) => f.path);
  const processes = ordered.map((path, number) => processOf(recorder.open(path), number));
  const nodes = processes.map((p) => p.node);
  const comparable = comparableClocks(nodes);
  const builder = new VerbsBuilder(batchRows);
  for (const row of interleave(
    processes.map((p) => p.rows),
    comparable,
  ))
    builder.add(row);
  const notes = processes.flatMap((p) => p.notes);
  notes.push(...recorder.never);
  notes.push(...clockNote(comparable));
  if (comparable) notes.push(...awaitNotes(inferAwaitWrites(builder)));
  const emulated = nodes.some((n) => n.devices.some(isEmulated));
  if (emulated)
    notes.push(
      "the devices are emulated in software: times, " +
        "empty polls and completions per poll are not those of hardware",
    );
  return {
    builder,
    metadata: {
      source: { format: recorder.name, files: ordered.map((f) => basename(f)) },
      clock: "ns",
      fields: fieldOrigins(recorder.devices),
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
