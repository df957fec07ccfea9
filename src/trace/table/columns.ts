import { RUN_CHILDREN, SGE_CHILDREN, VERBS_COLUMNS, WIDTH } from "../../abi/columns.js";
import type { VerbsRow } from "./rows.js";

export type Values = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;
export function newValues(width: number, length: number): Values {
  return new ARRAYS[width as keyof typeof ARRAYS](length);
}
/** Values that are in memory already, 8-byte aligned. */
export function valuesAt(width: number, memory: ArrayBuffer, offset: number, length: number): Values {
  return new ARRAYS[width as keyof typeof ARRAYS](memory, offset, length);
}

type U8 = "verb" | "opcode" | "qp_type" | "qp_state";
type U16 = "node" | "num_sge" | "status" | "max_rd_atomic" | "devices";
/** The fixed-width columns by name, of the widths in VERBS_COLUMNS. */
export type FixedColumns = {
  [K in Exclude<keyof VerbsRow, "sge" | "runs">]: VerbsRow[K] extends bigint
    ? BigUint64Array
    : K extends U8
      ? Uint8Array
      : K extends U16
        ? Uint16Array
        : Uint32Array;
};

/** A list column of one batch: `offsets[i]..offsets[i+1]` are row i's elements in each child. */
export class ListColumn {
  readonly offsets: Int32Array;
  children: Values[];
  length = 0;
  private capacity = 1024;
  private readonly widths: readonly number[];

  constructor(rows: number, widths: readonly number[]) {
    this.widths = widths;
    this.offsets = new Int32Array(rows + 1);
    this.children = widths.map((w) => newValues(w, this.capacity));
  }
  reserve(more: number): void {
    if (this.length + more <= this.capacity) return;
    this.capacity = Math.max(this.capacity * 2, this.length + more);
    this.children = this.children.map((old, i) => {
      const grown = newValues(this.widths[i]!, this.capacity);
      grown.set(old as never);
      return grown;
    });
  }
}

/** One record batch in the making: a typed array a column. */
export class Batch {
  rows = 0;
  readonly fixed: FixedColumns;
  readonly sge: ListColumn;
  readonly runs: ListColumn;

  constructor(capacity: number) {
    this.fixed = Object.fromEntries(
      VERBS_COLUMNS.filter((c) => WIDTH[c.type] > 0).map((c) => [c.name, newValues(WIDTH[c.type], capacity)]),
    ) as unknown as FixedColumns;
    this.sge = new ListColumn(capacity, SGE_CHILDREN);
    this.runs = new ListColumn(capacity, RUN_CHILDREN);
  }
  values(column: string): Values | ListColumn {
    return column === "sge" || column === "runs" ? this[column] : this.fixed[column as keyof FixedColumns];
  }
}
