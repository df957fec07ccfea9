import { UserError } from "../errors.js";
import { type ExitsTrace, readExits } from "../trace/read.js";
import { EXIT_VALUES } from "./read/shared/exit-values.js";
import type { MeasuredFile, MeasuredValue } from "./read/shared/measurement.js";
import { median, sampleSpread } from "./read/shared/spread.js";

const TOOL = "kvm exits";
/** A median of fewer may be any one exit's mishap. */
const LEAST_EXITS = 5;
const PS_PER_US = 1_000_000,
  PS_PER_NS = 1000;

/** Durations of a reason in ps, and its first row. */
interface Durations {
  readonly row: number;
  readonly ps: number[];
}

/**
 * Exits of a table as figures: the median from exit to entry of each reason that stands for values of a testbed.
 * @throws UserError for a table of an emulated machine, or without enough of these
 */
export function measuredExits(trace: ExitsTrace): MeasuredFile {
  if (trace.emulated)
    throw new UserError(
      `${trace.path}: is of an emulated machine: give a table that was recorded on hardware`,
    );
  const found = new Map<string, Durations>();
  let row = 0,
    step_ps = PS_PER_US;
  for (const { reason, duration_ps } of readExits(trace)) {
    const of = found.get(reason) ?? { row, ps: [] };
    found.set(reason, of);
    row++;
    if (duration_ps === undefined) continue;
    of.ps.push(Number(duration_ps));
    if (duration_ps % BigInt(PS_PER_US) !== 0n) step_ps = PS_PER_NS;
  }
  const measurements: MeasuredValue[] = [],
    few: string[] = [],
    unused: string[] = [];
  for (const [reason, { row: first, ps }] of found) {
    const exit = EXIT_VALUES.get(reason);
    if (exit === undefined) unused.push(reason);
    else if (ps.length < LEAST_EXITS || median(ps) === 0) few.push(reason);
    else {
      const value_ps = median(ps);
      measurements.push({
        kind: "value",
        at: { file: trace.path, line: first + 1 },
        tool: TOOL,
        values: exit.values,
        value_ps,
        // Of the median, which many exits do not make more exact than the times are printed.
        spread: Math.max((sampleSpread(ps) ?? 0) / Math.sqrt(ps.length), step_ps / 2 / value_ps),
        note: exit.note,
      });
    }
  }
  if (measurements.length === 0)
    throw new UserError(
      `${trace.path}: has no ${LEAST_EXITS} exits with an entry of a reason that a testbed value stands for: ` +
        `record until ${[...EXIT_VALUES.keys()].join(", ")} or one of them occurs as often`,
    );
  const notes = [
    "exits are counted from their tracepoint to that of the entry: " +
      "the processor's own part of an exit is not in the figures, the tracepoints' cost is",
  ];
  if (step_ps === PS_PER_US) notes.push("durations are whole us, by half of which each figure may be off");
  if (few.length > 0)
    notes.push(
      `reasons with fewer than ${LEAST_EXITS} durations, or shorter than the printed time, not used: ${few.join(", ")}`,
    );
  if (unused.length > 0) notes.push(`reasons that no testbed value stands for: ${unused.join(", ")}`);
  return { file: trace.path, tool: TOOL, measurements, notes };
}
