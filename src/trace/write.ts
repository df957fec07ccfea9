import {
  CompressionType, Dictionary, Field, Int8, List, RecordBatch, RecordBatchFileWriter, RecordBatchStreamWriter, Schema, Struct, Uint16, Uint32, Uint64, Uint8, Utf8,
  compressionRegistry, makeData, vectorFromArray, type Data, type DataType,
} from "apache-arrow";
import { VERBS_COLUMNS, type Column } from "../abi/columns.js";
import { OPCODES, VERBS } from "../abi/verbs.js";
import type { Batch, FixedColumns, Values } from "./columns.js";
import type { VerbsBuilder } from "./columns-builder.js";
import { PREFIX } from "./compression.js";
import { encodeLz4Frame } from "./lz4-encode.js";
import { encodeMetadata, type VerbsMetadata } from "./metadata.js";
import { writeWhole } from "./write-whole.js";

export interface WriteOptions {
  /** Arrow IPC file (the default) or stream. */
  format?: "file" | "stream";
  /** Of the column buffers; uncompressed ones are read fastest. */
  compression?: "none" | "lz4";
}

const U32 = new Uint32(), U64 = new Uint64();
const struct = (children: Record<string, DataType>): Struct => new Struct(Object.entries(children).map(([n, t]) => new Field(n, t, false)));
const SGE = struct({ addr: U64, length: U32, lkey: U32 });
const RUN = struct({ page: U64, frame: U64, count: U32 });
const TYPES: Record<Column["type"], DataType> = {
  u8: new Uint8(), u16: new Uint16(), u32: U32, u64: U64, dict: new Utf8(),
  sge: new List(new Field("item", SGE, false)), runs: new List(new Field("item", RUN, false)),
};
const WORDS = { verb: vectorFromArray([...VERBS], new Utf8()), opcode: vectorFromArray([...OPCODES], new Utf8()) };
const DICTIONARIES = { verb: new Dictionary(new Utf8(), new Int8(), 0), opcode: new Dictionary(new Utf8(), new Int8(), 1) };

function fields(): Field[] {
  return VERBS_COLUMNS.map((c) => new Field(c.name, c.type === "dict" ? DICTIONARIES[c.name as "verb"] : TYPES[c.type], false));
}

function flat(type: DataType, values: Values, length: number): Data {
  return makeData({ type: type as Uint32, length, nullCount: 0, data: values.subarray(0, length) as globalThis.Uint32Array });
}

function columnData(column: Column, batch: Batch): Data {
  const { rows } = batch;
  if (column.type === "dict") {
    const name = column.name as "verb";
    return makeData({ type: DICTIONARIES[name], length: rows, nullCount: 0, data: new Int8Array(batch.fixed[name].buffer, 0, rows), dictionary: WORDS[name] });
  }
  if (column.type === "sge" || column.type === "runs") {
    const list = batch[column.type];
    const type = column.type === "sge" ? SGE : RUN;
    const children = type.children.map((f, i) => flat(f.type, list.children[i]!, list.length));
    const child = makeData({ type, length: list.length, nullCount: 0, children });
    return makeData({ type: TYPES[column.type] as List, length: rows, nullCount: 0, valueOffsets: list.offsets.subarray(0, rows + 1), child });
  }
  return flat(TYPES[column.type], batch.fixed[column.name as keyof FixedColumns], rows);
}

/** Record batches of the builder, one at a time. */
function* recordBatches(builder: VerbsBuilder, schema: Schema): Iterable<RecordBatch> {
  for (const batch of builder.batches) {
    const children = VERBS_COLUMNS.map((c) => columnData(c, batch));
    yield new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: batch.rows, nullCount: 0, children }));
  }
}

/** Encodes the trace and hands over its bytes piece by piece; a piece is only valid during the call. */
function encode(builder: VerbsBuilder, meta: VerbsMetadata, { format = "file", compression = "none" }: WriteOptions, sink: (bytes: globalThis.Uint8Array) => void): void {
  const schema = new Schema(fields(), encodeMetadata(meta, builder.threads()));
  const Base = format === "file" ? RecordBatchFileWriter : RecordBatchStreamWriter;
  // The library's own sink collects the whole file in memory; a trace may be larger than that.
  class Writer extends Base {
    protected override _write(chunk: ArrayBufferView): this {
      if (this._started && chunk.byteLength > 0) {
        sink(new globalThis.Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        this._position += chunk.byteLength;
      }
      return this;
    }
    // The library puts the compressed length before a compressed buffer; the format wants the decoded one.
    protected override _compressBodyBuffers(buffers: ArrayBufferView[]) {
      const body = super._compressBodyBuffers(buffers);
      buffers.forEach((buffer, i) => {
        const prefix = body.buffers[2 * i]!;
        const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
        if (prefix.byteLength === PREFIX && view.getBigInt64(0, true) !== -1n) view.setBigInt64(0, BigInt(buffer.byteLength), true);
      });
      return body;
    }
  }
  if (compression === "lz4") compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: encodeLz4Frame });
  const writer = new Writer(compression === "lz4" ? { compressionType: CompressionType.LZ4_FRAME } : {});
  writer.reset(undefined, schema);
  for (const batch of recordBatches(builder, schema)) writer.write(batch);
  writer.close();
}

/** The trace as bytes. */
export function encodeVerbs(builder: VerbsBuilder, meta: VerbsMetadata, options: WriteOptions = {}): globalThis.Uint8Array {
  const pieces: globalThis.Uint8Array[] = [];
  encode(builder, meta, options, (bytes) => pieces.push(bytes.slice()));
  return new globalThis.Uint8Array(Buffer.concat(pieces));
}

export function writeVerbs(path: string, builder: VerbsBuilder, meta: VerbsMetadata, options: WriteOptions = {}): void {
  writeWhole(path, (sink) => encode(builder, meta, options, sink));
}
