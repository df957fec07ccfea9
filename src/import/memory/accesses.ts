import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { MemoryColumn, MemoryRows } from "../../trace/memory/memory-rows.js";
import type { FieldOrigin, MemoryMetadata } from "../../trace/table/metadata.js";
import type { AccessOptions } from "../shared/format.js";
import { misfit } from "./access-text.js";
import { Coalescer, type Runs } from "./coalesce.js";

const NO_RUNS: Runs = { runs: 0, before: 0, after: 0 };

/**
 * Takes the data accesses of one recording in order: checks them,
 * selects, coalesces, and says what became of them.
 */
export class Accesses {
  /** Accesses seen, those that were skipped too. */
  seen = 0;
  /** Thread and instruction of what is taken next, for traces that have columns for them. */
  tid = 0;
  pcLow = 0;
  pcHigh = 0;
  /** When it happened, ns in halves. */
  timeLow = 0;
  timeHigh = 0;
  private readonly path: string;
  private readonly rows: MemoryRows;
  private readonly skip: number;
  private readonly end: number;
  private readonly coalescer: Coalescer | undefined;
  /** What a place in the recording is called. */
  private readonly place: "line" | "record";

  /** `named`: the recording shows which instruction made an access. */
  constructor(
    path: string,
    rows: MemoryRows,
    { skip = 0, limit = Infinity, coalesce = false }: AccessOptions,
    named = true,
    place: "line" | "record" = "line",
  ) {
    if (!Number.isSafeInteger(skip) || skip < 0)
      throw new UserError(`import: skip is ${skip}: give a whole number of accesses, at least 0`);
    if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 1))
      throw new UserError(`import: limit is ${limit}: give a whole number of accesses, at least 1`);
    this.path = path;
    this.place = place;
    this.rows = rows;
    this.skip = skip;
    this.end = skip + limit;
    this.coalescer = coalesce
      ? new Coalescer((low, high, size, kind, gap) => rows.add(low, high, size, kind, gap), named)
      : undefined;
  }
  /**
   * Takes an access; true when no more are wanted. `at`: number of its line or record.
   * `again`: its instruction is that of the one before.
   */
  take(
    at: number,
    low: number,
    high: number,
    size: number,
    kind: number,
    gap: number,
    again = false,
  ): boolean {
    const wrong = misfit(low, high, size);
    if (wrong)
      throw new UserError(
        `${this.path}: ${this.place} ${at}: ${wrong.column} is ${wrong.value}: ` +
          `it ${wrong.why}: correct the ${this.place} or record it again`,
      );
    if (++this.seen <= this.skip) return false;
    if (this.coalescer) this.coalescer.add(low, high, size, kind, gap, again);
    else {
      this.rows.add(low, high, size, kind, gap);
      this.rows.name(this.tid, this.pcLow, this.pcHigh);
      this.rows.time(this.timeLow, this.timeHigh);
    }
    return this.seen >= this.end;
  }
  /** What follows does not continue what came before. */
  interrupt(): void {
    this.coalescer?.flush();
  }

  /** Runs of string instructions that were joined, and rows before and after. */
  get joined(): { movs: Runs; stos: Runs } {
    return this.coalescer ?? { movs: NO_RUNS, stos: NO_RUNS };
  }

  /**
   * Ends the trace: its metadata, with the loss report. `notes` are what is to be said of this recording,
   * `lost` what no recording of its kind holds, `guessed` the columns that its format does not have.
   */
  finish(
    format: string,
    notes: readonly string[],
    lost: (of: Accesses) => readonly string[],
    guessed: Partial<Record<MemoryColumn, FieldOrigin>> = {},
  ): MemoryMetadata {
    this.interrupt();
    if (this.rows.total === 0)
      throw new UserError(
        `${this.path}: ` +
          (this.seen === 0
            ? "has no data access: give a recording of loads and stores"
            : `skip is ${this.skip}, but there are only ${this.seen} data accesses: skip fewer`),
      );
    const all = [...notes];
    if (this.skip > 0) all.push(`the first ${this.skip} data accesses are left out`);
    if (this.seen >= this.end) all.push(`what follows the first ${this.end} data accesses is left out`);
    this.rows.settle();
    const origin = this.joined.movs.runs + this.joined.stos.runs > 0 ? "inferred" : "recorded";
    return {
      source: { format, files: [basename(this.path)] },
      clock: "none",
      notes: [...all, ...lost(this)],
      emulated: false,
      nodes: [{ name: basename(this.path) }],
      fields: Object.fromEntries(
        Object.entries({ vaddr: "recorded", size: origin, kind: "recorded", gap: origin, ...guessed }).filter(
          ([column]) => this.rows.columns.has(column as MemoryColumn),
        ),
      ) as Record<string, FieldOrigin>,
    };
  }
}
