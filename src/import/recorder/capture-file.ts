import { crc32 } from "node:zlib";
import { UserError } from "../../errors.js";
import type { ByteSource } from "../../trace/container/source.js";
import { BLOCK_MAGIC, FOOTER_MAGIC, MAGIC, SLOT, VERSION } from "./layout.js";
import { type Moment, Ticks } from "./ticks.js";

export interface Head {
  pid: number;
  parent: number;
  monotonic_ns: bigint;
  realtime_ns: bigint;
  flags: number;
  kernel: string;
  host: string;
  exe: string;
  argv: string[];
}
/** A block's place in the file; its payload is read and checked when it is needed. */
export interface Block {
  offset: number;
  bytes: number;
  crc: number;
}
export interface ThreadBlocks {
  tid: number;
  blocks: Block[];
  dropped: number;
  waited: number;
}
export interface Cost {
  call: number;
  measured: number;
  p50_ns: number;
}
export interface CaptureFile {
  source: ByteSource;
  head: Head;
  ticks: Ticks;
  /** In the order in which they began to record. */
  threads: ThreadBlocks[];
  /** The process ended as it should, and the file is whole. */
  ended: boolean;
  /** The last block was not written to its end. */
  cut: boolean;
  costs: Cost[];
}

/** Reads all of a recording but what is in its blocks. */
export function openCapture(source: ByteSource): CaptureFile {
  const { head, first, size } = readHead(source);
  const threads = new Map<number, ThreadBlocks>(),
    moments: Moment[] = [first];
  const file: CaptureFile = {
    source,
    head,
    ticks: new Ticks(moments),
    threads: [],
    ended: false,
    cut: false,
    costs: [],
  };
  let offset = size;
  while (offset < source.size && !file.ended) {
    if (offset + SLOT > source.size) break;
    const block = bytesAt(source, offset, SLOT),
      magic = block.readUInt32LE(0),
      bytes = block.readUInt32LE(4);
    if (
      (magic !== BLOCK_MAGIC && magic !== FOOTER_MAGIC) ||
      crc32(block.subarray(0, 60)) !== block.readUInt32LE(60)
    )
      throw new UserError(
        `${source.name}: byte ${offset}: no block begins here, the file is damaged: copy it again, or record again`,
      );
    if (offset + SLOT + bytes > source.size) break;
    moments.push({ ticks: block.readBigUInt64LE(16), ns: block.readBigUInt64LE(24) });
    const payload = { offset: offset + SLOT, bytes, crc: block.readUInt32LE(56) };
    offset += SLOT + bytes;
    if (magic === FOOTER_MAGIC) {
      file.costs = readFooter(source, payload);
      file.ended = true;
      continue;
    }
    const number = block.readUInt32LE(12);
    let thread = threads.get(number);
    if (!thread)
      threads.set(number, (thread = { tid: block.readUInt32LE(8), blocks: [], dropped: 0, waited: 0 }));
    if (bytes > 0) thread.blocks.push(payload);
    thread.dropped = Number(block.readBigUInt64LE(40));
    thread.waited = Number(block.readBigUInt64LE(48));
  }
  file.cut = offset < source.size;
  if (file.ended && file.cut)
    throw new UserError(
      `${source.name}: byte ${offset}: something follows the end of the recording: copy it again`,
    );
  file.threads = [...threads].sort(([a], [b]) => a - b).map(([, t]) => t);
  return file;
}

function bytesAt(source: ByteSource, offset: number, bytes: number): Buffer {
  const target = Buffer.allocUnsafe(bytes);
  source.read(offset, target);
  return target;
}

/** A block's records; undefined when they are not those that were written. */
export function payloadOf(source: ByteSource, { offset, bytes, crc }: Block): Buffer | undefined {
  const payload = bytesAt(source, offset, bytes);
  return crc32(payload) === crc ? payload : undefined;
}

function readHead(source: ByteSource): { head: Head; first: Moment; size: number } {
  const refuse = (why: string): never => {
    throw new UserError(`${source.name}: byte 0: ${why}: give a file that verbscope capture wrote`);
  };
  if (source.size < SLOT) return refuse("is too short for a recording");
  const bytes = bytesAt(source, 0, SLOT);
  if (bytes.toString("latin1", 0, 8) !== MAGIC) return refuse("is no recording of the recorder");
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION)
    throw new UserError(
      `${source.name}: byte 8: is of version ${version} of the format, this verbscope reads ${VERSION}: ` +
        "use the verbscope that recorded it",
    );
  const textBytes = bytes.readUInt32LE(56),
    size = SLOT + textBytes;
  if (source.size < size) return refuse("is cut off in its head");
  const text = bytesAt(source, SLOT, textBytes);
  if (crc32(text, crc32(bytes.subarray(0, 60))) !== bytes.readUInt32LE(60))
    return refuse("has a damaged head");
  const [release, version_, host, exe, ...argv] = text.toString("utf8").split("\0").slice(0, -1);
  return {
    size,
    first: { ticks: bytes.readBigUInt64LE(24), ns: bytes.readBigUInt64LE(32) },
    head: {
      pid: bytes.readUInt32LE(16),
      parent: bytes.readUInt32LE(20),
      monotonic_ns: bytes.readBigUInt64LE(32),
      realtime_ns: bytes.readBigUInt64LE(40),
      flags: bytes.readUInt32LE(52),
      kernel: `${release} ${version_}`,
      host: host ?? "",
      exe: exe ?? "",
      argv,
    },
  };
}

const THREAD_END = 32,
  COST_END = 40;

function readFooter(source: ByteSource, block: Block): Cost[] {
  const payload = block.bytes < 8 ? undefined : payloadOf(source, block);
  const threads = payload?.readUInt32LE(0) ?? 0,
    costs = payload?.readUInt32LE(4) ?? 0;
  if (!payload || payload.length !== 8 + threads * THREAD_END + costs * COST_END)
    throw new UserError(`${source.name}: byte ${block.offset}: its footer is damaged: copy the file again`);
  return Array.from({ length: costs }, (_, i) => {
    const at = 8 + threads * THREAD_END + i * COST_END;
    return {
      call: payload.readUInt32LE(at),
      measured: Number(payload.readBigUInt64LE(at + 16)),
      p50_ns: payload.readUInt32LE(at + 24),
    };
  });
}
