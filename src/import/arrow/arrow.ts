import { UserError } from "../../errors.js";
import { type Container, readContainer } from "../../trace/container/container.js";
import { type ByteSource, fileSource } from "../../trace/container/source.js";
import { ExitColumns } from "../../trace/exits/exit-columns.js";
import { ExitsTrace, readExits } from "../../trace/exits/exits-trace.js";
import { sharedFrames } from "../../trace/mapping/mapping.js";
import { MappingTrace, readMapping } from "../../trace/mapping/mapping-trace.js";
import type { MemoryColumn } from "../../trace/memory/memory-rows.js";
import { MemoryTrace } from "../../trace/memory/memory-trace.js";
import { readAccesses } from "../../trace/memory/read-accesses.js";
import { TABLES } from "../../trace/table/tables.js";
import { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import { readRows } from "../../trace/verbs/read-rows.js";
import { VerbsTrace } from "../../trace/verbs/verbs-trace.js";
import type { ArrowFormat, ReadTable, TableOptions } from "../shared/format.js";
import { assume } from "./assume.js";

/**
 * A table of one of the schemas that has no metadata of verbscope, as polars and
 * SQL engines write it. What it does not say is taken from the options or assumed, and noted.
 */
export function importArrow(path: string, options: TableOptions = {}): ReadTable {
  const source = fileSource(path);
  try {
    const read = table(source, readContainer(source), options);
    if (read.kind !== "memory") source.close(); // accesses are read as they are written
    return read;
  } catch (error) {
    source.close();
    throw error;
  }
}

function table(source: ByteSource, found: Container, options: TableOptions): ReadTable {
  const path = source.name,
    { kind, metadata, notes } = assume(path, found, options);
  const container = { ...found, schema: { ...found.schema, metadata } };
  if (!container.ended)
    throw new UserError(
      `${path}: byte ${source.size}: the stream has no end mark: it was cut off, write it again`,
    );
  for (const option of ["leaf", "domain"] as const)
    if (options[option] !== undefined && kind !== "mapping")
      throw new UserError(
        `import arrow: --${option} is for tables of mapping/1, but this is one of ${TABLES[kind].schema}: leave it out`,
      );
  if (options.node && options.node.length !== 1 && kind !== "verbs")
    throw new UserError(
      `import arrow: --node names ${options.node.length} nodes, but ${TABLES[kind].schema} is of one process: name one`,
    );
  if (kind === "verbs") return verbs(new VerbsTrace(source, container), options, notes);
  if (kind === "memory") {
    const trace = new MemoryTrace(source, container);
    return {
      kind,
      columns: [...trace.columns] as MemoryColumn[],
      source: (rows) => {
        for (const row of readAccesses(trace)) rows.addRow(row);
        trace.close();
        return { ...trace.metadata, notes: [...trace.notes, ...notes] };
      },
    };
  }
  if (kind === "exits") {
    const trace = new ExitsTrace(source, container),
      exits = new ExitColumns();
    for (const row of readExits(trace)) exits.addRow(row);
    return { kind, exits, metadata: { ...trace.metadata, notes: [...trace.notes, ...notes] } };
  }
  const trace = new MappingTrace(source, container, { leafAndDomain: false }),
    { leaf = "4k", domain = "process" } = options;
  const rows = readMapping(trace, { leaf, domain });
  const fields = { ...trace.fields };
  for (const [column, word] of [
    ["leaf", leaf],
    ["domain", domain],
  ] as const)
    if (!trace.columns.has(column)) {
      fields[column] = "assumed";
      if (options[column] === undefined)
        notes.push(
          `there is no column ${column}: it is ${word} in every row (assumed; --${column} says otherwise)`,
        );
    }
  const shared = sharedFrames(rows, (i) => `row ${i}`);
  return {
    kind,
    rows,
    metadata: {
      ...trace.metadata,
      fields,
      notes: [...trace.notes, ...notes, ...(shared === undefined ? [] : [shared])],
    },
  };
}

function verbs(trace: VerbsTrace, { node }: TableOptions, notes: readonly string[]): ReadTable {
  const builder = new VerbsBuilder();
  for (const row of readRows(trace)) builder.add(row);
  const count = (builder.threads().at(-1)?.[0] ?? 0) + 1,
    named = trace.metadata.nodes;
  if (node && node.length !== count)
    throw new UserError(
      `${trace.path}: column node names ${count} nodes, but --node ${node.length}: name each once, in their order`,
    );
  const nodes =
    named.length >= count ? named : Array.from({ length: count }, (_, i) => ({ name: `node${i}` }));
  return {
    kind: "verbs",
    builder,
    metadata: { ...trace.metadata, nodes, notes: [...trace.notes, ...notes] },
  };
}

/** An Arrow file's first bytes, or a stream's first message since Arrow 0.15. */
const MAGIC = /^(ARROW1|\xff\xff\xff\xff)/;

export const arrow: ArrowFormat = {
  kind: "arrow",
  name: "arrow",
  says: "a table of verbs/1, memory/1, mapping/1 or exits/1 without verbscope's metadata, as an Arrow file",
  example: ["accesses.arrow --schema memory/1 -o run.arrow", "a table that polars wrote"],
  sniff: (head) => (MAGIC.test(String.fromCharCode(...head.subarray(0, 6))) ? 1 : 0),
  read: importArrow,
};
