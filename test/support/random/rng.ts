/** A stream of its own for each name (FNV-1a, 32 bits), so that what is drawn for one name moves no other. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/**
 * A stream for each seed and name. `new Random(seed, stream)` of the next seed is the same sequence one step
 * on, so what has a small chance would come in the same few draws of all seeds; here the seed is mixed first.
 */
export function ownStream(seed: number, name: string): Random {
  return new Random(new Random(seed, streamOf(name)).next());
}

/** splitmix64: a reproducible stream from an integer seed. */
export class Random {
  private state: bigint;

  constructor(seed: number | bigint, stream = 0) {
    this.state = BigInt.asUintN(
      64,
      BigInt(seed) * 0x9e3779b97f4a7c15n + BigInt(stream) * 0xd1342543de82ef95n,
    );
  }

  next(): bigint {
    this.state = BigInt.asUintN(64, this.state + 0x9e3779b97f4a7c15n);
    let z = this.state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  }

  /** An integer of [low, high]. */
  int(low: number, high: number): number {
    return low + Number(this.next() % BigInt(high - low + 1));
  }

  chance(p: number): boolean {
    return Number(this.next() >> 11n) / 2 ** 53 < p;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(0, from.length - 1)]!;
  }

  /** Log-uniform integer of [1, high]. */
  magnitude(high: number): number {
    return Math.min(
      high,
      Math.max(1, Math.floor(2 ** ((Number(this.next() >> 11n) / 2 ** 53) * Math.log2(high + 1)))),
    );
  }
}
