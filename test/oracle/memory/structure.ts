/** Set-associative structures (M2.1 to M2.7, M2.11). */
import type { PolicyName } from "./config.js";

interface Ways {
  tags: (bigint | undefined)[];
  /** Filled ways, the least recently touched first. */
  order: number[];
  /** The tree of PLRU; b[0] is not used. */
  bits: number[];
}

/** A structure of tags (M2.1, M2.3). */
export class Structure {
  readonly exists: boolean;
  private readonly sets: bigint;
  private readonly ways: number;
  private readonly policy: PolicyName;
  private filled = new Map<bigint, Ways>();
  private random: number;

  constructor(number: number, geometry: { sets: number; ways: number }, policy: PolicyName) {
    this.exists = geometry.sets > 0;
    this.sets = BigInt(geometry.sets);
    this.ways = geometry.ways;
    this.policy = policy;
    this.random = (0x9e3779b9 ^ (number + 1)) >>> 0;
    if (this.exists && policy === "plru" && !Number.isInteger(Math.log2(this.ways)))
      throw new Error(`plru needs a power of two of ways, not ${this.ways}`);
  }

  /** True on a hit. A tag that was not there enters (M2.2). */
  touch(index: bigint, tag: bigint): boolean {
    const set = this.set(index % this.sets);
    const found = set.tags.indexOf(tag);
    const way = found >= 0 ? found : this.victim(set);
    set.tags[way] = tag;
    set.order = [...set.order.filter((w) => w !== way), way];
    if (this.policy === "plru") pointAway(set.bits, way, this.ways);
    return found >= 0;
  }

  /** The random state stays (M2.11). */
  flush(): void {
    this.filled = new Map();
  }

  private set(number: bigint): Ways {
    let set = this.filled.get(number);
    if (!set) {
      set = {
        tags: Array.from({ length: this.ways }, () => undefined),
        order: [],
        bits: Array.from({ length: this.ways }, () => 0),
      };
      this.filled.set(number, set);
    }
    return set;
  }

  /** An empty way, else the policy's; a full set's victim is one step of `random` (M2.4, M2.5, M2.7). */
  private victim(set: Ways): number {
    const empty = set.tags.indexOf(undefined);
    if (empty >= 0) return empty;
    if (this.policy === "lru") return set.order[0]!;
    if (this.policy === "plru") return pointedAt(set.bits, 1, this.ways);
    this.random = xorshift32(this.random);
    return this.random % this.ways;
  }
}

/** Every node from the root to the way points to the side where the way is not (M2.6). */
function pointAway(bits: number[], way: number, ways: number): void {
  let n = 1;
  for (let half = ways / 2; half >= 1; half /= 2) {
    const side = Math.floor(way / half) % 2;
    bits[n] = 1 - side;
    n = 2 * n + side;
  }
}

/** The way that the tree points to (M2.6). */
function pointedAt(bits: number[], node: number, ways: number): number {
  return node >= ways ? node - ways : pointedAt(bits, 2 * node + bits[node]!, ways);
}

/** The next state (M1.6, M2.7). */
export function xorshift32(state: number): number {
  let x = state;
  x = (x ^ (x << 13)) >>> 0;
  x = (x ^ (x >>> 17)) >>> 0;
  x = (x ^ (x << 5)) >>> 0;
  return x;
}
