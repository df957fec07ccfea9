/** A fraction with a positive denominator. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));

/** In lowest terms, `num/den`. */
export function rationalText({ num, den }: Rational): string {
  const g = gcd(num, den) || 1n;
  return `${num / g}/${den / g}`;
}

export const floorDiv = (a: bigint, b: bigint): bigint => (a >= 0n || a % b === 0n ? a / b : a / b - 1n);

/** The nearest integer, halves upwards. */
export const nearest = ({ num, den }: Rational): bigint => floorDiv(2n * num + den, 2n * den);

/**
 * Integers whose sum is that of the numerators over `den`, which must be
 * whole: largest remainder. Each is its fraction rounded down
 * or up. Equal remainders go by name, so that the order of the
 * entries changes nothing; what is whole stays as it is.
 */
export function wholeShares(numerators: ReadonlyMap<string, bigint>, den: bigint): Map<string, bigint> {
  const out = new Map<string, bigint>(),
    rests: [string, bigint][] = [];
  let missing = [...numerators.values()].reduce((a, b) => a + b, 0n) / den;
  for (const [name, num] of numerators) {
    const down = floorDiv(num, den);
    out.set(name, down);
    rests.push([name, num - down * den]);
    missing -= down;
  }
  rests.sort(([a, x], [b, y]) => (x !== y ? (x > y ? -1 : 1) : a < b ? -1 : 1));
  for (const [name] of rests.slice(0, Number(missing))) out.set(name, out.get(name)! + 1n);
  return out;
}
