import { writeExits } from "../trace/exits/exits-write.js";
import { writeMapping } from "../trace/mapping/mapping-write.js";
import { writeMemory } from "../trace/memory/memory-write.js";
import type { TraceMetadata } from "../trace/table/metadata.js";
import { writeVerbs } from "../trace/verbs/write.js";
import type { AccessOptions, Format, TableOptions } from "./shared/format.js";

export interface ImportOptions extends AccessOptions, TableOptions {
  /** Of the trace's column buffers; none if left out. */
  compression?: "none" | "lz4";
}
export interface ImportDone {
  rows: number;
  metadata: TraceMetadata;
}

/**
 * Turns the files of one recording into a trace. Every format but those of verbs takes one file.
 * @throws UserError, one sentence, for what cannot be read, is damaged or cannot be written; then
 * nothing is left under the name of the trace
 */
export async function importFiles(
  format: Format,
  files: readonly string[],
  output: string,
  { compression = "none", ...options }: ImportOptions = {},
): Promise<ImportDone> {
  const file = files[0]!;
  if (format.kind === "verbs") {
    const { builder, metadata } = await format.read(files);
    try {
      await writeVerbs(output, builder, metadata, { compression });
    } finally {
      builder.close?.();
    }
    return { rows: builder.rows, metadata };
  }
  if (format.kind === "memory") return writeMemory(output, format.read(file, options), { compression });
  if (format.kind === "mapping") {
    const { rows, metadata } = await format.read(file);
    writeMapping(output, rows, metadata, { compression });
    return { rows: rows.length, metadata };
  }
  if (format.kind === "exits") {
    const { exits, metadata } = await format.read(file);
    writeExits(output, exits, metadata, { compression });
    return { rows: exits.rows, metadata };
  }
  const table = format.read(file, options);
  if (table.kind === "memory")
    return writeMemory(output, table.source, { compression, columns: table.columns });
  if (table.kind === "verbs") {
    await writeVerbs(output, table.builder, table.metadata, { compression });
    return { rows: table.builder.rows, metadata: table.metadata };
  }
  if (table.kind === "exits") {
    writeExits(output, table.exits, table.metadata, { compression });
    return { rows: table.exits.rows, metadata: table.metadata };
  }
  writeMapping(output, table.rows, table.metadata, { compression });
  return { rows: table.rows.length, metadata: table.metadata };
}
