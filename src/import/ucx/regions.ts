/** What was touched of one memory region: from `low` to before `high`. */
export interface Extent {
  low: number;
  high: number;
}

/** What a replay takes for a region at most, bytes. */
const LARGEST = 2 ** 40;

/** Memory regions, as far as they were touched, by their keys. */
export class Regions {
  readonly extents = new Map<number, Extent>();
  private key = -1;
  private extent: Extent = { low: 0, high: 0 };

  /** False, and nothing of it is taken, where the region would be larger than any is. */
  touch(key: number, addr: number, bytes: number): boolean {
    // Work without data names no memory.
    if (bytes === 0 && (addr === 0 || key === 0)) return true;
    if (key !== this.key) {
      const found = this.extents.get(key);
      this.key = key;
      if (found) this.extent = found;
      else this.extents.set(key, (this.extent = { low: addr, high: addr + bytes }));
    }
    const { extent } = this,
      low = Math.min(addr, extent.low),
      high = Math.max(addr + bytes, extent.high);
    if (high - low > LARGEST) return false;
    extent.low = low;
    extent.high = high;
    return true;
  }
  /** Takes over what another node touched. */
  join(other: Regions): void {
    for (const [key, { low, high }] of other.extents) this.touch(key, low, high - low);
  }
}
