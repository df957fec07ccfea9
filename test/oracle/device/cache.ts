/** A set-associative cache of keys with true LRU replacement (R4.20). */
export class Cache {
  hits = 0n;
  misses = 0n;
  private readonly sets: bigint[][];
  private readonly ways: number;

  constructor(lines: number, ways: number) {
    this.ways = ways;
    this.sets = Array.from({ length: Math.max(1, Math.floor(lines / ways)) }, () => []);
  }

  /** True on a hit. The key is the most recently used of its set afterwards. */
  lookup(key: bigint): boolean {
    const hash = ((key * 0x9e3779b97f4a7c15n) & 0xffff_ffff_ffff_ffffn) >> 32n;
    const set = this.sets[Number(hash % BigInt(this.sets.length))]!;
    const at = set.indexOf(key);
    if (at >= 0) set.splice(at, 1);
    else if (set.length >= this.ways) set.pop();
    set.unshift(key);
    if (at >= 0) this.hits += 1n;
    else this.misses += 1n;
    return at >= 0;
  }
}
