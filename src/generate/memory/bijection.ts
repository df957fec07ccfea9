import type { Random } from "../random.js";

const ROUNDS = 4;

/**
 * A pseudo-random permutation of 0 … n - 1 (n up to 2^32) that needs no
 * table: rounds of multiply, add and xor-shift, each of
 * which permutes the next power of two, walked on until the result is below n again.
 */
export function bijection(n: number, random: Random): (i: number) => number {
  const bits = Math.max(1, 32 - Math.clz32(n - 1));
  const mask = bits === 32 ? 0xffffffff : 2 ** bits - 1,
    shift = (bits + 1) >> 1;
  const factors = Array.from({ length: ROUNDS }, () => (random.u32() | 1) >>> 0),
    terms = Array.from({ length: ROUNDS }, () => random.u32());
  const mix = (x: number): number => {
    for (let r = 0; r < ROUNDS; r++) {
      x = ((Math.imul(x, factors[r]!) + terms[r]!) & mask) >>> 0;
      x = (x ^ (x >>> shift)) >>> 0;
    }
    return x;
  };
  return (i) => {
    let x = mix(i);
    while (x >= n) x = mix(x);
    return x;
  };
}
