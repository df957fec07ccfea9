import { UserError } from "../../../errors.js";
import { type VerbsOptions, type VerbsWorkload, withDefaults } from "../../../generate/options.js";
import type { MeasuredRun } from "./measurement.js";
import type { Line, Source } from "./source.js";

export type RunOptions = Partial<VerbsOptions>;
export type { VerbsWorkload };

/**
 * A measured run whose options `generate` accepts; a combination
 * that it does not know is refused with its reason.
 */
export function measuredRun(source: Source, line: Line, run: Omit<MeasuredRun, "kind" | "at">): MeasuredRun {
  try {
    withDefaults(run.workload, run.options);
  } catch (e) {
    if (!(e instanceof UserError)) throw e;
    source.refuse(line, `the run cannot be simulated: ${e.message}`);
  }
  return { kind: "run", at: { file: source.file, line: line.number }, ...run };
}
