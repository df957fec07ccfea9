/** What was touched of one memory region: from `low` to before `high`. */
export interface Extent {
  low: number;
  high: number;
}

/** Memory regions, as far as they were touched, by their keys. */
export class Regions {
  readonly extents = new Map<number, Extent>();
  private key = -1;
  private extent: Extent = { low: 0, high: 0 };

  touch(key: number, addr: number, bytes: number): void {
    // Work without data names no memory.
    if (bytes === 0 && (addr === 0 || key === 0)) return;
    if (key !== this.key) {
      const found = this.extents.get(key);
      this.key = key;
      if (found) this.extent = found;
      else this.extents.set(key, (this.extent = { low: addr, high: addr + bytes }));
    }
    const { extent } = this;
    if (addr < extent.low) extent.low = addr;
    if (addr + bytes > extent.high) extent.high = addr + bytes;
  }
  /** Takes over what another node touched. */
  join(other: Regions): void {
    for (const [key, { low, high }] of other.extents) this.touch(key, low, high - low);
  }
}
