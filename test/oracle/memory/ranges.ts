/** The mapping table of one dimension (M3.5, M7.1). */
import { type LeafLevel, type MappedRange, pagesOf } from "./config.js";

export interface Place {
  level: LeafLevel;
  /** The frame of the 4 KiB page itself, not of its leaf. */
  frame: number;
}

export class Ranges {
  private readonly ranges: MappedRange[];
  private readonly bits: number;

  /** Pages count modulo 2^bits, so a sign-extended page number is as good as a plain one (M1.4). */
  constructor(ranges: MappedRange[], bits: number) {
    this.bits = bits;
    this.ranges = ranges.map((r) => ({ ...r, page: BigInt.asUintN(bits, r.page) }));
  }

  find(page: bigint): Place | undefined {
    const v = BigInt.asUintN(this.bits, page);
    const range = this.ranges.find((r) => v >= r.page && v < r.page + BigInt(r.pages));
    return range && { level: range.leaf, frame: range.frame + Number(v - range.page) };
  }

  /** The largest level up to `most` whose aligned page around `page` overlaps no row (M3.5, M3.12). */
  fitting(page: bigint, most: LeafLevel): LeafLevel {
    if (most === 1) return 1;
    const v = BigInt.asUintN(this.bits, page),
      size = BigInt(pagesOf(most)),
      start = v - (v % size);
    const overlaps = this.ranges.some((r) => start < r.page + BigInt(r.pages) && r.page < start + size);
    return overlaps ? this.fitting(page, (most - 1) as LeafLevel) : most;
  }
}
