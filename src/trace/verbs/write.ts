import { VERBS_COLUMNS } from "../../abi/columns.js";
import { writeWhole } from "../container/write-whole.js";
import { encodeMetadata, type VerbsMetadata } from "../table/metadata.js";
import { collect, type Sink, TableWriter, type WriteOptions } from "../table/table-writer.js";
import { TABLES } from "../table/tables.js";
import type { VerbsBuilder } from "./columns-builder.js";

export type { WriteOptions } from "../table/table-writer.js";

const COLUMNS = new Set(VERBS_COLUMNS.map((c) => c.name));

function encode(builder: VerbsBuilder, meta: VerbsMetadata, options: WriteOptions, sink: Sink): void {
  const writer = new TableWriter(
    TABLES.verbs,
    COLUMNS,
    () => encodeMetadata("verbs", meta, { threads: builder.threads() }),
    options,
    sink,
  );
  for (const batch of builder.batches) writer.write(batch);
  writer.close();
}

/** The trace as bytes. */
export function encodeVerbs(
  builder: VerbsBuilder,
  meta: VerbsMetadata,
  options: WriteOptions = {},
): Uint8Array {
  return collect((sink) => encode(builder, meta, options, sink));
}

export function writeVerbs(
  path: string,
  builder: VerbsBuilder,
  meta: VerbsMetadata,
  options: WriteOptions = {},
): void {
  writeWhole(path, (sink) => encode(builder, meta, options, sink));
}
