import { CorruptError, FlatBuffer, type FlatTable } from "./flatbuffer.js";

/**
 * The parts of Arrow's Schema.fbs, Message.fbs and File.fbs that a trace
 * uses. Numbers in the comments are flatbuffer field slots.
 */
export interface ArrowField {
  name: string;
  /** That of the words when `dictionary` is set. */
  type: ArrowType;
  /** Width and sign of an int, width of a float; of the indices when `dictionary` is set. */
  bits: number;
  signed: boolean;
  dictionary: number | undefined;
  children: ArrowField[];
}
export interface ArrowSchema {
  fields: ArrowField[];
  metadata: Map<string, string>;
}
export interface BufferRegion {
  offset: number;
  length: number;
}
export type Codec = "none" | "lz4" | "zstd";
export interface RecordBatchHeader {
  rows: number;
  nodes: { length: number; nulls: number }[];
  buffers: BufferRegion[];
  compression: Codec;
  /** Data buffers of each column of views, in order. */
  variadic: number[];
}
export type Message =
  | { kind: "schema"; schema: ArrowSchema; bodyLength: number }
  | { kind: "dictionary"; id: number; isDelta: boolean; batch: RecordBatchHeader; bodyLength: number }
  | { kind: "batch"; batch: RecordBatchHeader; bodyLength: number };
export interface Block {
  offset: number;
  metadataLength: number;
  bodyLength: number;
}

/** Arrow's types in the order of Schema.fbs; a number beyond them is `unknown`. */
const TYPES = [
  "unknown",
  "null",
  "int",
  "float",
  "binary",
  "utf8",
  "bool",
  "decimal",
  "date",
  "time",
  "timestamp",
  "interval",
  "list",
  "struct",
  "union",
  "fixed_size_binary",
  "fixed_size_list",
  "map",
  "duration",
  "large_binary",
  "large_utf8",
  "large_list",
  "run_end_encoded",
  "binary_view",
  "utf8_view",
  "list_view",
  "large_list_view",
] as const;
export type ArrowType = (typeof TYPES)[number];
const DEEPEST = 32;
const HEADER = { schema: 1, dictionary: 2, batch: 3 };
const VERSION_V4 = 3,
  VERSION_V5 = 4;

function decodeInt(t: FlatTable | undefined): { bits: number; signed: boolean } {
  return t ? { bits: t.i32(0), signed: t.bool(1) } : { bits: 32, signed: true };
}

function decodeField(t: FlatTable, depth: number): ArrowField {
  if (depth > DEEPEST) throw new CorruptError("fields are nested too deep");
  // Field: 0 name, 1 nullable, 2 type_type, 3 type, 4 dictionary, 5 children
  const type = TYPES[t.u8(2)] ?? "unknown";
  const encoding = t.table(4); // DictionaryEncoding: 0 id, 1 indexType, 2 isOrdered
  const int = encoding
    ? decodeInt(encoding.table(1))
    : type === "int"
      ? decodeInt(t.table(3))
      : { bits: type === "float" ? 16 << (t.table(3)?.i16(0) ?? 0) : 0, signed: false };
  return {
    name: t.string(0),
    type,
    ...int,
    dictionary: encoding?.i64(0),
    children: t.tables(5).map((c) => decodeField(c, depth + 1)),
  };
}

function decodeSchema(t: FlatTable): ArrowSchema {
  // Schema: 0 endianness, 1 fields, 2 custom_metadata
  if (t.i16(0) !== 0)
    throw new CorruptError(
      "the schema's endianness is Big, and byte order is not changed here",
      "write the file little-endian, as Arrow's writers do on most machines",
    );
  return {
    fields: t.tables(1).map((f) => decodeField(f, 0)),
    metadata: new Map(t.tables(2).map((kv) => [kv.string(0), kv.string(1)])),
  };
}

function decodeBatch(fb: FlatBuffer, t: FlatTable | undefined): RecordBatchHeader {
  if (!t) throw new CorruptError("a record batch has no header");
  // RecordBatch: 0 length, 1 nodes, 2 buffers, 3 compression {0 codec, 1 method}
  const rows = t.i64(0);
  if (rows < 0) throw new CorruptError(`a record batch has ${rows} rows`);
  const nodes = t.vector(1, 16),
    buffers = t.vector(2, 16);
  // 4 variadicBufferCounts
  const compression = t.table(3),
    variadic = t.vector(4, 8);
  const codec = compression ? compression.u8(0) : -1;
  if (codec > 1 || (compression && compression.u8(1) !== 0))
    throw new CorruptError(`compression ${codec} is neither LZ4_FRAME nor ZSTD`);
  return {
    rows,
    nodes: Array.from({ length: nodes.length }, (_, i) => ({
      length: fb.i64(nodes.at + 16 * i),
      nulls: fb.i64(nodes.at + 16 * i + 8),
    })),
    buffers: Array.from({ length: buffers.length }, (_, i) => ({
      offset: fb.i64(buffers.at + 16 * i),
      length: fb.i64(buffers.at + 16 * i + 8),
    })),
    variadic: Array.from({ length: variadic.length }, (_, i) => fb.i64(variadic.at + 8 * i)),
    compression: codec < 0 ? "none" : codec === 0 ? "lz4" : "zstd",
  };
}

export function decodeMessage(bytes: Uint8Array): Message {
  const fb = new FlatBuffer(bytes);
  const t = fb.root(); // Message: 0 version, 1 header_type, 2 header, 3 bodyLength, 4 custom_metadata
  checkVersion(t.i16(0));
  const bodyLength = t.i64(3);
  if (bodyLength < 0) throw new CorruptError(`a body has ${bodyLength} bytes`);
  const header = t.table(2);
  const kind = t.u8(1);
  if (header && kind === HEADER.schema) return { kind: "schema", schema: decodeSchema(header), bodyLength };
  if (header && kind === HEADER.dictionary)
    return {
      kind: "dictionary",
      id: header.i64(0),
      isDelta: header.bool(2),
      batch: decodeBatch(fb, header.table(1)),
      bodyLength,
    };
  if (header && kind === HEADER.batch) return { kind: "batch", batch: decodeBatch(fb, header), bodyLength };
  throw new CorruptError(`message type ${kind} is neither schema, dictionary nor record batch`);
}

export function decodeFooter(bytes: Uint8Array): {
  schema: ArrowSchema;
  dictionaries: Block[];
  batches: Block[];
} {
  const fb = new FlatBuffer(bytes);
  const t = fb.root(); // Footer: 0 version, 1 schema, 2 dictionaries, 3 recordBatches
  checkVersion(t.i16(0));
  const schema = t.table(1);
  if (!schema) throw new CorruptError("the footer has no schema");
  const blocks = (field: number): Block[] => {
    const { at, length } = t.vector(field, 24);
    return Array.from({ length }, (_, i) => ({
      offset: fb.i64(at + 24 * i),
      metadataLength: fb.i32(at + 24 * i + 8),
      bodyLength: fb.i64(at + 24 * i + 16),
    }));
  };
  return { schema: decodeSchema(schema), dictionaries: blocks(2), batches: blocks(3) };
}

function checkVersion(version: number): void {
  if (version !== VERSION_V4 && version !== VERSION_V5)
    throw new CorruptError(`Arrow metadata version ${version + 1} is not 4 or 5`);
}
