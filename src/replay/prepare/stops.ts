import { UserError } from "../../errors.js";

/** Where a thread cannot go on, and what keeps it. */
export interface Stop {
  /** Row of the trace that was replayed. */
  readonly row: number;
  readonly why: string;
  /** It lacks a row, which may be one that was cut off. */
  readonly lacks?: true;
}

/** Rows that cannot be replayed, though those before them can: what they need is not in the trace. */
export class StoppedError extends UserError {
  readonly stops: readonly Stop[];
  constructor(message: string, stops: readonly Stop[]) {
    super(message);
    this.stops = stops;
  }
}

/** A row says something that only a row before it could make true, and that one is not there. */
export const missingRow = (file: string, row: number, why: string): StoppedError =>
  new StoppedError(`${file}: row ${row}: ${why}`, [{ row, why, lacks: true }]);
