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

/** What is mapped at a moment: ranges that do not overlap, in order. */
export class IoMap {
  readonly alive: Mapped[] = [];

  /** Adds a range; returns the bytes of it that were mapped already, which are its own now. */
  map(range: Mapped): bigint {
    const gone = this.unmap(range.iova, range.end);
    this.alive.splice(this.firstEndingAfter(range.iova), 0, range);
    return gone;
  }
  /** Removes what is mapped between two addresses; returns how many bytes that is. */
  unmap(from: bigint, to: bigint): bigint {
    const first = this.firstEndingAfter(from),
      left: Mapped[] = [];
    let bytes = 0n,
      i = first;
    for (; i < this.alive.length && this.alive[i]!.iova < to; i++) {
      const range = this.alive[i]!,
        start = range.iova > from ? range.iova : from,
        end = range.end < to ? range.end : to;
      bytes += end - start;
      if (range.iova < start) left.push({ ...range, end: start });
      if (end < range.end) left.push({ ...range, iova: end, paddr: range.paddr + (end - range.iova) });
    }
    if (i > first) this.alive.splice(first, i - first, ...left);
    return bytes;
  }
  private firstEndingAfter(address: bigint): number {
    let low = 0,
      high = this.alive.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.alive[middle]!.end > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /**
   * Rows of a page map, and the line of each: leaves are as large as alignment and size of a range allow, which is
   * how Linux divides what it maps in one call (iommu_pgsize of drivers/iommu/iommu.c).
   */
  rows(): { rows: MappingRow[]; lines: number[] } {
    const rows: MappingRow[] = [],
      lines: number[] = [];
    for (const { iova, end, paddr, line } of this.alive)
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
