import { UserError } from "../../errors.js";
import type { Container } from "../container/container.js";
import { readDictionaries, remap } from "../container/dictionary.js";
import type { ByteSource } from "../container/source.js";
import { type BatchInfo, type BatchLayout, describeBatch, isRaw, layoutOf } from "./batch.js";
import { DecodedBatches, KEPT_BYTES } from "./decoded.js";
import type { FieldOrigin, TraceMetadata } from "./metadata.js";
import { BodyReader } from "./read-body.js";
import { checkSchema, describe, type FileColumn } from "./schema.js";
import type { Table } from "./tables.js";

const PIECE_BYTES = 1 << 20;

/** A batch in memory. */
export interface BatchBody {
  /** Of the batch in its trace. */
  readonly index: number;
  readonly batch: BatchInfo;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly layout: BatchLayout;
  readonly view: DataView;
  /** Where a column's values begin; of a list column its offsets. */
  at(column: string): number;
}

/**
 * An open trace of any schema. Everything but the values of its columns has
 * been checked; readBody checks those that index something.
 */
export abstract class TableTrace<M extends TraceMetadata = TraceMetadata> {
  readonly path: string;
  readonly metadata: M;
  readonly rows: number;
  readonly batches: readonly BatchInfo[];
  /** Names of the columns that the file has. */
  readonly columns: ReadonlySet<string>;
  private readonly source: ByteSource;
  private readonly fileColumns: readonly FileColumn[];
  private readonly reader: BodyReader;
  private decoded: DecodedBatches | undefined;
  private readonly dictionaries: ReadonlyMap<string, { words: number; remap: Uint8Array }>;

  constructor(source: ByteSource, container: Container, table: Table, metadata: M) {
    this.source = source;
    this.path = source.name;
    const fields = checkSchema(source.name, container.schema, table);
    const left = fields.filter((f) => !f.column).map(({ field }) => `${field.name} (${describe(field)})`);
    this.metadata =
      left.length === 0 ? metadata : { ...metadata, notes: [...metadata.notes, leftOut(left, table.schema)] };
    this.fileColumns = fields.flatMap((f) => f.column ?? []);
    this.columns = new Set(this.fileColumns.map((c) => c.name));
    const worded = fields.filter(({ column }) => column && column.name in table.words);
    const dictionaries = readDictionaries(
      source,
      container,
      new Map(
        worded.flatMap(({ field }) =>
          field.dictionary === undefined ? [] : [[field.dictionary, field.type]],
        ),
      ),
    );
    const words = new Map(
      worded.map(({ column, field: { dictionary } }) => [
        column!.name,
        {
          file: dictionary === undefined ? [] : (dictionaries.get(dictionary) ?? []),
          known: table.words[column!.name]!,
        },
      ]),
    );
    // Other indices than those of one byte, and plain words, become numbers of the table's words as they are read.
    this.dictionaries = new Map(
      worded.map(({ column }) => {
        const { file, known } = words.get(column!.name)!,
          mine = column!.plain ? file : known;
        return [column!.name, { words: mine.length, remap: remap(source.name, column!.name, mine, known) }];
      }),
    );
    this.reader = new BodyReader(source, this.fileColumns, words, table.schema);
    let rows = 0;
    this.batches = container.batches.map((raw) => {
      const info = describeBatch(source, fields, table.schema, raw, rows);
      rows += info.rows;
      return info;
    });
    this.rows = rows;
  }
  get fields(): Record<string, FieldOrigin> {
    return this.metadata.fields;
  }
  get notes(): string[] {
    return this.metadata.notes;
  }
  get emulated(): boolean {
    return this.metadata.emulated;
  }
  /** Whether the recording says how long calls took; a capture of packets, say, does not. */
  get callsTimed(): boolean {
    return this.metadata.fields.dur !== "assumed";
  }

  /** Dictionary index of the file -> id in the table's words; 255 where the dictionary has no word. */
  ids(column: string): Uint8Array {
    return this.dictionaries.get(column)!.remap;
  }
  /** Words in the file's dictionary of a column. */
  wordCount(column: string): number {
    return this.dictionaries.get(column)!.words;
  }

  /** The trace as it is stored, piece by piece; a piece is overwritten by the next. */
  *bytes(): Generator<Uint8Array> {
    const piece = new Uint8Array(PIECE_BYTES);
    for (let at = 0; at < this.source.size; at += PIECE_BYTES) {
      const part = piece.subarray(0, Math.min(PIECE_BYTES, this.source.size - at));
      this.source.read(at, part);
      yield part;
    }
  }

