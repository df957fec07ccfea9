import { Xxh64 } from "./xxh64.js";

const MAGIC = 0xfd2fb528,
  SKIPPABLE = 0x184d2a50;
const RLE = 1;

/** A piece of a zstd stream: bytes of a frame for its decoder, its start, or its end. */
export type Piece =
  | { kind: "start" }
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "end"; checksum: number | undefined };

/**
 * Finds where the frames of a zstd stream begin and end, without decoding them (RFC 8878, 3.1):
 * decoders in JavaScript pass over the checksum that a frame may end in.
 */
export class ZstdFrames {
  /** Bytes of the header at hand, and how many it needs. */
  private head: number[] = [];
  private want = 4;
  private state: "magic" | "size" | "descriptor" | "header" | "block" | "checksum" = "magic";
  /** Bytes of the block or skippable frame that are still to come. */
  private left = 0;
  private skipping = false;
  private last = false;
  private checked = false;

  /** True between two frames: the stream may end here. */
  get whole(): boolean {
    return this.state === "magic" && this.head.length === 0 && this.left === 0;
  }
  *push(chunk: Uint8Array): Generator<Piece> {
    for (let at = 0; at < chunk.length; ) {
      if (this.left > 0) {
        const bytes = chunk.subarray(at, at + this.left);
        at += bytes.length;
        this.left -= bytes.length;
        if (!this.skipping) yield { kind: "bytes", bytes };
        if (this.left > 0) return;
        yield* this.blockDone();
        continue;
      }
      this.head.push(chunk[at++]!);
      if (this.head.length === this.want) yield* this.headDone();
    }
  }

  private *headDone(): Generator<Piece> {
    const { head } = this,
      number = (from: number, n: number): number =>
        head.slice(from, from + n).reduceRight((sum, byte) => sum * 256 + byte, 0);
    switch (this.state) {
      case "magic":
        if (number(0, 4) === MAGIC) {
          yield { kind: "start" };
          return this.more("descriptor", 5);
        }
        if (number(0, 4) - SKIPPABLE >= 0 && number(0, 4) - SKIPPABLE < 16) return this.more("size", 8);
        throw new Error("something else than zstd data follows");
      case "size":
        this.left = number(4, 4);
        this.skipping = true;
        this.next("magic", 4);
        if (this.left === 0) this.skipping = false;
        return;
      case "descriptor": {
        const descriptor = head[4]!,
          single = (descriptor & 32) !== 0;
        this.checked = (descriptor & 4) !== 0;
        const more =
          (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
        this.more("header", 5 + more);
        if (more > 0) return;
        break;
      }
      case "header":
        break;
      case "block": {
        const block = number(0, 3);
        this.last = (block & 1) !== 0;
        this.left = ((block >> 1) & 3) === RLE ? 1 : block >> 3;
        yield this.bytes();
        if (this.left === 0) yield* this.blockDone();
        return;
      }
      case "checksum": {
        const checksum = number(0, 4);
        yield this.bytes();
        yield { kind: "end", checksum };
        return this.next("magic", 4);
      }
    }
    yield this.bytes();
    this.next("block", 3);
  }
  private *blockDone(): Generator<Piece> {
    if (this.skipping) {
      this.skipping = false;
      return;
    }
    if (!this.last) return this.next("block", 3);
    if (this.checked) return this.next("checksum", 4);
    yield { kind: "end", checksum: undefined };
    this.next("magic", 4);
  }
  private bytes(): Piece {
    return { kind: "bytes", bytes: Uint8Array.from(this.head) };
  }
  private more(state: ZstdFrames["state"], want: number): void {
    this.state = state;
    this.want = want;
  }
  private next(state: ZstdFrames["state"], want: number): void {
    this.more(state, want);
    this.head = [];
  }
}

/** Why a frame's data are not those that were packed, if its checksum tells. */
export function checksumFault(checksum: number | undefined, hash: Xxh64): string | undefined {
  if (checksum === undefined) return undefined;
  const found = Number(hash.digest() & 0xffffffffn);
  const hex = (n: number): string => `0x${n.toString(16).padStart(8, "0")}`;
  return found === checksum ? undefined : `its checksum is ${hex(checksum)}, but its data give ${hex(found)}`;
}
