import {
  Field,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  Table,
  type Vector,
} from "apache-arrow";
import { decodeMessage } from "../../src/trace/container/messages.js";
import { type ByteSource, bytesSource } from "../../src/trace/container/source.js";
import { openAnySource, readExits, readMapping } from "../../src/trace/read.js";
import { encodeMetadata } from "../../src/trace/table/metadata.js";
import type { TraceKind } from "../../src/trace/table/tables.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { accessesOf, MEMORY_META } from "./memory/memory.js";
import { refused } from "./refused.js";

/** A table as another program writes it: nullable columns, its own types, verbscope's metadata kept. */
export function foreignFile(
  kind: TraceKind,
  columns: Record<string, Vector>,
  format: "file" | "stream" = "file",
): Uint8Array {
  const table = new Table(columns),
    schema = new Schema(
      table.schema.fields.map((f) => new Field(f.name, f.type, true)),
      encodeMetadata(kind, MEMORY_META),
    );
  const writer = format === "file" ? new RecordBatchFileWriter() : new RecordBatchStreamWriter();
  writer.writeAll(new Table(schema, table.batches));
  return writer.finish().toUint8Array(true);
}
export const source = (bytes: Uint8Array): ByteSource => bytesSource("t.arrow", bytes);
/** Reads every row of a trace. */
export function readAll(from: ByteSource): void {
  const trace = openAnySource(from);
  if (trace.kind === "memory") accessesOf(trace);
  else if (trace.kind === "mapping") readMapping(trace);
  else for (const row of trace.kind === "exits" ? readExits(trace) : readRows(trace)) void row;
}
/** The sentence that refuses it. */
export const refusal = (bytes: Uint8Array): string => refused(() => readAll(source(bytes)));

/** The messages of a stream, without its end mark. */
export function messages(stream: Uint8Array): { kind: string; bytes: Uint8Array }[] {
  const view = new DataView(stream.buffer, stream.byteOffset),
    found: { kind: string; bytes: Uint8Array }[] = [];
  for (let at = 0; view.getUint32(at + 4, true) !== 0; ) {
    const length = view.getUint32(at + 4, true),
      message = decodeMessage(stream.subarray(at + 8, at + 8 + length)),
      end = at + 8 + length + message.bodyLength;
    found.push({ kind: message.kind, bytes: stream.subarray(at, end) });
    at = end;
  }
  return found;
}
export const END = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0);