  /** From now on batches that have to be decoded or converted are kept, up to so many bytes, until it is closed. */
  keepDecoded(bytes: number = KEPT_BYTES): void {
    this.decoded ??= new DecodedBatches(bytes);
  }
  batchLayout(batch: BatchInfo): BatchLayout {
    return layoutOf(this.source, this.fileColumns, batch);
  }

  /** Every batch's body, one after the other; the next one takes its memory. */
  *bodies(): Generator<BatchBody> {
    let body = new Uint8Array(0);
    for (const [index, batch] of this.batches.entries()) {
      const { bytes } = this.batchLayout(batch);
      if (body.length < bytes) body = new Uint8Array(bytes);
      const layout = this.readBody(batch, body);
      const at = (column: string): number => layout.columns[column]![0]!.offset;
      yield { index, batch, body, layout, view: new DataView(body.buffer), at };
    }
  }

  /**
   * Reads a batch into `target` (8-byte aligned) as `batchLayout`
   * describes, and checks its dictionary indices and list offsets.
   */
  readBody(batch: BatchInfo, target: Uint8Array): BatchLayout {
    const decoded = this.decoded?.read(batch, target);
    if (decoded) return decoded;
    const layout = this.batchLayout(batch);
    if (target.length < layout.bytes)
      throw new RangeError(`readBody needs ${layout.bytes} bytes, but got ${target.length}`);
    this.reader.read(batch, layout, target);
    for (const [column, { words }] of this.dictionaries)
      this.checkBelow(
        column,
        words,
        batch,
        layout,
        target,
        (i) => `has dictionary index ${i}, but the dictionary has ${words} words`,
      );
    for (const column of this.fileColumns)
      if (column.list) this.checkOffsets(column.name, batch, layout, target);
    if (this.decoded && !isRaw(this.fileColumns, batch)) this.decoded.keep(batch, layout, target);
    return layout;
  }
  close(): void {
    this.decoded = undefined;
    this.source.close();
  }

  /** Refuses the first value of a one-byte column that is not below `limit`. */
  protected checkBelow(
    column: string,
    limit: number,
    batch: BatchInfo,
    layout: BatchLayout,
    body: Uint8Array,
    why: (value: number) => string,
  ): void {
    const { offset } = layout.columns[column]![0]!;
    const values = body.subarray(offset, offset + batch.rows);
    const bad = firstAtLeast(values, limit);
    if (bad >= 0)
      throw new UserError(
        `${this.path}: row ${batch.firstRow + bad}: ` +
          `column ${column} ${why(values[bad]!)}: write the file again`,
      );
  }
  private checkOffsets(column: string, batch: BatchInfo, layout: BatchLayout, body: Uint8Array): void {
    if (batch.rows === 0) return;
    const { offset } = layout.columns[column]![0]!;
    const offsets = new Int32Array(body.buffer, body.byteOffset + offset, batch.rows + 1);
    const elements = batch.elements[column]!;
    const bad = firstFalling(offsets, elements);
    if (bad >= 0)
      throw new UserError(
        `${this.path}: row ${batch.firstRow + Math.max(0, bad - 1)}: ` +
          `column ${column} has list offset ${offsets[bad]}, not ${bad > 0 ? offsets[bad - 1] : 0} to ` +
          `${elements}: write the file again`,
      );
  }
}

function leftOut(columns: readonly string[], schema: string): string {
  const [is, are] = columns.length === 1 ? ["column", "is"] : ["columns", "are"];
  return `${is} ${columns.join(", ")} of the file ${are} no part of ${schema} and left out`;
}
function firstAtLeast(bytes: Uint8Array, limit: number): number {
  const words = bytes.length >> 2;
  let at = 0;
  // Four bytes at a time, while none has its highest bit or would get it from what is missing to 128.
  if (limit <= 128 && bytes.byteOffset % 4 === 0) {
    const four = new Uint32Array(bytes.buffer, bytes.byteOffset, words),
      missing = Math.imul(128 - limit, 0x01010101);
    let i = 0;
    while (i < words && ((((four[i]! & 0x7f7f7f7f) + missing) | four[i]!) & 0x80808080) === 0) i++;
    at = 4 * i;
  }
  for (; at < bytes.length; at++) if (bytes[at]! >= limit) return at;
  return -1;
}
/** First offset that is below the one before it or past the end. */
function firstFalling(offsets: Int32Array, end: number): number {
  for (let i = 0, previous = 0; i < offsets.length; i++) {
    const at = offsets[i]!;
    if (at < previous || at > end) return i;
    previous = at;
  }
  return -1;
}
