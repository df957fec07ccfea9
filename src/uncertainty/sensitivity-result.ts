import type { Result } from "../replay/result/document.js";
import type { Interval } from "../replay/result/uncertainty-result.js";
import type { Estimate } from "./sobol.js";

/** How much of an outcome's variance one testbed value explains. */
export interface ValueIndices {
  value: string;
  /** Alone: part of the variance that goes when the value is known. */
  first: Estimate;
  /** With all that it interacts with: part that stays when all others are known. */
  total: Estimate;
  /** Mean absolute elementary effect of the screening, in the outcome's unit over the value's whole range. */
  mu_star: number;
}

/** verbscope.sensitivity/1 (schemas/sensitivity.schema.json). */
export interface Sensitivity {
  schema: "verbscope.sensitivity/1";
  digest: string;
  tool: { name: string; version: string; abi: number };
  testbed: Result["testbed"];
  trace: Result["trace"];
  path: string;
  /** Path whose metric divides; null when the metric itself is the outcome. */
  against: string | null;
  metric: { name: string; unit: "ps" | "bytes/s" | "ratio" };
  /** The outcome on the testbed as it is. */
  value: number;
  /** The outcome over all open values that have indices. */
  outcome: Interval & { mean: number; variance: number };
  method: { samples: number; trajectories: number; seed: number; confidence: number; resamples: number };
  /** Outcomes computed, and replays that it took: points that a path cannot tell apart are replayed once. */
  evaluations: { screening: number; indices: number; replays: number };
  /** By total index, the largest first. */
  indices: ValueIndices[];
  /** Values that screening saw act, but too little to matter: held at what the testbed says. */
  small: { value: string; mu_star: number }[];
  /** Values that changed nothing in any step of the screening. */
  without_effect: string[];
  notes: string[];
}
