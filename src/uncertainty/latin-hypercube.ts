import { Random } from "../generate/random.js";

/** FNV-1a, 32 bits (Fowler, Noll, Vo 1991). */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (const c of new TextEncoder().encode(text)) h = Math.imul(h ^ c, 0x01000193) >>> 0;
  return h;
}

/**
 * `n` points in [0, 1) of each name, one in each of n equal strata, in
 * an order of its own (McKay, Beckman and Conover 1979).
 * An order depends on seed, n and name alone: a testbed that gains a value keeps the draws of all others.
 */
export function latinHypercube(names: readonly string[], n: number, seed: number): Map<string, Float64Array> {
  return new Map(
    names.map((name) => {
      const random = new Random(hash(name, seed)),
        order = Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = random.below(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return [name, Float64Array.from(order, (stratum) => (stratum + random.unit()) / n)];
    }),
  );
}

/** Point `i` of a design. */
export const pointOf = (design: ReadonlyMap<string, Float64Array>, i: number): Map<string, number> =>
  new Map([...design].map(([name, u]) => [name, u[i]!]));
