import { bytesSource } from "../../../src/trace/container/source.js";
import { type MemoryColumn, type MemoryRow, MemoryRows } from "../../../src/trace/memory/memory-rows.js";
import {
  encodeMemory,
  type MemorySource,
  type MemoryWriteOptions,
} from "../../../src/trace/memory/memory-write.js";
import { type MemoryTrace, openMemorySource } from "../../../src/trace/read.js";
import type { MemoryMetadata } from "../../../src/trace/table/metadata.js";

export const MEMORY_FILE = "memory.arrow";
export const MEMORY_META: MemoryMetadata = {
  source: { format: "test" },
  clock: "none",
  fields: { vaddr: "recorded" },
  notes: ["a note"],
  emulated: false,
  nodes: [{ name: "program" }],
};

export function encodeAccesses(
  rows: readonly MemoryRow[],
  metadata: Partial<MemoryMetadata> = {},
  options: MemoryWriteOptions = {},
): Uint8Array {
  return encodeMemory((out) => {
    for (const row of rows) out.addRow(row);
    return { ...MEMORY_META, ...metadata };
  }, options);
}
export function memoryTraceOf(
  rows: readonly MemoryRow[],
  metadata: Partial<MemoryMetadata> = {},
  options: MemoryWriteOptions = {},
): MemoryTrace {
  return openMemorySource(bytesSource(MEMORY_FILE, encodeAccesses(rows, metadata, options)));
}

/** All rows of a trace, with the columns that it has. */
export function accessesOf(trace: MemoryTrace): MemoryRow[] {
  return trace.batches.flatMap((batch) => {
    const body = new Uint8Array(trace.batchLayout(batch).bytes);
    const { columns } = trace.readBody(batch, body),
      view = new DataView(body.buffer);
    const read: Record<MemoryColumn, (at: number, i: number) => number | bigint> = {
      vaddr: (at, i) => view.getBigUint64(at + 8 * i, true),
      size: (at, i) => view.getUint16(at + 2 * i, true),
      kind: (at, i) => view.getUint8(at + i),
      gap: (at, i) => view.getUint32(at + 4 * i, true),
      tid: (at, i) => view.getUint32(at + 4 * i, true),
      t: (at, i) => view.getBigUint64(at + 8 * i, true),
      pc: (at, i) => view.getBigUint64(at + 8 * i, true),
    };
    return Array.from(
      { length: batch.rows },
      (_, i) =>
        Object.fromEntries(
          [...trace.columns].map((c) => [c, read[c as MemoryColumn](columns[c]![0]!.offset, i)]),
        ) as unknown as MemoryRow,
    );
  });
}

/** What an importer or generator gives, without a file. */
export async function collected(
  source: MemorySource,
): Promise<{ rows: MemoryRow[]; metadata: MemoryMetadata }> {
  const rows: MemoryRow[] = [];
  const columns = source.columns ?? (["vaddr", "size", "kind", "gap"] as const);
  const out = new MemoryRows({ batchRows: 100, columns }, (batch) => {
    const present = columns.filter((c) => out.columns.has(c)),
      values = present.map((c) => batch.values(c) as Uint32Array | BigUint64Array);
    for (let i = 0; i < batch.rows; i++)
      rows.push(Object.fromEntries(present.map((c, k) => [c, values[k]![i]])) as unknown as MemoryRow);
  });
  const metadata = await source(out);
  out.flush();
  return { rows, metadata };
}
