import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import type { VerbsTrace } from "../trace/read.js";
import { cutTrace } from "../trace/verbs/cut.js";
import { Cuts } from "./cuts.js";
import { StoppedError } from "./prepare/stops.js";
import { type ReplayOptions, replay } from "./replay.js";
import { digestOf, fileDigest, type LeftOut, type Result } from "./result/document.js";

export interface PartialOptions extends Omit<ReplayOptions, "memory" | "memoryOptions" | "partial" | "by"> {
  /** Something was cut, and all is replayed once more. */
  readonly onRestart?: () => void;
}

/**
 * Replays a trace as far as all its threads go, on all paths the same rows. What is left out of each
 * thread is in `trace.left_out`; where nothing is, the result is that of `replay`.
 */
export function replayPartial(
  whole: VerbsTrace,
  paths: readonly Path[],
  testbed: Testbed,
  { onRestart, ...options }: PartialOptions = {},
): Result {
  const { value: result, leftOut } = asFarAsAllGo(
    whole,
    (trace) => replay(trace, paths, testbed, { ...options, partial: true }),
    onRestart,
  );
  if (leftOut.length === 0) return result;
  const trace = {
    ...result.trace,
    rows: whole.rows,
    digest: fileDigest(whole),
    threads: whole.threads.length,
    left_out: leftOut,
  };
  return { ...result, trace, digest: digestOf({ ...result, trace }) };
}

/** The rows of a result that leaves some out: its trace as it was replayed. */
export function cutAs(whole: VerbsTrace, leftOut: readonly LeftOut[]): VerbsTrace {
  return cutTrace(
    whole,
    whole.threads.map(
      ([node, tid, rows]) => rows - (leftOut.find((l) => l.node === node && l.tid === tid)?.rows ?? 0),
    ),
  );
}

/**
 * Tries `use` on the trace, cuts each thread before the call in which it cannot go on, and tries again: a cut
 * takes away what other threads may have waited for. Each round cuts a row at least, so there is a last one.
 */
export function asFarAsAllGo<T>(
  whole: VerbsTrace,
  use: (trace: VerbsTrace) => T,
  onRestart?: () => void,
): { value: T; leftOut: LeftOut[] } {
  let cuts: Cuts | undefined;
  for (;;) {
    const trace = cuts?.trace() ?? whole;
    try {
      return { value: use(trace), leftOut: cuts?.leftOut() ?? [] };
    } catch (error) {
      if (error instanceof StoppedError && error.stops.length > 0) cuts ??= new Cuts(whole);
      if (!cuts) throw error;
      if (!(error instanceof StoppedError && cuts.at(error.stops))) throw cuts.inWhole(error);
    } finally {
      if (trace !== whole) trace.close();
    }
    onRestart?.();
  }
}
