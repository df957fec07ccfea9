import type { Sge } from "../../trace/table/rows.js";
import type { Work } from "./work.js";

/** What a line says happened. */
export const POST = 0,
  RECEIVED = 1,
  /** A send completion: by the index of its WQE, by its wr_id, or a failed one. */
  DONE_INDEX = 2,
  DONE_ID = 3,
  FAILED = 4;

/** Events of a log's first piece, and of its largest: a log may be of hundreds of processes that do little. */
const FIRST = 1 << 8,
  LARGEST = 1 << 16;

/** Events in the order of their lines, in columns: a long log has millions of them. */
export class Chunk {
  count = 0;
  readonly kind: Uint8Array;
  readonly opcode: Uint8Array;
  readonly flags: Uint8Array;
  readonly sges: Uint8Array;
  readonly num_sge: Uint8Array;
  readonly tid: Uint16Array;
  /** Position of the QP in its process's list. */
  readonly qp: Uint32Array;
  readonly length: Uint32Array;
  readonly rkey: Uint32Array;
  /** A datagram's QP; of failures the status. */
  readonly peer: Int32Array;
  readonly t_us: Float64Array;
  readonly wr_id: Float64Array;
  /** The remote address of one-sided work. */
  readonly addr: Float64Array;
  sge_count = 0;
  sge_addr: Float64Array;
  sge_length: Uint32Array;
  sge_lkey: Uint32Array;

  constructor(room: number) {
    this.kind = new Uint8Array(room);
    this.opcode = new Uint8Array(room);
    this.flags = new Uint8Array(room);
    this.sges = new Uint8Array(room);
    this.num_sge = new Uint8Array(room);
    this.tid = new Uint16Array(room);
    this.qp = new Uint32Array(room);
    this.length = new Uint32Array(room);
    this.rkey = new Uint32Array(room);
    this.peer = new Int32Array(room);
    this.t_us = new Float64Array(room);
    this.wr_id = new Float64Array(room);
    this.addr = new Float64Array(room);
    this.sge_addr = new Float64Array(room);
    this.sge_length = new Uint32Array(room);
    this.sge_lkey = new Uint32Array(room);
  }
  get full(): boolean {
    return this.count === this.kind.length;
  }

  addSges(work: Work): void {
    if (this.sge_count + work.sges > this.sge_addr.length) {
      const grown = <T extends Float64Array | Uint32Array>(into: T, old: T): T => {
        into.set(old);
        return into;
      };
      const room = 2 * this.sge_addr.length;
      this.sge_addr = grown(new Float64Array(room), this.sge_addr);
      this.sge_length = grown(new Uint32Array(room), this.sge_length);
      this.sge_lkey = grown(new Uint32Array(room), this.sge_lkey);
    }
    for (let i = 0; i < work.sges; i++) {
      this.sge_addr[this.sge_count] = work.addr[i]!;
      this.sge_length[this.sge_count] = work.length[i]!;
      this.sge_lkey[this.sge_count++] = work.lkey[i]!;
    }
  }
  sgesFrom(first: number, count: number): Sge[] {
    return Array.from({ length: count }, (_, i) => ({
      addr: BigInt(this.sge_addr[first + i]!),
      length: this.sge_length[first + i]!,
      lkey: this.sge_lkey[first + i]!,
    }));
  }
}

export class Events {
  count = 0;
  /** Where the last one stands. */
  chunk = new Chunk(FIRST);
  private readonly chunks: (Chunk | undefined)[] = [this.chunk];

  /** Room for one more, and its place in the chunk; its columns are 0 but for these. */
  add(kind: number, t_us: number, tid: number, qp: number): number {
    if (this.chunk.full) this.chunks.push((this.chunk = new Chunk(Math.min(LARGEST, 4 * this.chunk.count))));
    const { chunk } = this,
      at = chunk.count++;
    chunk.kind[at] = kind;
    chunk.t_us[at] = t_us;
    chunk.tid[at] = tid;
    chunk.qp[at] = qp;
    this.count++;
    return at;
  }
  /** All of them, once: each chunk is given up when it has been read. */
  *take(): Generator<Chunk> {
    for (let i = 0; i < this.chunks.length; i++) {
      yield this.chunks[i]!;
      this.chunks[i] = undefined;
    }
  }
}
