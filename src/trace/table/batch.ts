import { UserError } from "../../errors.js";
import { decodedLength, PREFIX } from "../container/compression.js";
import type { Container } from "../container/container.js";
import { CorruptError } from "../container/flatbuffer.js";
import type { BufferRegion, Codec } from "../container/messages.js";
import type { ByteSource } from "../container/source.js";
import type { FileColumn } from "./schema.js";

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
   * Data buffers of each column: a fixed-width column has one, a list has its offsets and then its children.
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
  columns: readonly FileColumn[],
  schema: string,
  raw: Container["batches"][number],
  firstRow: number,
): BatchInfo {
  const { batch, bodyOffset, bodyLength } = raw;
  const fail = (why: string): never => {
    throw new UserError(
      `${source.name}: byte ${bodyOffset}, row ${firstRow}: ${why}: the file is damaged, write it again`,
    );
  };
  if (bodyLength > MAX_BODY) fail(`a record batch of ${bodyLength} bytes is larger than 4 GiB`);
  let node = 0,
    buffer = 0;
  const takeNode = (column: string, length: number | undefined): number => {
    const n = batch.nodes[node++];
    if (!n) return fail(`column ${column} is missing in a record batch`);
    if (n.nulls !== 0) fail(`column ${column} has ${n.nulls} nulls, but ${schema} has none`);
    if (length !== undefined && n.length !== length)
      fail(`column ${column} has ${n.length} rows instead of ${length}`);
    if (!(n.length >= 0 && n.length <= MAX_BODY)) fail(`column ${column} has ${n.length} rows`);
    return n.length;
  };
  const takeBuffer = (column: string): BufferRegion => {
    const r = batch.buffers[buffer++];
    if (!r) return fail(`column ${column} has no buffer`);
    if (r.offset < 0 || r.length < 0 || r.offset + r.length > bodyLength)
      fail(`column ${column} has a buffer outside its batch`);
    if (batch.compression === "none" && r.length > 0 && (bodyOffset % 8 !== 0 || r.offset % 8 !== 0))
      fail(`column ${column} has a buffer that is not aligned to 8 bytes`);
    return r;
  };
  const data = (column: string, bytes: number): BufferRegion => {
    takeBuffer(column); // validity: there are no nulls
    const r = takeBuffer(column);
    if (batch.compression === "none" && r.length < bytes)
      fail(`column ${column} has ${r.length} bytes instead of ${bytes}`);
    return r;
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
  for (const { name, widths, list } of columns) {
    takeNode(name, batch.rows);
    if (!list) {
      info.buffers[name] = [data(name, batch.rows * widths[0]!)];
      continue;
    }
    const offsets = data(name, batch.rows === 0 ? 0 : 4 * (batch.rows + 1));
    const count = takeNode(name, undefined);
    takeBuffer(name); // validity of the struct
    info.elements[name] = count;
    info.buffers[name] = [offsets, ...widths.map((w) => (takeNode(name, count), data(name, count * w)))];
  }
  if (node !== batch.nodes.length || buffer !== batch.buffers.length)
    fail(`a record batch has ${batch.buffers.length} buffers instead of ${buffer}`);
  return info;
}

/** Bytes that each data buffer of a column must have at least. */
export function needed(column: FileColumn, batch: BatchInfo): number[] {
  if (!column.list) return [batch.rows * column.widths[0]!];
  return [
    batch.rows === 0 ? 0 : 4 * (batch.rows + 1),
    ...column.widths.map((w) => w * batch.elements[column.name]!),
  ];
}

/**
 * Layout of the decoded body: as it is in the file, or, when
 * compressed, each buffer decoded at the next multiple of 64.
 */
export function layoutOf(source: ByteSource, columns: readonly FileColumn[], batch: BatchInfo): BatchLayout {
  if (batch.compression === "none") return { bytes: batch.bodyLength, columns: batch.buffers };
  let bytes = 0;
  const layout: BatchLayout["columns"] = {};
  const prefix = new Uint8Array(PREFIX);
  for (const column of columns) {
    const least = needed(column, batch);
    layout[column.name] = batch.buffers[column.name]!.map((region, i) => {
      const offset = bytes;
      const length = region.length === 0 ? 0 : encodedLength(region);
      const want = least[i]!;
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
