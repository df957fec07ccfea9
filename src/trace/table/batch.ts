import { UserError } from "../../errors.js";
import { decodedLength, PREFIX } from "../container/compression.js";
import type { Container } from "../container/container.js";
import { CorruptError } from "../container/flatbuffer.js";
import type { BufferRegion, Codec } from "../container/messages.js";
import type { ByteSource } from "../container/source.js";
import { describe, type FileColumn, type FileField } from "./schema.js";
import { BatchWalk } from "./walk.js";

/**
 * One record batch of the file. Regions are relative to the body;
 * those of a compressed batch are still encoded.
 */
export interface BatchInfo {
  firstRow: number;
  rows: number;
  bodyOffset: number;
  bodyLength: number;
  compression: Codec;
  /**
   * Data buffers of each column as the file has them: a fixed-width column has one, a list its offsets and
   * then its children, words their offsets (or views) and then their text.
   */
  buffers: Record<string, BufferRegion[]>;
  /** Elements of each list column's children. */
  elements: Record<string, number>;
}

/** Where the decoded buffers of a batch are, once its body was read. */
export interface BatchLayout {
  bytes: number;
  columns: Record<string, BufferRegion[]>;
}

const MAX_BODY = 0xffffffff;

export function describeBatch(
  source: ByteSource,
  fields: readonly FileField[],
  schema: string,
  raw: Container["batches"][number],
  firstRow: number,
): BatchInfo {
  const { batch, bodyOffset, bodyLength } = raw;
  const fail = (why: string, then = "the file is damaged, write it again"): never => {
    throw new UserError(`${source.name}: byte ${bodyOffset}, row ${firstRow}: ${why}: ${then}`);
  };
  if (bodyLength > MAX_BODY) fail(`a record batch of ${bodyLength} bytes is larger than 4 GiB`);
  const walk = new BatchWalk(batch, (why) => fail(why));
  const takeNode = (column: string, type: string, length: number | undefined): number => {
    const n = walk.nextNode(column);
    if (n.nulls !== 0)
      fail(
        `column ${column} (${type}) has ${n.nulls} nulls, but ${schema} has none`,
        "give each row a value; docs/trace-format.md says which means that it does not apply",
      );
    if (length !== undefined && n.length !== length)
      fail(`column ${column} has ${n.length} rows instead of ${length}`);
    if (!(n.length >= 0 && n.length <= MAX_BODY)) fail(`column ${column} has ${n.length} rows`);
    return n.length;
  };
  const checked = (column: string, r: BufferRegion, bytes: number): BufferRegion => {
    if (r.offset < 0 || r.length < 0 || r.offset + r.length > bodyLength)
      fail(`column ${column} has a buffer outside its batch`);
    if (batch.compression === "none" && r.length > 0 && (bodyOffset % 8 !== 0 || r.offset % 8 !== 0))
      fail(`column ${column} has a buffer that is not aligned to 8 bytes`);
    if (batch.compression === "none" && r.length < bytes)
      fail(`column ${column} has ${r.length} bytes instead of ${bytes}`);
    return r;
  };
  const data = (column: string, bytes: number): BufferRegion => {
    walk.nextBuffer(column); // validity: there are no nulls
    return checked(column, walk.nextBuffer(column), bytes);
  };
  const info: BatchInfo = {
    firstRow,
    rows: batch.rows,
    bodyOffset,
    bodyLength,
    compression: batch.compression,
    buffers: {},
    elements: {},
  };
  const { rows } = batch,
    offsetsOf = (width: number): number => (rows === 0 ? 0 : width * (rows + 1));
  for (const { field, column } of fields) {
    if (!column) {
      walk.pass(field);
      continue;
    }
    const { name, stored } = column,
      type = describe(field);
    takeNode(name, type, rows);
    if (stored.as === "text") {
      const views = stored.width === 16;
      const index = data(name, views ? 16 * rows : offsetsOf(stored.width)),
        text = views ? walk.nextViews(name) : [walk.nextBuffer(name)];
      info.buffers[name] = [index, ...text.map((r) => checked(name, r, 0))];
    } else if (stored.as !== "list") info.buffers[name] = [data(name, rows * stored.int.bytes)];
    else {
      const offsets = data(name, offsetsOf(stored.offsets));
      const count = takeNode(name, type, undefined);
      walk.nextBuffer(name); // validity of the struct
      info.elements[name] = count;
      info.buffers[name] = [
        offsets,
        ...stored.children.map((c) => (takeNode(name, type, count), data(name, count * c.bytes))),
      ];
    }
  }
  if (!walk.done) fail(`a record batch has ${batch.buffers.length} buffers instead of ${walk.seen}`);
  return info;
}

/** Bytes that each data buffer of a column must have at least, as the table wants it. */
export function needed(column: FileColumn, batch: BatchInfo): number[] {
  if (!column.list) return [batch.rows * column.widths[0]!];
  return [
    batch.rows === 0 ? 0 : 4 * (batch.rows + 1),
    ...column.widths.map((w) => w * batch.elements[column.name]!),
  ];
}

/** Whether a body is used as it is in the file. */
export function isRaw(columns: readonly FileColumn[], batch: BatchInfo): boolean {
  return batch.compression === "none" && columns.every((c) => c.plain);
}

/**
 * Layout of the body as the table wants it: as it is in the file, or, when it is
 * compressed or stored otherwise, each buffer at the next multiple of 64.
 */
export function layoutOf(source: ByteSource, columns: readonly FileColumn[], batch: BatchInfo): BatchLayout {
  if (isRaw(columns, batch)) return { bytes: batch.bodyLength, columns: batch.buffers };
  let bytes = 0;
  const layout: BatchLayout["columns"] = {};
  const prefix = new Uint8Array(PREFIX);
  for (const column of columns) {
    layout[column.name] = needed(column, batch).map((want, i) => {
      const offset = bytes,
        region = batch.buffers[column.name]![i]!;
      const length =
        !column.plain || batch.compression === "none"
          ? want
          : region.length === 0
            ? 0
            : encodedLength(region);
      if (length < want || length > want + 64)
        throw new UserError(
          `${source.name}: byte ${batch.bodyOffset + region.offset}, ` +
            `row ${batch.firstRow}: column ${column.name} decodes to ${length} bytes ` +
            `instead of ${want}: the file is damaged, write it again`,
        );
      bytes += 64 * Math.ceil(length / 64);
      return { offset, length };
    });
  }
  if (bytes > MAX_BODY)
    throw new UserError(
      `${source.name}: row ${batch.firstRow}: a record batch decodes to ` +
        `${bytes} bytes, more than 4 GiB: write smaller batches`,
    );
  return { bytes, columns: layout };

  function encodedLength(region: BufferRegion): number {
    if (region.length < PREFIX)
      throw new UserError(
        `${source.name}: byte ${batch.bodyOffset + region.offset}: ` +
          `a compressed buffer has ${region.length} bytes: the file is damaged, write it again`,
      );
    source.read(batch.bodyOffset + region.offset, prefix);
    try {
      return decodedLength(prefix, region.length);
    } catch (error) {
      if (error instanceof CorruptError)
        throw new UserError(
          `${source.name}: byte ${batch.bodyOffset + region.offset}: ` +
            `${error.message}: the file is damaged, write it again`,
        );
      throw error;
    }
  }
}
