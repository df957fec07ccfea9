import { instantiateSync } from "@assemblyscript/loader";
import { codecModule } from "./module.node.js";

/** Exports of codec.wasm (docs/abi.md). Every number is a u32. */
interface CodecExports extends Record<string, unknown> {
  memory: WebAssembly.Memory;
  heap(): number;
  lz4_block(source: number, sourceEnd: number, at: number, base: number, limit: number): number;
  zstd(source: number, sourceEnd: number, target: number, limit: number, result: number): number;
}

/** What is wrong with data, in the order of assembly/codec/fault.ts. */
const FAULTS = [
  "",
  "is cut off",
  "is longer than announced",
  "copies from outside",
  "is not a frame of this format, or followed by something else",
  "needs a dictionary",
  "has a field with a reserved value",
  "has a table of codes that does not add up",
  "has a stream with too few or too many bits",
  "has too few literals",
] as const;
const CHECKSUM = 10;

/** Data that cannot be decoded; the message is the end of a sentence. */
export class CodecFault extends Error {}

/** Room around source and target: decoders read and copy in steps (assembly/codec/copy.ts), never further. */
const SLACK_BYTES = 64;
const RESULT_BYTES = 16;
const PAGE_BYTES = 65536;
/** An instance that has grown beyond this is given up after use: a memory never shrinks. */
const KEPT_BYTES = 64 << 20;

let kept: CodecExports | undefined;

/** A memory has at most 4 GiB, and only what the machine gives. */
function grow(memory: WebAssembly.Memory, missing: number, bytes: number): void {
  try {
    memory.grow(Math.ceil(missing / PAGE_BYTES));
  } catch (error) {
    if (error instanceof RangeError)
      throw new CodecFault(`finds no memory for the ${bytes} bytes that it announces`);
    throw error;
  }
}

/** Bytes that are to be decoded, wherever they are. */
export interface Encoded {
  readonly size: number;
  /** Fills the target from `offset` on. */
  read(offset: number, target: Uint8Array): void;
}

/** A source, read into the decoder's memory, and room there for what it decodes to. */
export class Decoding {
  private readonly exports: CodecExports;
  private readonly result: number;
  private readonly start: number;
  private readonly end: number;
  private readonly target: number;
  private readonly limit: number;
  /** The source as it was read. */
  readonly source: Uint8Array;

  /**
   * Reads `encoded` from byte `from` on, which decodes to so many `bytes`.
   * @throws CodecFault where there is no memory for both
   */
  constructor(encoded: Encoded, from: number, bytes: number) {
    const x = kept ?? instantiateSync<CodecExports>(codecModule(), {}).exports;
    this.exports = x;
    this.result = x.heap();
    this.start = this.result + RESULT_BYTES + SLACK_BYTES;
    this.end = this.start + encoded.size - from;
    this.target = 16 * Math.ceil((this.end + SLACK_BYTES) / 16);
    this.limit = this.target + bytes;
    const most = this.limit + SLACK_BYTES;
    const missing = most - x.memory.buffer.byteLength;
    if (missing > 0) grow(x.memory, missing, bytes);
    kept = most > KEPT_BYTES ? undefined : x;
    this.source = new Uint8Array(x.memory.buffer, this.start, encoded.size - from);
    encoded.read(from, this.source);
  }

  /** Decodes an LZ4 block of the source to `out`, where what stands before may be copied from; returns its end. */
  lz4Block(from: number, to: number, out: number): number {
    const end =
      this.exports.lz4_block(
        this.start + from,
        this.start + to,
        this.target + out,
        this.target,
        this.limit,
      ) >>> 0;
    if (end < FAULTS.length) throw new CodecFault(FAULTS[end]);
    return end - this.target;
  }
  /** Copies a part of the source that is stored as it is; it fits. */
  stored(from: number, to: number, out: number): void {
    new Uint8Array(this.exports.memory.buffer).copyWithin(
      this.target + out,
      this.start + from,
      this.start + to,
    );
  }
  /** Decodes all zstd frames of the source, and verifies their checksums; returns how many bytes they have. */
  zstd(): number {
    const { exports: x, result } = this,
      fault = x.zstd(this.start, this.end, this.target, this.limit, result);
    const [end, said, found] = new Uint32Array(x.memory.buffer, result, 3) as unknown as [
      number,
      number,
      number,
    ];
    const hex = (n: number): string => `0x${n.toString(16).padStart(8, "0")}`;
    if (fault === CHECKSUM)
      throw new CodecFault(`has a checksum of ${hex(said)}, but its data give ${hex(found)}`);
    if (fault !== 0) throw new CodecFault(FAULTS[fault]);
    return end - this.target;
  }
  /** Copies what was decoded. */
  take(target: Uint8Array): void {
    target.set(new Uint8Array(this.exports.memory.buffer, this.target, target.length));
  }
}
