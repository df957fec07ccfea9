import { OPCODES, VERBS } from "../abi/verbs.js";
import { UserError } from "../errors.js";
import { describeBatch, layoutOf, type BatchInfo, type BatchLayout } from "./batch.js";
import { decodeBuffer } from "./compression.js";
import { readContainer } from "./container.js";
import { readDictionaries, remap } from "./dictionary.js";
import { CorruptError } from "./flatbuffer.js";
import { decodeMetadata, type FieldOrigin, type ThreadRows, type VerbsMetadata } from "./metadata.js";
import { checkSchema, type FileColumn } from "./schema.js";
import { fileSource, type ByteSource } from "./source.js";

export type { BatchInfo, BatchLayout } from "./batch.js";

/** An open verbs trace. Everything but the values of its columns has been checked; readBody checks those that index something. */
export class VerbsTrace {
  readonly path: string;
  readonly metadata: VerbsMetadata & { threads: ThreadRows[] };
  readonly rows: number;
  readonly batches: readonly BatchInfo[];
  /** Dictionary index -> VERBS / OPCODES id; 255 where the dictionary has no word. */
  readonly verbRemap: Uint8Array;
  readonly opcodeRemap: Uint8Array;
  /** Words in the file's dictionaries. */
  readonly dictCounts: { verb: number; opcode: number };
  private readonly source: ByteSource;
  private readonly columns: readonly FileColumn[];

  constructor(source: ByteSource) {
    this.source = source;
    this.path = source.name;
    const container = readContainer(source);
    this.metadata = decodeMetadata(source.name, container.schema.metadata);
    this.columns = checkSchema(source.name, container.schema);
    const dictionaries = readDictionaries(source, container);
    const words = (column: string): string[] => dictionaries.get(this.columns.find((c) => c.name === column)!.dictionary!) ?? [];
    const verbs = words("verb"), opcodes = words("opcode");
    this.verbRemap = remap(source.name, "verb", verbs, VERBS);
    this.opcodeRemap = remap(source.name, "opcode", opcodes, OPCODES);
    this.dictCounts = { verb: verbs.length, opcode: opcodes.length };
    let rows = 0;
    this.batches = container.batches.map((raw) => {
      const info = describeBatch(source, this.columns, raw, rows);
      rows += info.rows;
      return info;
    });
    this.rows = rows;
    const announced = this.threads.reduce((sum, [, , n]) => sum + n, 0);
    if (announced !== rows) throw new UserError(`${source.name}: verbscope.threads announces ${announced} rows, but the file has ${rows}: it was cut off or its rows were changed, write it again`);
  }
  get threads(): ThreadRows[] { return this.metadata.threads; }
  get fields(): Record<string, FieldOrigin> { return this.metadata.fields; }
  get notes(): string[] { return this.metadata.notes; }
  get emulated(): boolean { return this.metadata.emulated; }

  batchLayout(batch: BatchInfo): BatchLayout {
    return layoutOf(this.source, this.columns, batch);
  }

  /** Reads a batch into `target` (8-byte aligned) as `batchLayout` describes, and checks its dictionary indices and list offsets. */
  readBody(batch: BatchInfo, target: Uint8Array): BatchLayout {
    const layout = this.batchLayout(batch);
    if (target.length < layout.bytes) throw new RangeError(`readBody needs ${layout.bytes} bytes, but got ${target.length}`);
    if (batch.compression === "none") this.source.read(batch.bodyOffset, target.subarray(0, layout.bytes));
    else this.decompress(batch, layout, target);
    this.checkIndices("verb", this.dictCounts.verb, batch, layout, target);
    this.checkIndices("opcode", this.dictCounts.opcode, batch, layout, target);
    for (const column of this.columns) if (column.list) this.checkOffsets(column.name, batch, layout, target);
    return layout;
  }
  close(): void {
    this.source.close();
  }

  private decompress(batch: BatchInfo, layout: BatchLayout, target: Uint8Array): void {
    for (const { name } of this.columns) {
      batch.buffers[name]!.forEach((region, i) => {
        const { offset, length } = layout.columns[name]![i]!;
        if (length === 0) return;
        const encoded = new Uint8Array(region.length);
        this.source.read(batch.bodyOffset + region.offset, encoded);
        try {
          decodeBuffer(batch.compression, encoded, target.subarray(offset, offset + length));
        } catch (error) {
          if (error instanceof CorruptError) throw new UserError(`${this.path}: byte ${batch.bodyOffset + region.offset}: column ${name}: ${error.message}: the file is damaged, write it again`);
          throw error;
        }
      });
    }
  }
  private checkIndices(column: string, words: number, batch: BatchInfo, layout: BatchLayout, body: Uint8Array): void {
    const { offset } = layout.columns[column]![0]!;
    const indices = body.subarray(offset, offset + batch.rows);
    const bad = firstAtLeast(indices, words);
    if (bad >= 0) throw new UserError(`${this.path}: row ${batch.firstRow + bad}: column ${column} has dictionary index ${indices[bad]}, but the dictionary has ${words} words: write the file again`);
  }
  private checkOffsets(column: string, batch: BatchInfo, layout: BatchLayout, body: Uint8Array): void {
    if (batch.rows === 0) return;
    const { offset } = layout.columns[column]![0]!;
    const offsets = new Int32Array(body.buffer, body.byteOffset + offset, batch.rows + 1);
    const elements = batch.elements[column]!;
    const bad = firstFalling(offsets, elements);
    if (bad >= 0) throw new UserError(`${this.path}: row ${batch.firstRow + Math.max(0, bad - 1)}: column ${column} has list offset ${offsets[bad]}, not ${bad > 0 ? offsets[bad - 1] : 0} to ${elements}: write the file again`);
  }
}

function firstAtLeast(bytes: Uint8Array, limit: number): number {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= limit) return i;
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

/** Opens a trace file; close it when done. */
export function openTrace(path: string): VerbsTrace {
  return openSource(fileSource(path));
}

export function openSource(source: ByteSource): VerbsTrace {
  try {
    return new VerbsTrace(source);
  } catch (error) {
    source.close();
    throw error;
  }
}
