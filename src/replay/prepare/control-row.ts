import { UserError } from "../../errors.js";
import type { BatchView } from "./batch-view.js";
import { MOST } from "./geometry.js";
import { missingRow } from "./stops.js";

/** The control row that is resolved: its columns, and what is wrong with them. One object serves all rows. */
export class ControlRow {
  view!: BatchView;
  node = 0;
  ctx = 0;
  /** The call succeeded in the recording. */
  ok = true;
  private row = 0;
  private firstRow = 0;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** On to a row of a batch; the batch begins at `firstRow` of the file. */
  go(view: BatchView, row: number, firstRow: number): void {
    this.view = view;
    this.row = row;
    this.firstRow = firstRow;
    this.node = this.u16("node");
    this.ctx = this.u32("ctx");
    this.ok = this.u16("status") === 0;
  }

  u8(column: string): number {
    return this.view.u8(column, this.row);
  }
  u16(column: string): number {
    return this.view.u16(column, this.row);
  }
  u32(column: string): number {
    return this.view.u32(column, this.row);
  }
  u64(column: string): bigint {
    return this.view.u64(column, this.row);
  }

  fail(column: string, value: unknown, why: string): never {
    throw new UserError(
      `${this.file}: row ${this.firstRow + this.row}: column ${column} is ${value}: ${why}`,
    );
  }
  private lacking(column: string, id: number, why: string): never {
    throw missingRow(this.file, this.firstRow + this.row, `column ${column} is ${id}: ${why}`);
  }
  known<T>(map: ReadonlyMap<number, T>, column: string, id: number, what: string): T {
    return (
      map.get(id) ??
      this.lacking(
        column,
        id,
        `${what} was never created on node ${this.node}, context ${this.ctx}; the trace must hold its create row`,
      )
    );
  }
  fresh(map: ReadonlyMap<number, unknown>, column: string, missing: string): void {
    const id = this.u32(column);
    if (map.has(id))
      this.lacking(
        column,
        id,
        `it exists already on node ${this.node}, context ${this.ctx}; ` +
          `the trace must hold the ${missing} row before it`,
      );
  }
  /** Pages of buffers, none where a call failed that asks for more than an HCA has (R2.44). */
  within(columns: readonly (keyof typeof MOST)[], pages: number): number {
    const over = columns.find((c) => this.u32(c) > MOST[c]);
    if (over === undefined) return pages;
    if (this.ok)
      this.fail(over, this.u32(over), `no HCA takes more than ${MOST[over]}; correct the create row`);
    return 0;
  }
}
