import { UserError } from "../../errors.js";
import { decodeBuffer, decodedLength, inMemory, PREFIX } from "../container/compression.js";
import { CorruptError } from "../container/flatbuffer.js";
import type { BufferRegion } from "../container/messages.js";
import type { ByteSource } from "../container/source.js";
import { Words } from "../container/text.js";
import { type BatchInfo, type BatchLayout, isRaw } from "./batch.js";
import { convertInts } from "./convert.js";
import type { FileColumn, StoredInt } from "./schema.js";

/** Bytes of text of a batch; its words are short. */
const MOST_TEXT = 1 << 30;
/** Writers fill buffers up to a multiple of 64. */
const PADDING = 64;

/** Words of a column: what a file's dictionary says, and what the table knows. */
export interface ColumnWords {
  readonly file: readonly string[];
  readonly known: readonly string[];
}

/** Reads bodies of record batches as the table wants them, whatever integers and words the file has. */
export class BodyReader {
  private readonly source: ByteSource;
  private readonly columns: readonly FileColumn[];
  private readonly words: ReadonlyMap<string, ColumnWords>;
  private readonly schema: string;

  constructor(
    source: ByteSource,
    columns: readonly FileColumn[],
    words: ReadonlyMap<string, ColumnWords>,
    schema: string,
  ) {
    this.source = source;
    this.columns = columns;
    this.words = words;
    this.schema = schema;
  }

  read(batch: BatchInfo, layout: BatchLayout, target: Uint8Array): void {
    if (isRaw(this.columns, batch)) {
      this.source.read(batch.bodyOffset, target.subarray(0, layout.bytes));
      return;
    }
    for (const column of this.columns) {
      const into = layout.columns[column.name]!.map(({ offset, length }) =>
        target.subarray(offset, offset + length),
      );
      if (column.plain)
        into.forEach((part, i) => this.copy(batch, column.name, batch.buffers[column.name]![i]!, part));
      else this.convert(batch, column, into);
    }
  }

