import { quantileSorted, standardDeviation } from "simple-statistics";
import { errorsOfFits, type Linear } from "./draws.js";

/** Part of the draws that an interval holds. */
export const LEVEL = 0.95;
/**
 * A value is known by itself where its standard deviation is below this part of what it was before the fit;
 */
const KNOWN = 1 / 4;
/** and where nothing else acts like it: the others of its sum weigh less than this, all together. */
const ALONE = 1 / 4;

export interface Interval {
  readonly low: number;
  readonly high: number;
}
/** What is known of one fitted parameter, in `u`. */
export interface Estimate extends Interval {
  readonly at: number;
  /** Known by itself, and not only together with others. */
  readonly known: boolean;
}
/**
 * A parameter with others that act like it, each with its weight: what is known
 * is the sum of `u` times weight. The parameter's own weight is 1.
 */
export interface Sum extends Interval {
  /** Places among the fitted. */
  readonly members: readonly { readonly k: number; readonly weight: number }[];
  readonly at: number;
}

export interface Estimates {
  readonly parameters: readonly Estimate[];
  readonly sums: readonly Sum[];
}

/** Intervals of the parameters that were fitted, and of sums of them: `weights[s][k]`. */
export function estimatesOf(
  u: readonly number[],
  weights: readonly (readonly number[])[],
  linear: Linear,
  scales: readonly number[],
  seed: number,
): Estimates {
  const errors = errorsOfFits(linear, scales, seed),
    weighted = (w: readonly number[], of: (k: number) => number): number =>
      w.reduce((n, x, k) => n + x * of(k), 0);
  return {
    parameters: u.map((at, k) => ({
      at,
      ...interval(at, errors[k]!),
      known: standardDeviation(errors[k]!) < KNOWN * linear.spreads[k]! || weights.some((w) => isAlone(w, k)),
    })),
    sums: weights.map((w) => {
      const at = weighted(w, (k) => u[k]!),
        list = errors[0]!.map((_, d) => weighted(w, (k) => errors[k]![d]!));
      return {
        members: w.map((weight, k) => ({ k, weight })).filter(({ weight }) => weight !== 0),
        at,
        ...interval(at, list),
      };
    }),
  };
}

/**
 * Whether these weights are of a sum that is parameter k and little
 * else: the first has a weight of 1, and so may others.
 */
const isAlone = (weights: readonly number[], k: number): boolean =>
  weights[k] === 1 && weights.reduce((n, w, l) => (l === k ? n : n + Math.abs(w)), 0) < ALONE;

/** A fit went astray by its error, so the truth is the fit less that. */
function interval(at: number, errors: readonly number[]): Interval {
  const sorted = [...errors].sort((a, b) => a - b),
    tail = (1 - LEVEL) / 2;
  return { low: at - quantileSorted(sorted, 1 - tail), high: at - quantileSorted(sorted, tail) };
}
