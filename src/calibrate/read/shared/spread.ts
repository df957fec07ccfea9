/** Standard deviations from the median to the 99th percentile of a normal distribution. */
const SIGMAS_99 = 2.326;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b),
    half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/**
 * Standard deviation by the median, as half the range that holds the middle 68 %
 * of the samples: one interrupt among thousands does not change it.
 */
export function sampleSpread(samples: readonly number[]): number | undefined {
  if (samples.length < 3) return undefined;
  const sorted = [...samples].sort((a, b) => a - b),
    last = sorted.length - 1;
  return (sorted[Math.round(0.84 * last)]! - sorted[Math.round(0.16 * last)]!) / 2 / median(samples);
}

/** Standard deviation by the median, from the 99th percentile. */
export const percentileSpread = (typical: number, p99: number): number =>
  Math.max(0, p99 - typical) / SIGMAS_99 / typical;

/** Standard deviation of repeated figures by their median. */
export function repeatSpread(values: readonly number[]): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return (
    Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1)) / median(values)
  );
}
