/** A set-associative LRU TLB of one page size in as few lines as can be, to check the others against. */
export class PlainTlb {
  misses = 0;
  private readonly sets: bigint[][];
  private readonly ways: number;

  constructor(sets: number, ways: number) {
    this.sets = Array.from({ length: sets }, () => []);
    this.ways = ways;
  }

  /** True on a hit. The last page of a set is the one used most recently. */
  access(page: bigint): boolean {
    const set = this.sets[Number(page % BigInt(this.sets.length))]!;
    const at = set.indexOf(page);
    if (at >= 0) {
      set.splice(at, 1);
      set.push(page);
      return true;
    }
    this.misses += 1;
    if (set.length === this.ways) set.shift();
    set.push(page);
    return false;
  }
}
