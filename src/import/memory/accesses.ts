import { basename } from "node:path";
import { UserError } from "../../errors.js";
import type { MemoryRows } from "../../trace/memory/memory-rows.js";
import type { MemoryMetadata } from "../../trace/table/metadata.js";
import { misfit } from "./access-text.js";
import { Coalescer } from "./coalesce.js";

export interface AccessOptions {
  /** Data accesses to leave out at the start, and to take at most after them. */
  skip?: number;
  limit?: number;
  /** Join the elements of string instructions (the default). */
  coalesce?: boolean;
}
const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/**
 * Takes the data accesses of one recording in order: checks them,
 * selects, coalesces, and says what became of them.
 */
export class Accesses {
  /** Accesses seen, those that were skipped too. */
  seen = 0;
  private readonly path: string;
  private readonly rows: MemoryRows;
  private readonly skip: number;
  private readonly end: number;
  private readonly coalescer: Coalescer | undefined;

  constructor(
    path: string,
    rows: MemoryRows,
    { skip = 0, limit = Infinity, coalesce = true }: AccessOptions,
  ) {
    if (!Number.isSafeInteger(skip) || skip < 0)
      throw new UserError(`import: skip is ${skip}: give a whole number of accesses, at least 0`);
    if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 1))
      throw new UserError(`import: limit is ${limit}: give a whole number of accesses, at least 1`);
    this.path = path;
    this.rows = rows;
    this.skip = skip;
    this.end = skip + limit;
    this.coalescer = coalesce
      ? new Coalescer((low, high, size, kind, gap) => rows.add(low, high, size, kind, gap))
      : undefined;
  }
  /** Takes an access; true when no more are wanted. */
  take(line: number, low: number, high: number, size: number, kind: number, gap: number): boolean {
    const wrong = misfit(low, high, size);
    if (wrong)
      throw new UserError(
        `${this.path}: line ${line}: ${wrong.column} is ${wrong.value}: ` +
          `it ${wrong.why}: correct the line or record it again`,
      );
    if (++this.seen <= this.skip) return false;
    if (this.coalescer) this.coalescer.add(low, high, size, kind, gap);
    else this.rows.add(low, high, size, kind, gap);
    return this.seen >= this.end;
  }
  /** What follows does not continue what came before. */
  interrupt(): void {
    this.coalescer?.flush();
  }

  /** Ends the trace: its metadata, with the loss report. */
  finish(format: string, notes: readonly string[]): MemoryMetadata {
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
    const { movs, stos } = this.coalescer ?? {};
    if (movs && movs.runs > 0)
      all.push(
        `${count(movs.runs, "run")} of rep movs, which valgrind shows element by ` +
          `element, ${movs.runs === 1 ? "is" : "are"} joined to accesses of up to 64 ` +
          `bytes: ${movs.before} rows became ${movs.after}`,
      );
    if (stos && stos.runs > 0)
      all.push(
        `${count(stos.runs, "run")} of rep stos, which valgrind shows byte by byte, ` +
          `${stos.runs === 1 ? "is" : "are"} joined to accesses of up to 64 bytes: ` +
          `${stos.before} rows became ${stos.after}`,
      );
    all.push(
      "there are no times: gap counts instructions",
      "threads are not named: the accesses of all threads are one sequence",
      "accesses of the kernel (system calls) are not recorded, " +
        "and addresses are those under valgrind, which places code and stack differently",
    );
    const joined = (movs?.runs ?? 0) + (stos?.runs ?? 0) > 0;
    return {
      source: { format, files: [basename(this.path)] },
      clock: "none",
      notes: all,
      emulated: false,
      nodes: [{ name: basename(this.path) }],
      fields: {
        vaddr: "recorded",
        size: joined ? "inferred" : "recorded",
        kind: "recorded",
        gap: joined ? "inferred" : "recorded",
      },
    };
  }
}
