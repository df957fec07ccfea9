import { DOMAINS, LEAVES } from "../../abi/memory.js";
import type { Container } from "../container/container.js";
import type { ByteSource } from "../container/source.js";
import { checkRows, decodeMetadata, type MappingMetadata } from "../table/metadata.js";
import { TableTrace } from "../table/table-trace.js";
import { TABLES } from "../table/tables.js";
import { checkMapping, type MappingRow } from "./mapping.js";

/** An open mapping table. */
export class MappingTrace extends TableTrace<MappingMetadata> {
  readonly kind = "mapping";

  constructor(source: ByteSource, container: Container) {
    super(source, container, TABLES.mapping, decodeMetadata(source.name, container.schema.metadata));
    checkRows(source.name, container.schema.metadata, this.rows);
  }
}

/** Rows of a mapping table, checked: they can be used as they are. */
export function readMapping(trace: MappingTrace): MappingRow[] {
  const rows: MappingRow[] = [];
  for (const batch of trace.batches) {
    const body = new Uint8Array(trace.batchLayout(batch).bytes);
    const layout = trace.readBody(batch, body),
      view = new DataView(body.buffer);
    const at = (column: string): number => layout.columns[column]![0]!.offset;
    const u64 = (column: string, i: number): bigint => view.getBigUint64(at(column) + 8 * i, true);
    const word = <T extends string>(column: string, words: readonly T[], i: number): T =>
      words[trace.ids(column)[view.getUint8(at(column) + i)]!]!;
    for (let i = 0; i < batch.rows; i++)
      rows.push({
        vaddr: u64("vaddr", i),
        bytes: u64("bytes", i),
        leaf: word("leaf", LEAVES, i),
        frame: u64("frame", i),
        domain: word("domain", DOMAINS, i),
      });
  }
  checkMapping(trace.path, rows, (i) => `row ${i}`);
  return rows;
}
