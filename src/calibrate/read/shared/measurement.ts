import type { VerbsOptions, VerbsWorkload } from "../../../generate/options.js";
import type { Integer } from "../../../numbers.js";
import type { Testbed } from "../../../testbed/document.js";

/** Where a figure was read: what a message names. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A run of a workload that `generate` knows, and what it measured. */
export interface MeasuredRun {
  readonly kind: "run";
  readonly at: Place;
  /** The program that measured, e.g. `perftest`. */
  readonly tool: string;
  readonly workload: VerbsWorkload;
  /** As far as the file says them; `withDefaults` accepts them for this workload. */
  readonly options: Partial<VerbsOptions>;
  /** Of read-bw: READs that a queue pair may have in flight, where the file says it; `generate` takes 16. */
  readonly outstandingReads?: number;
  readonly quantity: "latency" | "bandwidth" | "rate";
  /**
   * latency: ps; half a round trip for send, write and rc-pingpong, the whole
   * operation for read and atomic. bandwidth: payload bytes a second, of both
   * directions together where `bidirectional`. rate: messages a second. Always above 0 and finite.
   */
  readonly value: number;
  /** Standard deviation of one sample by `value`, where raw samples, percentiles or repeated runs tell it. */
  readonly spread?: number;
  readonly note?: string;
}

/** A figure that stands for one value of a testbed, or for the sum of several. */
export interface MeasuredValue {
  readonly kind: "value";
  readonly at: Place;
  readonly tool: string;
  /** Names of testbed values, whose sum was measured. */
  readonly values: readonly string[];
  /** The sum in ps; ps a byte where the value is a rate of bytes. Always above 0 and finite. */
  readonly value_ps: number;
  /** As in MeasuredRun; of the mean, and not of one sample, where the tool prints only that (perf kvm). */
  readonly spread?: number;
  readonly note?: string;
}

/** What calls take in a replay of their trace. */
export interface CallTimes {
  /** ps of the calls of a verb on a testbed; undefined where the replay has none. */
  of(
    verb: string,
    testbed: Testbed,
  ): { readonly min: Integer; readonly mean: Integer; readonly max: Integer } | undefined;
}
/** What calls of a verb took while a trace was captured. */
export interface MeasuredCall {
  readonly kind: "call";
  /** The row of the first call, counted from 1. */
  readonly at: Place;
  readonly tool: "trace";
  readonly verb: string;
  readonly calls: number;
  /** The median, in ps, recorded in ns. Always above 0. */
  readonly value_ps: number;
  /** As in MeasuredRun. */
  readonly spread?: number;
  readonly note?: string;
  /** What the same calls take in a replay. */
  readonly times: CallTimes;
}

export type Measurement = MeasuredRun | MeasuredValue | MeasuredCall;

/** What one file says. */
export interface MeasuredFile {
  readonly file: string;
  readonly tool: string;
  /** In the order of the file; at least one. */
  readonly measurements: readonly Measurement[];
  /** What was read past, and how figures were understood. Safe to print. */
  readonly notes: readonly string[];
}
