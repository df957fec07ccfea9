import { VERBS_COLUMNS } from "../../abi/columns.js";
import { turn, WholeFile } from "../container/write-whole.js";
import { encodeMetadata, type VerbsMetadata } from "../table/metadata.js";
import { collect, type Sink, TableWriter, type WriteOptions } from "../table/table-writer.js";
import { TABLES } from "../table/tables.js";
import type { VerbsBatches } from "./columns-builder.js";

export type { WriteOptions } from "../table/table-writer.js";

const COLUMNS = new Set(VERBS_COLUMNS.map((c) => c.name));

function* encode(
  builder: VerbsBatches,
  meta: VerbsMetadata,
  options: WriteOptions,
  sink: Sink,
): Generator<void, void, void> {
  const writer = new TableWriter(
    TABLES.verbs,
    COLUMNS,
    () => encodeMetadata("verbs", meta, { threads: builder.threads() }),
    options,
    sink,
  );
  for (const batch of builder.batches) {
    writer.write(batch);
    yield;
  }
  writer.close();
}

/** The trace as bytes. */
export function encodeVerbs(
  builder: VerbsBatches,
  meta: VerbsMetadata,
  options: WriteOptions = {},
): Uint8Array {
  return collect((sink) => {
    for (const _ of encode(builder, meta, options, sink));
  });
}

/** Writes the trace; on failure nothing is left behind. Signals of the process have their turn between batches. */
export async function writeVerbs(
  path: string,
  builder: VerbsBatches,
  meta: VerbsMetadata,
  options: WriteOptions = {},
): Promise<void> {
  const file = new WholeFile(path);
  try {
    for (const _ of encode(builder, meta, options, (bytes) => file.write(bytes))) await turn();
    file.commit();
  } catch (error) {
    file.discard();
    throw error;
  }
}
