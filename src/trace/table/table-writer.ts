import {
  CompressionType,
  compressionRegistry,
  type Data,
  type DataType,
  Dictionary,
  Field,
  Int8,
  List,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import type { Column } from "../../abi/columns.js";
import { PREFIX } from "../container/compression.js";
import { encodeLz4Frame } from "../container/lz4-encode.js";
import { ListColumn, type Values } from "./columns.js";
import { CHILDREN, type Table } from "./tables.js";

export interface WriteOptions {
  /** Arrow IPC file (the default) or stream. */
  format?: "file" | "stream";
  /** Of the column buffers; uncompressed ones are read fastest. */
  compression?: "none" | "lz4";
}

/** Rows by column, ready to be written. */
export interface ColumnBatch {
  readonly rows: number;
  values(column: string): Values | ListColumn;
}
export type Sink = (bytes: globalThis.Uint8Array) => void;

const U8 = new Uint8(),
  U16 = new Uint16(),
  U32 = new Uint32(),
  U64 = new Uint64();
const UINTS = { 1: U8, 2: U16, 4: U32, 8: U64 } as const;
const struct = ({ names, widths }: (typeof CHILDREN)["sge" | "runs"]): Struct =>
  new Struct(names.map((n, i) => new Field(n, UINTS[widths[i]!], false)));
const LISTS = { sge: struct(CHILDREN.sge), runs: struct(CHILDREN.runs) };
const TYPES: Record<Exclude<Column["type"], "dict">, DataType> = {
  u8: U8,
  u16: U16,
  u32: U32,
  u64: U64,
  sge: new List(new Field("item", LISTS.sge, false)),
  runs: new List(new Field("item", LISTS.runs, false)),
};

/**
 * Writes record batches of one table, handing over the bytes piece
 * by piece; a piece is only valid during the call.
 */
export class TableWriter {
  private readonly columns: readonly Column[];
  private readonly dictionaries = new Map<string, { type: Dictionary; words: Vector }>();
  private readonly schema: Schema;
  private readonly writer: RecordBatchFileWriter | RecordBatchStreamWriter;

  /**
   * `metadata` is asked for when the schema is written: with a file at its end, with a stream at its start.
   */
  constructor(
    table: Table,
    columns: ReadonlySet<string>,
    metadata: () => Map<string, string>,
    { format = "file", compression = "none" }: WriteOptions,
    sink: Sink,
  ) {
    this.columns = table.columns.filter((c) => columns.has(c.name));
    for (const [column, words] of Object.entries(table.words)) {
      this.dictionaries.set(column, {
        type: new Dictionary(new Utf8(), new Int8(), this.dictionaries.size),
        words: vectorFromArray([...words], new Utf8()),
      });
    }
    const fields = this.columns.map(
      (c) =>
        new Field(c.name, c.type === "dict" ? this.dictionaries.get(c.name)!.type : TYPES[c.type], false),
    );
    this.schema = new Schema(fields, format === "stream" ? metadata() : new Map());
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
      // The footer of a file repeats the schema; only now is the loss report complete.
      protected override _writeFooter(schema: Schema): this {
        return super._writeFooter(format === "file" ? new Schema(fields, metadata()) : schema);
      }
      // The library puts the compressed length before a compressed buffer; the format wants the decoded one.
      protected override _compressBodyBuffers(buffers: ArrayBufferView[]) {
        const body = super._compressBodyBuffers(buffers);
        buffers.forEach((buffer, i) => {
          const prefix = body.buffers[2 * i]!;
          const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
          if (prefix.byteLength === PREFIX && view.getBigInt64(0, true) !== -1n)
            view.setBigInt64(0, BigInt(buffer.byteLength), true);
        });
        return body;
      }
    }
    if (compression === "lz4") compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: encodeLz4Frame });
    this.writer = new Writer(compression === "lz4" ? { compressionType: CompressionType.LZ4_FRAME } : {});
    this.writer.reset(undefined, this.schema);
  }

  write(batch: ColumnBatch): void {
    const children = this.columns.map((c) => this.columnData(c, batch));
    this.writer.write(
      new RecordBatch(
        this.schema,
        makeData({ type: new Struct(this.schema.fields), length: batch.rows, nullCount: 0, children }),
      ),
    );
  }
  close(): void {
    this.writer.close();
  }

  private columnData(column: Column, batch: ColumnBatch): Data {
    const { rows } = batch,
      values = batch.values(column.name);
    if (values instanceof ListColumn) {
      const type = LISTS[column.type as "sge"];
      const children = type.children.map((f, i) => flat(f.type, values.children[i]!, values.length));
      const child = makeData({ type, length: values.length, nullCount: 0, children });
      return makeData({
        type: TYPES[column.type as "sge"] as List,
        length: rows,
        nullCount: 0,
        valueOffsets: values.offsets.subarray(0, rows + 1),
        child,
      });
    }
    if (column.type !== "dict") return flat(TYPES[column.type], values, rows);
    const { type, words } = this.dictionaries.get(column.name)!;
    return makeData({
      type,
      length: rows,
      nullCount: 0,
      data: new Int8Array(values.buffer, values.byteOffset, rows),
      dictionary: words,
    });
  }
}

function flat(type: DataType, values: Values, length: number): Data {
  return makeData({
    type: type as Uint32,
    length,
    nullCount: 0,
    data: values.subarray(0, length) as globalThis.Uint32Array,
  });
}

/** What `produce` writes, as bytes. */
export function collect(produce: (sink: Sink) => void): globalThis.Uint8Array {
  const pieces: globalThis.Uint8Array[] = [];
  produce((bytes) => pieces.push(bytes.slice()));
  return new globalThis.Uint8Array(Buffer.concat(pieces));
}