  /** A buffer that the file has as the table wants it. */
  private copy(batch: BatchInfo, column: string, region: BufferRegion, into: Uint8Array): void {
    if (into.length === 0) return;
    if (batch.compression === "none") return this.source.read(batch.bodyOffset + region.offset, into);
    const start = batch.bodyOffset + region.offset;
    this.guarded(batch, column, region, () =>
      decodeBuffer(
        batch.compression,
        { size: region.length, read: (offset, target) => this.source.read(start + offset, target) },
        into,
      ),
    );
  }
  /** A buffer of so many bytes, decoded. */
  private bytes(
    batch: BatchInfo,
    column: string,
    region: BufferRegion,
    least: number,
    most = least + PADDING,
  ): Uint8Array {
    let bytes = new Uint8Array(region.length);
    this.source.read(batch.bodyOffset + region.offset, bytes);
    if (batch.compression !== "none" && bytes.length > 0)
      this.guarded(batch, column, region, () => {
        if (bytes.length < PREFIX) throw new CorruptError("a compressed buffer is cut off");
        const length = decodedLength(bytes, bytes.length);
        if (length > most) throw new CorruptError(`a compressed buffer announces ${length} bytes`);
        const decoded = new Uint8Array(length);
        decodeBuffer(batch.compression, inMemory(bytes), decoded);
        bytes = decoded;
      });
    if (bytes.length < least)
      throw this.bad(
        batch,
        0,
        column,
        `has ${bytes.length} bytes instead of ${least}`,
        "write the file again",
      );
    return bytes;
  }
  private guarded<T>(batch: BatchInfo, column: string, region: BufferRegion, act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (error instanceof CorruptError)
        throw new UserError(
          `${this.source.name}: byte ${batch.bodyOffset + region.offset}: column ${column}: ` +
            `${error.message}: ${error.advice ?? "the file is damaged, write it again"}`,
        );
      throw error;
    }
  }
  private bad(batch: BatchInfo, row: number, column: string, why: string, then: string): UserError {
    return new UserError(
      `${this.source.name}: row ${batch.firstRow + row}: column ${column} ${why}: ${then}`,
    );
  }

  private convert(batch: BatchInfo, column: FileColumn, into: readonly Uint8Array[]): void {
    const { name, stored, widths } = column,
      { rows } = batch;
    const regions = batch.buffers[name]!;
    if (rows === 0) return;
    if (stored.as === "int") this.ints(batch, column, 0, stored.int, rows, into[0]!, widths[0]!, (i) => i);
    else if (stored.as === "index") this.indices(batch, name, stored.int, into[0]!);
    else if (stored.as === "text") {
      const entries = stored.width === 16 ? rows : rows + 1,
        index = this.bytes(batch, name, regions[0]!, stored.width * entries),
        data = regions.slice(1).map((r) => this.bytes(batch, name, r, 0, MOST_TEXT));
      const { known } = this.words.get(name)!,
        ids = new Map(known.map((word, id) => [word, id]));
      this.guarded(batch, name, regions[0]!, () => {
        const words = new Words(stored.width, rows, index, data);
        for (let i = 0; i < rows; i++) {
          const word = words.at(i),
            id = ids.get(word);
          if (id === undefined) throw this.unknown(batch, i, name, word);
          into[0]![i] = id;
        }
      });
    } else {
      const offsets: StoredInt = { bytes: stored.offsets, signed: true };
      this.ints(batch, column, 0, offsets, rows + 1, into[0]!, 4, (i) => Math.max(0, i - 1));
      const starts = new DataView(into[0]!.buffer, into[0]!.byteOffset, into[0]!.byteLength);
      const rowOf = (element: number): number => {
        let row = 0;
        while (row < rows - 1 && starts.getInt32(4 * (row + 1), true) <= element) row++;
        return row;
      };
      stored.children.forEach((child, i) =>
        this.ints(batch, column, i + 1, child, batch.elements[name]!, into[i + 1]!, widths[i]!, rowOf),
      );
    }
  }
  private ints(
    batch: BatchInfo,
    { name }: FileColumn,
    buffer: number,
    stored: StoredInt,
    count: number,
    into: Uint8Array,
    width: number,
    rowOf: (at: number) => number,
  ): void {
    const bytes = this.bytes(batch, name, batch.buffers[name]![buffer]!, stored.bytes * count);
    const misfit = convertInts(bytes, stored, count, into, width);
    if (misfit)
      throw this.bad(
        batch,
        rowOf(misfit.at),
        name,
        `is ${misfit.value}, but ${this.schema} has uint${8 * width} there`,
        `give a number from 0 to ${(1n << BigInt(8 * width)) - 1n}`,
      );
  }
  /** Indices of a dictionary of any width become numbers of the table's words. */
  private indices(batch: BatchInfo, name: string, stored: StoredInt, into: Uint8Array): void {
    const { rows } = batch,
      { file, known } = this.words.get(name)!;
    const bytes = this.bytes(batch, name, batch.buffers[name]![0]!, stored.bytes * rows);
    const indices = new Uint8Array(4 * rows),
      misfit = convertInts(bytes, stored, rows, indices, 4),
      index = new Uint32Array(indices.buffer),
      ids = file.map((word) => known.indexOf(word));
    const outside = misfit ? misfit.at : index.findIndex((i) => i >= file.length);
    if (outside >= 0)
      throw this.bad(
        batch,
        outside,
        name,
        `has dictionary index ${misfit?.value ?? index[outside]}, but the dictionary has ${file.length} words`,
        "write the file again",
      );
    for (let i = 0; i < rows; i++) {
      const id = ids[index[i]!]!;
      if (id < 0) throw this.unknown(batch, i, name, file[index[i]!]!);
      into[i] = id;
    }
  }
  private unknown(batch: BatchInfo, row: number, column: string, word: string): UserError {
    const shown = JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}…` : word);
    return this.bad(
      batch,
      row,
      column,
      `is ${shown}, which is no word of ${this.schema}`,
      "use a version of verbscope that knows it, or correct it",
    );
  }
}
