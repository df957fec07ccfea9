import { UserError } from "../../errors.js";
import type { Measurement } from "../read/shared/measurement.js";

/**
 * Percent that figures of one idle machine differ by from run to run, and a model from a machine at its best.
 */
export const NOISE_PERCENT = 3;
/** With less, intervals would hang on the model's kinks, which they take no account of. */
const LEAST_PERCENT = 0.1,
  MOST_PERCENT = 50;
const HALF_NS = 500;

export function checkNoise(percent: number): void {
  if (!(percent >= LEAST_PERCENT && percent <= MOST_PERCENT))
    throw new UserError(
      `--noise${Number.isNaN(percent) ? "" : ` ${percent}`}: ` +
        `give percent by which figures may be off, ${LEAST_PERCENT} to ${MOST_PERCENT}`,
    );
}

/**
 * Relative standard deviation of a figure: `percent`, and not less, for it is what runs
 * on one machine differ by, however many messages each has; more where
 * the figure's own spread says so. A run's spread is of one message, its figure the
 * mean or the median of many; so is that of calls, recorded in whole ns.
 */
export function noiseOf(m: Measurement, percent: number): number {
  const samples = m.kind === "run" ? (m.options.iters ?? 1) : m.kind === "call" ? m.calls : 1,
    rounding = m.kind === "call" ? HALF_NS / m.value_ps : 0;
  return Math.max(percent / 100, (m.spread ?? 0) / Math.sqrt(samples), rounding);
}
