import { EXIT_COLUMNS } from "../../abi/exits.js";
import { writeWhole } from "../container/write-whole.js";
import { type ExitsMetadata, encodeMetadata } from "../table/metadata.js";
import { collect, type Sink, TableWriter, type WriteOptions } from "../table/table-writer.js";
import { TABLES } from "../table/tables.js";
import type { ExitColumns } from "./exit-columns.js";

const COLUMNS = new Set(EXIT_COLUMNS.map((c) => c.name));
const BATCH_ROWS = 65536;

function encode(exits: ExitColumns, meta: ExitsMetadata, options: WriteOptions, sink: Sink): void {
  const writer = new TableWriter(
    TABLES.exits,
    COLUMNS,
    () => encodeMetadata("exits", meta, { rows: exits.rows }),
    options,
    sink,
  );
  for (let from = 0; from < exits.rows; from += BATCH_ROWS) {
    const to = Math.min(exits.rows, from + BATCH_ROWS);
    writer.write({
      rows: to - from,
      values: (column) => exits[column as (typeof EXIT_COLUMNS)[number]["name"]].subarray(from, to),
    });
  }
  writer.close();
}

/** The table as bytes. */
export function encodeExits(exits: ExitColumns, meta: ExitsMetadata, options: WriteOptions = {}): Uint8Array {
  return collect((sink) => encode(exits, meta, options, sink));
}

export function writeExits(
  path: string,
  exits: ExitColumns,
  meta: ExitsMetadata,
  options: WriteOptions = {},
): void {
  writeWhole(path, (sink) => encode(exits, meta, options, sink));
}
