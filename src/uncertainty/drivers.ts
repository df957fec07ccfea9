import { sampleRankCorrelation } from "simple-statistics";
import { rounded } from "../numbers.js";
import type { Driver } from "../replay/result/uncertainty-result.js";

const MOST = 5;
/**
 * Rank correlations of n independent draws scatter by about 1/√n:
 * beyond three times that, one in 400 is chance.
 */
const NOISE = 3;

/** The values whose draws rank as the outcome does; `values` holds the draws of each. */
export function driversOf(
  values: ReadonlyMap<string, readonly number[]>,
  outcome: readonly number[],
): Driver[] {
  const varies = (list: readonly number[]): boolean => list.some((x) => x !== list[0]);
  if (!varies(outcome)) return [];
  const found: { value: string; r: number }[] = [];
  for (const [value, draws] of values) {
    const r = varies(draws) ? sampleRankCorrelation([...draws], [...outcome]) : 0;
    if (Math.abs(r) > NOISE / Math.sqrt(outcome.length)) found.push({ value, r });
  }
  const sum = found.reduce((n, { r }) => n + r * r, 0);
  return found
    .sort((a, b) => b.r * b.r - a.r * a.r)
    .slice(0, MOST)
    .map(({ value, r }) => ({ value, share: rounded((r * r) / sum), sign: r > 0 ? 1 : -1 }));
}
