import { DOMAINS, LEAVES } from "../../abi/memory.js";
import type { Container } from "../container/container.js";
import type { ByteSource } from "../container/source.js";
import { checkRows, decodeMetadata, type MappingMetadata } from "../table/metadata.js";
import { TableTrace } from "../table/table-trace.js";
import { TABLES, type Table } from "../table/tables.js";
import { checkMapping, type Domain, type Leaf, type MappingRow } from "./mapping.js";

/** As TABLES.mapping, but leaf and domain may be missing: whoever reads the rows says what they are. */
const WITHOUT_WORDS: Table = {
  ...TABLES.mapping,
  columns: TABLES.mapping.columns.map((c) => ({ ...c, optional: c.name in TABLES.mapping.words })),
};

/** An open mapping table. */
export class MappingTrace extends TableTrace<MappingMetadata> {
  readonly kind = "mapping";

  constructor(source: ByteSource, container: Container, { leafAndDomain = true } = {}) {
    super(
      source,
      container,
      leafAndDomain ? TABLES.mapping : WITHOUT_WORDS,
      decodeMetadata(source.name, container.schema.metadata),
    );
    checkRows(source.name, container.schema.metadata, this.rows);
  }
}

/** Rows of a mapping table, checked: they can be used as they are. `words` stand for columns that are not there. */
export function readMapping(
  trace: MappingTrace,
  words: { leaf: Leaf; domain: Domain } = { leaf: "4k", domain: "process" },
): MappingRow[] {
  const rows: MappingRow[] = [];
  for (const { batch, view, at } of trace.bodies()) {
    const u64 = (column: string, i: number): bigint => view.getBigUint64(at(column) + 8 * i, true);
    const word = <T extends string>(column: "leaf" | "domain", known: readonly T[], i: number): T =>
      trace.columns.has(column)
        ? known[trace.ids(column)[view.getUint8(at(column) + i)]!]!
        : (words[column] as T);
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
