import { UserError } from "../../errors.js";
import { Batch } from "../table/columns.js";
import type { ThreadRows } from "../table/metadata.js";
import type { VerbsRow } from "../table/rows.js";
import { storeRow } from "./store-row.js";

/** Rows of a record batch, where nothing else is asked for. */
export const BATCH_ROWS = 65536;
const MOST_BATCH_ROWS = 1 << 24;

/** Rows by column, to be written. */
export interface VerbsBatches {
  /** Those that are made while they are written can be gone through once; a batch is valid until the next. */
  readonly batches: Iterable<Batch>;
  /** Rows of all batches; complete once `batches` is exhausted, as are the threads. */
  readonly rows: number;
  /** Rows of each thread, sorted by node and thread id. */
  threads(): ThreadRows[];
  /** Frees what rows that were not made yet would be made of. */
  close?(): void;
}

export function checkBatchRows(batchRows: number): void {
  if (!Number.isInteger(batchRows) || batchRows < 1 || batchRows > MOST_BATCH_ROWS)
    throw new UserError(
      `batch rows must be 1 to ${MOST_BATCH_ROWS}, but is ${batchRows}: choose a number between`,
    );
}
/** What a row says does not fit its column. */
export const misfit = (row: number, column: string, value: unknown): UserError =>
  new UserError(
    `row ${row}: column ${column} is ${String(value)}, which does not fit it: correct the recording`,
  );

/** Collects rows column by column, in record batches of `batchRows`. */
export class VerbsBuilder implements VerbsBatches {
  readonly batches: Batch[] = [];
  rows = 0;
  readonly batchRows: number;
  private readonly counts = new Map<number, Map<number, number>>();

  constructor(batchRows = BATCH_ROWS) {
    checkBatchRows(batchRows);
    this.batchRows = batchRows;
  }

  /** Appends a copy of the row. */
  add(row: VerbsRow): void {
    let batch = this.batches.at(-1);
    if (!batch || batch.rows === this.batchRows) this.batches.push((batch = new Batch(this.batchRows)));
    const column = storeRow(batch, batch.rows, row);
    if (column) throw misfit(this.rows, column, row[column]);
    batch.rows++;
    this.rows++;
    let node = this.counts.get(row.node);
    if (!node) this.counts.set(row.node, (node = new Map()));
    node.set(row.tid, (node.get(row.tid) ?? 0) + 1);
  }

  /** Changes a fixed-width column of a row that is there already. */
  patch(row: number, column: "await_writes", value: number): void {
    const batch = this.batches[Math.floor(row / this.batchRows)]!;
    batch.fixed[column][row % this.batchRows] = value;
  }

  threads(): ThreadRows[] {
    const all = [...this.counts].flatMap(([node, tids]) =>
      [...tids].map(([tid, rows]): ThreadRows => [node, tid, rows]),
    );
    return all.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
}
