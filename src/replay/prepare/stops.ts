import { UserError } from "../../errors.js";

/** Where a thread cannot go on, and what keeps it. */
export interface Stop {
  /** Row of the trace that was replayed. */
  readonly row: number;
  readonly why: string;
}

/** Threads wait for each other; those that wait only for a resource of the CPU are no stops of their own. */
export class DeadlockError extends UserError {
  readonly stops: readonly Stop[];
  constructor(message: string, stops: readonly Stop[]) {
    super(message);
    this.stops = stops;
  }
}

/** Several nodes, none of which is connected to another. */
export class UnmatchedError extends UserError {}

/** A row says something that only a row before it could make true, and that one is not there. */
export class MissingRowError extends UserError {
  readonly stop: Stop;
  constructor(file: string, row: number, why: string) {
    super(`${file}: row ${row}: ${why}`);
    this.stop = { row, why };
  }
}
