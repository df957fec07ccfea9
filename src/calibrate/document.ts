import type { Testbed } from "../testbed/document.js";
import type { HoldOut } from "./predict/series.js";

/**
 * verbscope.calibration/1 (schemas/calibration.schema.json): what a fit
 * found, and how well it describes what was measured.
 */
export interface Calibration {
  readonly schema: "verbscope.calibration/1";
  readonly tool: { readonly name: string; readonly version: string };
  readonly base: { readonly name: string; readonly title: string };
  readonly path: string;
  readonly noise_percent: number;
  readonly hold_out: HoldOut;
  readonly seed: number;
  /** Part of the draws that the intervals hold. */
  readonly level: number;
  readonly figures: readonly Figure[];
  readonly errors: { readonly fitted: Errors; readonly held_out: Errors | null };
  /**
   * Chi² by its degrees of freedom, the largest of any group of figures that share values, and of any file's
   * or series' figures in one: about 1 where the model describes them as well as their noise allows.
   */
  readonly misfit: number;
  /** False: some group's misfit, or that of a part of one, is larger than noise explains. */
  readonly described: boolean;
  readonly values: readonly FittedValue[];
  readonly sums: readonly FittedSum[];
  readonly left: readonly LeftValue[];
  /**
   * Of the testbed: times and rates whose range has no width; and
   * sizes, counts and names, which are never fitted.
   */
  readonly never: { readonly fixed: number; readonly other: number };
  readonly notes: readonly string[];
  readonly testbed: Testbed;
}

/**
 * A measured figure, and what the testbeds make of it: ps, bytes a second, messages a second; of a value
 * ps, or ps a byte of a rate; of a call ps. `line` of a trace is its row, counted from 1.
 */
export interface Figure {
  readonly file: string;
  readonly line: number;
  readonly tool: string;
  readonly series: string;
  readonly size: number | null;
  readonly quantity: "latency" | "bandwidth" | "rate" | "value" | "call";
  readonly use: "fitted" | "held out";
  readonly measured: number;
  /** Relative standard deviation that it counts with. */
  readonly noise: number;
  /** On the base testbed. */
  readonly before: number;
  /** On the testbed that was fitted. */
  readonly after: number;
}

/** Of predictions by what was measured, less 1, without sign. */
export interface Errors {
  readonly figures: number;
  readonly before: { readonly median: number; readonly worst: number };
  readonly after: { readonly median: number; readonly worst: number };
}

export interface FittedValue {
  readonly value: string;
  readonly unit: string;
  readonly was: number;
  readonly now: number;
  readonly low: number;
  readonly high: number;
  /**
   * Known by itself: the interval is much narrower than the base's
   * range. Otherwise only sums with others are known.
   */
  readonly known: boolean;
  /** The end of the base's range at which it stands. */
  readonly at_end: "low" | "high" | null;
  readonly rests_on: readonly string[];
}

/** Values that act together. How much they all changed, as a change of the first. */
export interface FittedSum {
  readonly value: string;
  readonly unit: string;
  readonly change: number;
  readonly low: number;
  readonly high: number;
  /** Going through its range, each acts like the first going through `weight` times its own. */
  readonly members: readonly { readonly value: string; readonly weight: number }[];
  readonly rests_on: readonly string[];
}

export interface LeftValue {
  readonly value: string;
  /** unseen: it moves no figure. noise: all of its range moves them by less than their noise. */
  readonly why: "unseen" | "noise";
}
