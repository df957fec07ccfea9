import { WholeFile } from "../container/write-whole.js";
import { encodeMemoryMetadata, type MemoryMetadata } from "../table/metadata.js";
import { collect, type Sink, TableWriter } from "../table/table-writer.js";
import { TABLES } from "../table/tables.js";
import { type MemoryColumn, MemoryRows, type MemoryRowsOptions } from "./memory-rows.js";

/**
 * Adds all rows of a trace, in order, and then says what it has
 * seen: the loss report is complete only at the end.
 */
export type MemorySource<
  R extends MemoryMetadata | Promise<MemoryMetadata> = MemoryMetadata | Promise<MemoryMetadata>,
> = ((rows: MemoryRows) => R) & {
  /** Columns that it may fill, where they are not the usual ones; options of the writer come first. */
  readonly columns?: readonly MemoryColumn[];
};
export interface MemoryWriteOptions extends MemoryRowsOptions {
  compression?: "none" | "lz4";
}
export interface Written {
  rows: number;
  metadata: MemoryMetadata;
}

/** A memory trace in the making: an Arrow file whose batches are written as they fill up. */
class MemoryWriter {
  readonly rows: MemoryRows;
  private readonly start: () => TableWriter;
  private writer: TableWriter | undefined;
  private metadata: MemoryMetadata | undefined;

  constructor(options: MemoryWriteOptions, sink: Sink) {
    // Which columns there are is settled when the first batch is full.
    this.rows = new MemoryRows(options, (batch) => (this.writer ??= this.start()).write(batch));
    this.start = () =>
      new TableWriter(
        TABLES.memory,
        this.rows.columns,
        () => encodeMemoryMetadata(this.metadata!, this.rows.total),
        options,
        sink,
      );
  }
  finish(metadata: MemoryMetadata): Written {
    this.metadata = metadata;
    this.rows.flush();
    (this.writer ?? this.start()).close();
    return { rows: this.rows.total, metadata };
  }
}

function withColumns({ columns }: MemorySource, options: MemoryWriteOptions): MemoryWriteOptions {
  return columns === undefined ? options : { columns, ...options };
}

/** Writes a memory trace with bounded memory; on failure nothing is left behind. */
export async function writeMemory(
  path: string,
  source: MemorySource,
  options: MemoryWriteOptions = {},
): Promise<Written> {
  const file = new WholeFile(path);
  try {
    const writer = new MemoryWriter(withColumns(source, options), (bytes) => file.write(bytes));
    const written = writer.finish(await source(writer.rows));
    file.commit();
    return written;
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** The trace as bytes. */
export function encodeMemory(
  source: MemorySource<MemoryMetadata>,
  options: MemoryWriteOptions = {},
): Uint8Array {
  return collect((sink) => {
    const writer = new MemoryWriter(withColumns(source, options), sink);
    writer.finish(source(writer.rows));
  });
}
