import { OPCODE_ID, VERB_ID } from "../../abi/verbs.js";
import { Batch, type FixedColumns } from "../table/columns.js";
import { emptyRow, type VerbsRow } from "../table/rows.js";
import { misfit } from "./columns-builder.js";
import { storeRow } from "./store-row.js";

/** An element of a Uint32Array takes the lower 32 bits of a whole number; the others are this many of it. */
const WORD = 2 ** 32,
  OF_WORD = 1 / WORD;
const MOST = 0xffffffff;

/** What only some rows of the data path have. */
const AT_TIMES = [
  "opcode",
  "dur",
  "rkey",
  "peer_qp",
  "flags",
  "length",
  "num_sge",
  "imm",
  "await_writes",
  "wr_id",
  "remote_addr",
  "size",
] as const;

/**
 * One record batch, filled again and again. A row of the data path is written to the columns that it has a value
 * for; the others are filled for a whole batch, which takes a tenth of the time. 64-bit values are written as two
 * halves, since a bigint a value is slow.
 */
export class DataRows {
  readonly batch: Batch;
  readonly capacity: number;
  /** Rows of all batches. */
  total = 0;
  private readonly originLow: number;
  private readonly originHigh: number;
  private readonly t: Uint32Array;
  private readonly ids: Uint32Array;
  private readonly addresses: Uint32Array;
  private readonly sizes: Uint32Array;
  private readonly columns: FixedColumns;
  private readonly defaults: { readonly [K in keyof FixedColumns]: number | bigint };
  /** A row of another kind was added, whose values stay in the other columns. */
  private dirty = true;

  /** Times of rows are from `origin_ns`; threads are `tid`. */
  constructor(capacity: number, origin_ns: bigint, tid: number) {
    this.batch = new Batch(capacity);
    this.capacity = capacity;
    this.originLow = Number(origin_ns & 0xffffffffn);
    this.originHigh = Number(origin_ns >> 32n);
    this.columns = this.batch.fixed;
    const { t, wr_id, remote_addr, size } = this.columns;
    this.t = halves(t);
    this.ids = halves(wr_id);
    this.addresses = halves(remote_addr);
    this.sizes = halves(size);
    this.defaults = { ...emptyRow("post_send"), tid, verb: VERB_ID.post_send, opcode: OPCODE_ID.NONE };
    this.clear();
  }

  get full(): boolean {
    return this.batch.rows === this.capacity;
  }
  /** Makes room, once the batch was written. */
  clear(): void {
    this.batch.rows = 0;
    const { columns, defaults } = this;
    for (const name of this.dirty ? ALL : AT_TIMES) columns[name].fill(defaults[name] as never);
    this.dirty = false;
  }

  /** Adds a row of any kind; its time is its own. */
  addRow(row: VerbsRow): void {
    const column = storeRow(this.batch, this.batch.rows, row);
    if (column) throw misfit(this.total, column, row[column]);
    this.dirty = true;
    this.batch.rows++;
    this.total++;
  }
  /** Adds a row of the data path without an operation; returns its place in the batch for what follows. */
  add(verb: number, node: number, call: number, t: number, qp: number, cq: number): number {
    const i = this.batch.rows++,
      { columns } = this;
    this.total++;
    const low = this.originLow + t;
    this.t[2 * i] = low;
    this.t[2 * i + 1] = this.originHigh + Math.floor(low * OF_WORD);
    columns.verb[i] = verb;
    columns.node[i] = node;
    columns.call[i] = call;
    columns.qp[i] = qp;
    columns.cq[i] = cq;
    return i;
  }
  /** Says of the row at `i` how often and how long nothing was there. */
  empty(i: number, polls: number, dur: number): void {
    this.sizes[2 * i] = polls;
    this.columns.dur[i] = dur;
  }
  /** The work request or completion of the row at `i`. */
  work(i: number, wr_id: number, opcode: number, length: number, imm: number): void {
    if (length > MOST) throw misfit(this.total - 1, "length", length);
    this.ids[2 * i] = wr_id;
    if (wr_id >= WORD) this.ids[2 * i + 1] = wr_id * OF_WORD;
    const { columns } = this;
    columns.opcode[i] = opcode;
    columns.length[i] = length;
    if (imm !== 0) columns.imm[i] = imm;
  }
  /** What a post has besides. */
  post(i: number, flags: number, num_sge: number): void {
    this.columns.flags[i] = flags;
    this.columns.num_sge[i] = num_sge;
  }
  /** Where it goes, the address as halves. */
  remote(i: number, low: number, high: number, rkey: number, peer_qp: number): void {
    this.addresses[2 * i] = low;
    this.addresses[2 * i + 1] = high;
    this.columns.rkey[i] = rkey;
    this.columns.peer_qp[i] = peer_qp;
  }
  awaits(i: number, writes: number): void {
    this.columns.await_writes[i] = writes;
  }
}

const ALL = Object.keys(new Batch(1).fixed) as (keyof FixedColumns)[];

const halves = ({ buffer, byteOffset, length }: BigUint64Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, 2 * length);
