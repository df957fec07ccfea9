/** Pages in a row, with gaps smaller than JOIN between them. */
export interface TouchedRange {
  start: bigint;
  bytes: number;
  pages: number;
}

const JOIN_PAGES = 256; // 1 MiB

/**
 * The set of 4 KiB pages that a trace touches: a bitmap for each 2 MiB,
 * so that it stays small for dense and sparse traces.
 */
export class TouchedPages {
  private readonly maps = new Map<number, Uint32Array>();
  private last = -1;
  private map: Uint32Array = new Uint32Array();

  /** Adds a page by its number, the address shifted right by 12. */
  add(page: number): void {
    const large = Math.floor(page / 512);
    if (large !== this.last) {
      this.last = large;
      let map = this.maps.get(large);
      if (!map) this.maps.set(large, (map = new Uint32Array(16)));
      this.map = map;
    }
    const bit = page % 512;
    this.map[bit >>> 5]! |= 1 << (bit & 31);
  }
  get largePages(): number {
    return this.maps.size;
  }
  /** Ranges of touched pages in ascending order. */
  ranges(): TouchedRange[] {
    const found: TouchedRange[] = [];
    let end = -Infinity,
      first = 0,
      pages = 0;
    const close = (): void => {
      if (pages > 0) found.push({ start: BigInt(first) << 12n, bytes: (end - first) * 4096, pages });
    };
    for (const large of [...this.maps.keys()].sort((a, b) => a - b)) {
      const map = this.maps.get(large)!;
      for (let bit = 0; bit < 512; bit++) {
        if (((map[bit >>> 5]! >>> (bit & 31)) & 1) === 0) continue;
        const page = large * 512 + bit;
        if (page - end >= JOIN_PAGES) {
          close();
          first = page;
          pages = 0;
        }
        pages++;
        end = page + 1;
      }
    }
    close();
    return found;
  }
}
