import { WIDTH } from "../../abi/columns.js";
import { MEMORY_COLUMNS } from "../../abi/memory.js";
import { UserError } from "../../errors.js";
import { newValues, type Values } from "../table/columns.js";
import type { ColumnBatch } from "../table/table-writer.js";

export type MemoryColumn = (typeof MEMORY_COLUMNS)[number]["name"];
/** One row of memory/1; see abi/memory.ts for the meaning of its columns. */
export interface MemoryRow {
  vaddr: bigint;
  size: number;
  kind: number;
  gap?: number;
  tid?: number;
  t?: bigint;
  pc?: bigint;
}
export const KIND = { load: 0, store: 1, modify: 2, ifetch: 3 } as const;

/** Columns of recordings and generated traces: times, threads and code addresses are not known there. */
const PLAIN: readonly MemoryColumn[] = ["vaddr", "size", "kind", "gap"];
/** Rows are small, so batches are larger than those of verbs/1. */
const BATCH_ROWS = 1 << 18;
const MAX_GAP = 0xffffffff;

export interface MemoryRowsOptions {
  columns?: readonly MemoryColumn[];
  batchRows?: number;
}

/** Takes rows one at a time and hands them over in batches, whose arrays are used again. */
export class MemoryRows implements ColumnBatch {
  /** Rows in the batch at hand. */
  rows = 0;
  /** Rows of all batches. */
  total = 0;
  private present: ReadonlySet<MemoryColumn>;
  /**
   * Asked once, before the first batch is handed over: columns that the recording turned out not to have.
   */
  absent: () => readonly MemoryColumn[] = () => [];
  private readonly capacity: number;
  private readonly full: (batch: ColumnBatch) => void;
  private readonly arrays: ReadonlyMap<MemoryColumn, Values>;
  // The columns that every row has, within reach; addresses as two halves, because a bigint a row is slow.
  private readonly addresses: Uint32Array;
  private readonly sizes: Uint16Array;
  private readonly kinds: Uint8Array;
  private readonly gaps: Uint32Array | undefined;
  private readonly tids: Uint32Array | undefined;
  private readonly times: BigUint64Array | undefined;
  private readonly codes: BigUint64Array | undefined;
  private readonly timeHalves: Uint32Array | undefined;
  private readonly codeHalves: Uint32Array | undefined;

  constructor(
    { columns = PLAIN, batchRows = BATCH_ROWS }: MemoryRowsOptions,
    full: (batch: ColumnBatch) => void,
  ) {
    if (!Number.isInteger(batchRows) || batchRows < 1 || batchRows > 1 << 24)
      throw new UserError(`batch rows must be 1 to ${1 << 24}, but is ${batchRows}: choose a number between`);
    this.present = new Set(columns);
    this.capacity = batchRows;
    this.full = full;
    this.arrays = new Map(
      MEMORY_COLUMNS.filter((c) => this.columns.has(c.name)).map((c) => [
        c.name,
        newValues(WIDTH[c.type], batchRows),
      ]),
    );
    this.addresses = new Uint32Array(this.arrays.get("vaddr")!.buffer);
    this.sizes = this.arrays.get("size") as Uint16Array;
    this.kinds = this.arrays.get("kind") as Uint8Array;
    this.gaps = this.arrays.get("gap") as Uint32Array | undefined;
    this.tids = this.arrays.get("tid") as Uint32Array | undefined;
    this.times = this.arrays.get("t") as BigUint64Array | undefined;
    this.codes = this.arrays.get("pc") as BigUint64Array | undefined;
    this.timeHalves = this.times && new Uint32Array(this.times.buffer);
    this.codeHalves = this.codes && new Uint32Array(this.codes.buffer);
  }
  values(column: string): Values {
    return this.arrays.get(column as MemoryColumn)!;
  }

  /** Adds a row without bigints; `low` and `high` are the halves of its address. */
  add(low: number, high: number, size: number, kind: number, gap: number): void {
    if (this.rows === this.capacity) this.flush();
    const i = this.rows++;
    this.addresses[2 * i] = low;
    this.addresses[2 * i + 1] = high;
    this.sizes[i] = size;
    this.kinds[i] = kind;
    if (this.gaps) this.gaps[i] = gap < MAX_GAP ? gap : MAX_GAP;
    this.total++;
  }
  /** Names the thread and the instruction of the last row, where there are columns for them. */
  name(tid: number, pcLow: number, pcHigh: number): void {
    const i = this.rows - 1;
    if (this.tids) this.tids[i] = tid;
    if (this.codeHalves) {
      this.codeHalves[2 * i] = pcLow;
      this.codeHalves[2 * i + 1] = pcHigh;
    }
  }
  /** The time of the last row in halves, where there is a column for it. */
  time(low: number, high: number): void {
    if (!this.timeHalves) return;
    const i = this.rows - 1;
    this.timeHalves[2 * i] = low;
    this.timeHalves[2 * i + 1] = high;
  }
  /** Adds a row of any columns that the trace has; `gap` saturates, other values must fit. */
  addRow(row: MemoryRow): void {
    this.add(Number(row.vaddr & 0xffffffffn), Number(row.vaddr >> 32n), row.size, row.kind, row.gap ?? 0);
    const i = this.rows - 1;
    if (this.tids) this.tids[i] = row.tid ?? 0;
    if (this.times) this.times[i] = row.t ?? 0n;
    if (this.codes) this.codes[i] = row.pc ?? 0n;
    for (const [column, values] of this.arrays) {
      const value = row[column];
      if (column !== "gap" && value !== undefined && values[i] !== value)
        throw new UserError(
          `row ${this.total - 1}: column ${column} is ${value}, which does not fit it: correct the recording`,
        );
    }
  }
  get columns(): ReadonlySet<MemoryColumn> {
    return this.present;
  }
  /** Decides which columns there are; the first batch does so too. */
  settle(): void {
    const absent = this.absent();
    this.absent = () => [];
    this.present = new Set([...this.present].filter((c) => !absent.includes(c)));
  }
  /** Hands over the rows of the last batch. */
  flush(): void {
    this.settle();
    if (this.rows > 0) this.full(this);
    this.rows = 0;
  }
}
