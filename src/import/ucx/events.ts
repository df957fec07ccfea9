import type { Sge } from "../../trace/table/rows.js";
import type { Work } from "./work.js";

/** What a line says happened. */
export const POST = 0,
  RECEIVED = 1,
  /** A send completion: by the index of its WQE, by its wr_id, or a failed one. */
  DONE_INDEX = 2,
  DONE_ID = 3,
  FAILED = 4;

const EVENTS = 1 << 16;

/** Events in the order of their lines, in columns: a long log has millions of them. */
export class Chunk {
  count = 0;
  readonly kind = new Uint8Array(EVENTS);
  readonly opcode = new Uint8Array(EVENTS);
  readonly flags = new Uint8Array(EVENTS);
  readonly sges = new Uint8Array(EVENTS);
  readonly num_sge = new Uint8Array(EVENTS);
  readonly tid = new Uint16Array(EVENTS);
  /** Position of the QP in its process's list. */
  readonly qp = new Uint32Array(EVENTS);
  readonly length = new Uint32Array(EVENTS);
  readonly rkey = new Uint32Array(EVENTS);
  /** A datagram's QP; of failures the status. */
  readonly peer = new Int32Array(EVENTS);
  readonly t_us = new Float64Array(EVENTS);
  readonly wr_id = new Float64Array(EVENTS);
  /** Of received messages where they lie. */
  readonly addr = new Float64Array(EVENTS);
  sge_count = 0;
  sge_addr = new Float64Array(EVENTS);
  sge_length = new Uint32Array(EVENTS);
  sge_lkey = new Uint32Array(EVENTS);

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
  chunk = new Chunk();
  private readonly chunks: (Chunk | undefined)[] = [this.chunk];

  /** Room for one more, and its place in the chunk; its columns are 0 but for these. */
  add(kind: number, t_us: number, tid: number, qp: number): number {
    if (this.chunk.count === EVENTS) this.chunks.push((this.chunk = new Chunk()));
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
