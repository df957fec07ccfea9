import { LEAF_BYTES, type MappingRow } from "../../trace/mapping/mapping.js";

/** A range of IOVAs that is mapped. */
export interface Mapped {
  iova: bigint;
  end: bigint;
  paddr: bigint;
  /** The line that mapped it. */
  line: number;
}

/** Largest first. */
const LEAVES = ["1g", "2m", "4k"] as const;

/** Ranges that are kept in one array: to insert into one of all ranges took a minute for 300 000 of them. */
const BLOCK_RANGES = 512;

/** What is mapped at a moment: ranges that do not overlap, in order, in arrays that are never empty. */
export class IoMap {
  private readonly blocks: Mapped[][] = [];

  get empty(): boolean {
    return this.blocks.length === 0;
  }
  /** Adds a range; returns the bytes of it that were mapped already, which are its own now. */
  map(range: Mapped): bigint {
    const gone = this.unmap(range.iova, range.end);
    if (this.empty) {
      this.blocks.push([range]);
      return gone;
    }
    const at = Math.min(this.blockAfter(range.iova), this.blocks.length - 1),
      block = this.blocks[at]!;
    block.splice(firstAfter(block, range.iova), 0, range);
    if (block.length > BLOCK_RANGES) this.blocks.splice(at + 1, 0, block.splice(BLOCK_RANGES / 2));
    return gone;
  }
  /** Removes what is mapped between two addresses; returns how many bytes that is. */
  unmap(from: bigint, to: bigint): bigint {
    let bytes = 0n;
    for (let b = this.blockAfter(from); b < this.blocks.length && this.blocks[b]![0]!.iova < to; ) {
      const block = this.blocks[b]!,
        first = firstAfter(block, from),
        left: Mapped[] = [];
      let i = first;
      for (; i < block.length && block[i]!.iova < to; i++) {
        const range = block[i]!,
          start = range.iova > from ? range.iova : from,
          end = range.end < to ? range.end : to;
        bytes += end - start;
        if (range.iova < start) left.push({ ...range, end: start });
        if (end < range.end) left.push({ ...range, iova: end, paddr: range.paddr + (end - range.iova) });
      }
      block.splice(first, i - first, ...left);
      if (block.length === 0) this.blocks.splice(b, 1);
      else b++;
    }
    return bytes;
  }
  private blockAfter(address: bigint): number {
    return lowest(this.blocks.length, (b) => this.blocks[b]!.at(-1)!.end > address);
  }

  /**
   * Rows of a page map, and the line of each: leaves are as large as alignment and size of a range allow, which is
   * how Linux divides what it maps in one call (iommu_pgsize of drivers/iommu/iommu.c).
   */
  rows(): { rows: MappingRow[]; lines: number[] } {
    const rows: MappingRow[] = [],
      lines: number[] = [];
    for (const { iova, end, paddr, line } of this.blocks.flat())
      for (let at = iova; at < end; ) {
        const frame = (paddr + (at - iova)) >> 12n,
          leaf = leafAt(at, frame << 12n, end),
          bytes = runOf(leaf, at, frame << 12n, end),
          last = rows.at(-1);
        if (
          last !== undefined &&
          last.leaf === leaf &&
          last.vaddr + last.bytes === at &&
          last.frame + (last.bytes >> 12n) === frame
        )
          last.bytes += bytes;
        else {
          rows.push({ vaddr: at, bytes, leaf, frame, domain: "iova" });
          lines.push(line);
        }
        at += bytes;
      }
    return { rows, lines };
  }
}

/** The lowest index below `count` that holds, which all above it do too; `count` where none does. */
function lowest(count: number, holds: (i: number) => boolean): number {
  let low = 0,
    high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
const firstAfter = (block: readonly Mapped[], address: bigint): number =>
  lowest(block.length, (i) => block[i]!.end > address);

const aligned = (at: bigint, paddr: bigint, size: bigint): boolean => (at | paddr) % size === 0n;
function leafAt(at: bigint, paddr: bigint, end: bigint): MappingRow["leaf"] {
  return LEAVES.find((l) => aligned(at, paddr, LEAF_BYTES[l]) && end - at >= LEAF_BYTES[l])!;
}
/** How far leaves of one size go on: to the end, or to where a larger one begins. */
function runOf(leaf: MappingRow["leaf"], at: bigint, paddr: bigint, end: bigint): bigint {
  const size = LEAF_BYTES[leaf],
    whole = end - at - ((end - at) % size);
  const larger = LEAVES[LEAVES.indexOf(leaf) - 1];
  if (larger === undefined) return whole;
  const step = LEAF_BYTES[larger],
    to = step - (at % step);
  // A larger leaf fits where both addresses come to its boundary together, and enough is left behind it.
  return at % step === paddr % step && end - at - to >= step ? to : whole;
}
