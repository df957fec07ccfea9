import type { Leaf } from "../../trace/mapping/mapping.js";
import type { Area } from "./maps.js";

const BLOCK = 512,
  BLOCK_BYTES = 2 ** 21;

/**
 * Which pages are large. pagemap shows frames of 4 KiB only; smaps has the size of a range's pages and how much of
 * the range is in transparent large pages, but not where: those are whole blocks of 2 MiB whose frames are in one
 * piece and aligned.
 */
export class LargePages {
  private readonly sizes: boolean;
  /** Blocks in one piece: taken for large without being told, and beyond what smaps counts. */
  private guessed = 0;
  private surplus = 0;

  constructor(sizes: boolean) {
    this.sizes = sizes;
  }
  /** Whether each large page so far is known to be one. */
  get known(): boolean {
    return this.sizes && this.surplus === 0;
  }
  /** The leaf of pages from `first`; of `frames` those that are absent are negative. */
  leafOf(area: Area, first: bigint, frames: Float64Array): Leaf {
    if (area.pageBytes === 2 ** 30) return "1g";
    if (area.pageBytes === BLOCK_BYTES) return "2m";
    if (first % BigInt(BLOCK) !== 0n || !inOnePiece(frames)) return "4k";
    if (!this.sizes) {
      this.guessed++;
      return "2m";
    }
    if (area.hugeBytes >= BLOCK_BYTES) {
      area.hugeBytes -= BLOCK_BYTES;
      return "2m";
    }
    this.surplus++;
    return "4k";
  }
  notes(): string[] {
    return [
      ...(this.guessed > 0
        ? [
            `blocks of 2 MiB in one piece, taken for large pages: ${this.guessed}: maps does not say what they ` +
              "are; smaps does",
          ]
        : []),
      ...(this.surplus > 0
        ? [
            "blocks of 2 MiB in one piece beyond those that smaps counts as large pages, " +
              `taken for small ones: ${this.surplus}: ` +
              "the first of each range are taken for the large ones",
          ]
        : []),
    ];
  }
}

function inOnePiece(frames: Float64Array): boolean {
  const start = frames[0]!;
  return (
    frames.length === BLOCK && start >= 0 && start % BLOCK === 0 && frames.every((f, i) => f === start + i)
  );
}
