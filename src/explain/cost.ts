import type { Testbed } from "../testbed/document.js";

/** How a cost follows from the testbed's values. */
export interface CostSource {
  /** The same as the core has charged, computed once more from what the formula says. */
  readonly ps: bigint;
  readonly formula: string;
  /** Names of the testbed's values in it. */
  readonly values: readonly string[];
}

/** floor(n · c / 65536), as the core computes a cost. */
export const scaled = (n: bigint, coefficient: bigint): bigint => (n * coefficient) >> 16n;
export const ceilDiv = (n: bigint, by: bigint): bigint => (n + by - 1n) / by;

/** A value's name, and in brackets the value as the testbed writes it. */
export function named(testbed: Testbed, name: string): string {
  const { value, unit } = testbed.values[name]!;
  return `${name} (${value}${unit === "count" || unit === "name" ? "" : ` ${unit}`})`;
}
/** A rate for a person: MB/s of a coefficient of ps a byte × 65536. */
export const megabytes = (coefficient: bigint): string =>
  `${((1e6 * 65536) / Number(coefficient)).toFixed(1)} MB/s`;
