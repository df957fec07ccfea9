import { quantileSorted } from "simple-statistics";
import { type Integer, integer, rounded } from "../numbers.js";
import type { Interval } from "../replay/result/uncertainty-result.js";

/** Between the 5 % and the 95 % quantile. */
export const LEVEL = 0.9;

export function intervalOf(list: readonly number[], level = LEVEL): Interval {
  const sorted = [...list].sort((a, b) => a - b),
    at = (p: number): number => rounded(quantileSorted(sorted, p));
  return { low: at((1 - level) / 2), median: at(0.5), high: at((1 + level) / 2) };
}
/** Of times, in whole picoseconds. */
export function timesOf(list: readonly number[]): Interval<Integer> {
  const { low, median, high } = intervalOf(list),
    whole = (x: number): Integer => integer(BigInt(Math.round(x)));
  return { low: whole(low), median: whole(median), high: whole(high) };
}
