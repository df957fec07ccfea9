import type { Integer } from "../../numbers.js";

/**
 * Quantiles over drawn testbeds: low and high hold `level` of the draws between them, as many below as above.
 */
export interface Interval<T = number> {
  low: T;
  median: T;
  high: T;
}

/** A testbed value that an outcome follows. */
export interface Driver {
  value: string;
  /** Squared rank correlation, as a part of the sum of all that stand out of noise. */
  share: number;
  /** 1: the outcome grows with the value; −1: it falls. */
  sign: 1 | -1;
}

/** What a replay gives on testbeds drawn within the ranges of its own (docs/uncertainty.md). */
export interface Uncertainty {
  draws: number;
  seed: number;
  /** Share of the draws between low and high. */
  level: number;
  makespan_ps: Interval<Integer>;
  layers: Record<string, Interval<Integer>>;
  throughput: { bytes_per_s: Interval; ops_per_s: Interval };
  data_path: { bytes_per_s: Interval; ops_per_s: Interval };
  /** Each draw against native on the same draw. */
  against_native: {
    time_ratio: Interval;
    throughput_ratio: Interval;
    data_path_ratio: Interval | null;
  } | null;
  /** Of memory accesses, against native on the same draw. */
  memory_against_native?: {
    access_ratio: Interval;
    steady_ratio: Interval;
    translation_ratio: Interval | null;
  };
  /** What the drivers drive. */
  drivers_of: Outcome;
  /** The largest, at most five. */
  drivers: Driver[];
}
/**
 * The number that says most of a path: data_path_ratio where messages are sent, steady_ratio of
 * memory accesses, time_ratio otherwise, makespan_ps of native or without it.
 */
export type Outcome = "data_path_ratio" | "steady_ratio" | "time_ratio" | "makespan_ps";
