/**
 * Shapley values and interactions of a game whose value is known for
 * every subset of its players (docs/attribution.md).
 * A subset is a bit mask. All arithmetic is exact: results are numerators over a common denominator.
 */
export type Game = (subset: number) => bigint;

export function factorial(n: number): bigint {
  let f = 1n;
  for (let i = 2n; i <= BigInt(n); i++) f *= i;
  return f;
}

function sizeOf(mask: number): number {
  let n = 0;
  for (let m = mask; m !== 0; m &= m - 1) n++;
  return n;
}

/** Numerators over n! of the players' Shapley values. */
export function shapley(n: number, v: Game): bigint[] {
  const f = Array.from({ length: n + 1 }, (_, i) => factorial(i)),
    out = Array.from({ length: n }, () => 0n);
  for (let mask = 0; mask < 2 ** n; mask++) {
    const size = sizeOf(mask),
      value = v(mask);
    // A subset's value counts for its members and against the others;
    // those weights are what the orders of joining come to.
    const member = size > 0 ? f[size - 1]! * f[n - size]! * value : 0n,
      other = size < n ? f[size]! * f[n - size - 1]! * value : 0n;
    for (let i = 0; i < n; i++) out[i] = out[i]! + ((mask >> i) & 1 ? member : -other);
  }
  return out;
}

/**
 * Numerators over (n − 1)! of the Shapley interaction index of each pair i
 * < j. For two players it is v(ij) − v(i) − v(j) + v(∅).
 */
export function interactions(n: number, v: Game): { i: number; j: number; num: bigint }[] {
  const out: { i: number; j: number; num: bigint }[] = [],
    f = Array.from({ length: n + 1 }, (_, k) => factorial(k));
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      let num = 0n;
      const a = 1 << i,
        b = 1 << j;
      for (let s = 0; s < 2 ** n; s++) {
        if (s & (a | b)) continue;
        const size = sizeOf(s);
        num += f[size]! * f[n - size - 2]! * (v(s | a | b) - v(s | a) - v(s | b) + v(s));
      }
      out.push({ i, j, num });
    }
  }
  return out;
}
