import { UserError } from "../../errors.js";
import { Batch } from "../table/columns.js";
import type { ThreadRows } from "../table/metadata.js";
import type { VerbsRow } from "../table/rows.js";
import { storeRow } from "./store-row.js";

/** Collects rows column by column, in record batches of `batchRows`. */
export class VerbsBuilder {
  readonly batches: Batch[] = [];
  rows = 0;
  readonly batchRows: number;
  private readonly counts = new Map<number, Map<number, number>>();

  constructor(batchRows = 65536) {
    this.batchRows = batchRows;
    if (!Number.isInteger(batchRows) || batchRows < 1 || batchRows > 1 << 24)
      throw new UserError(`batch rows must be 1 to ${1 << 24}, but is ${batchRows}: choose a number between`);
  }

  /** Appends a copy of the row. */
  add(row: VerbsRow): void {
    let batch = this.batches.at(-1);
    if (!batch || batch.rows === this.batchRows) this.batches.push((batch = new Batch(this.batchRows)));
    const misfit = storeRow(batch, batch.rows, row);
    if (misfit)
      throw new UserError(
        `row ${this.rows}: column ${misfit} is ${String(row[misfit])}, ` +
          "which does not fit it: correct the recording",
      );
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

  /** Rows of each thread, sorted by node and thread id. */
  threads(): ThreadRows[] {
    const all = [...this.counts].flatMap(([node, tids]) =>
      [...tids].map(([tid, rows]): ThreadRows => [node, tid, rows]),
    );
    return all.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
}
