import { DOMAINS, LEAVES, MAPPING_COLUMNS } from "../../abi/memory.js";
import { writeWhole } from "../container/write-whole.js";
import { encodeMetadata, type MappingMetadata } from "../table/metadata.js";
import { collect, type Sink, TableWriter, type WriteOptions } from "../table/table-writer.js";
import { TABLES } from "../table/tables.js";
import type { MappingRow } from "./mapping.js";

const COLUMNS = new Set(MAPPING_COLUMNS.map((c) => c.name));
const BATCH_ROWS = 65536;

function encode(rows: readonly MappingRow[], meta: MappingMetadata, options: WriteOptions, sink: Sink): void {
  const writer = new TableWriter(
    TABLES.mapping,
    COLUMNS,
    () => encodeMetadata("mapping", meta, { rows: rows.length }),
    options,
    sink,
  );
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    const part = rows.slice(from, from + BATCH_ROWS);
    const big = (value: (r: MappingRow) => bigint): BigUint64Array => BigUint64Array.from(part, value);
    const columns = {
      vaddr: big((r) => r.vaddr),
      bytes: big((r) => r.bytes),
      frame: big((r) => r.frame),
      leaf: Uint8Array.from(part, (r) => LEAVES.indexOf(r.leaf)),
      domain: Uint8Array.from(part, (r) => DOMAINS.indexOf(r.domain)),
    };
    writer.write({ rows: part.length, values: (column) => columns[column as keyof typeof columns] });
  }
  writer.close();
}

/** The table as bytes. */
export function encodeMapping(
  rows: readonly MappingRow[],
  meta: MappingMetadata,
  options: WriteOptions = {},
): Uint8Array {
  return collect((sink) => encode(rows, meta, options, sink));
}

export function writeMapping(
  path: string,
  rows: readonly MappingRow[],
  meta: MappingMetadata,
  options: WriteOptions = {},
): void {
  writeWhole(path, (sink) => encode(rows, meta, options, sink));
}
