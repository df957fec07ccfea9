import { NO_ID } from "../../abi/columns.js";
import { Batch, type FixedColumns } from "../table/columns.js";
import { emptyRow, type VerbsRow } from "../table/rows.js";
import { misfit } from "./columns-builder.js";
import { storeRow } from "./store-row.js";

const WORD = 2 ** 32;
const MOST = 0xffffffff;

/**
 * One record batch, filled again and again. Rows of the data path are written to the columns that such rows set
 * and to no others; 64-bit ones as two halves, since a bigint a value is slow.
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
    this.tid = tid;
    this.clear();
  }
  private readonly tid: number;

  get full(): boolean {
    return this.batch.rows === this.capacity;
  }
  /** Makes room, once the batch was written. */
  clear(): void {
    this.batch.rows = 0;
    if (!this.dirty) return;
    const row = { ...emptyRow("post_send"), tid: this.tid };
    for (const [name, values] of Object.entries(this.columns))
      if (name !== "verb" && name !== "opcode") values.fill(row[name as keyof VerbsRow] as never);
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
    const low = this.originLow + t,
      carry = Math.floor(low / WORD);
    this.t[2 * i] = low - carry * WORD;
    this.t[2 * i + 1] = this.originHigh + carry;
    columns.verb[i] = verb;
    columns.node[i] = node;
    columns.call[i] = call;
    columns.qp[i] = qp;
    columns.cq[i] = cq;
    columns.opcode[i] = 0;
    columns.dur[i] = 0;
    columns.rkey[i] = NO_ID;
    columns.peer_qp[i] = NO_ID;
    columns.flags[i] = 0;
    columns.length[i] = 0;
    columns.num_sge[i] = 0;
    columns.imm[i] = 0;
    columns.await_writes[i] = 0;
    this.ids[2 * i] = this.ids[2 * i + 1] = 0;
    this.addresses[2 * i] = this.addresses[2 * i + 1] = 0;
    this.sizes[2 * i] = this.sizes[2 * i + 1] = 0;
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
    const high = Math.floor(wr_id / WORD);
    this.ids[2 * i] = wr_id - high * WORD;
    this.ids[2 * i + 1] = high;
    this.columns.opcode[i] = opcode;
    this.columns.length[i] = length;
    this.columns.imm[i] = imm;
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

const halves = ({ buffer, byteOffset, length }: BigUint64Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, 2 * length);
