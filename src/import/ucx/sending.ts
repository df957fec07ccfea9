import { FLAGS, OPCODE_ID } from "../../abi/verbs.js";
import type { Qp } from "./program.js";
import { isAtomic } from "./work.js";

/** Work requests of a queue that are open at most, where the log does not show their completions (assumed). */
export const OPEN = 64;
/** It has an answer, which the program wants. */
export const awaits = (opcode: number): boolean => opcode === OPCODE_ID.RDMA_READ || isAtomic(opcode);

/** A work request that was posted and is not known to be complete. */
export interface Sent {
  readonly wr_id: number;
  readonly opcode: number;
  readonly length: number;
  readonly signaled: boolean;
}

/** The send queue of a QP, whose completions come in the order of its signaled work requests. */
export class Sending {
  private readonly open: Sent[] = [];
  private first = 0;
  /** Signaled ones among the open. */
  private signals = 0;
  private readonly qp: Qp;
  /** Its last work request is a READ or an atomic, whose answer is waited for. */
  awaited = false;
  /** Completions of work requests that it does not have. */
  unknown = 0;

  constructor(qp: Qp) {
    this.qp = qp;
  }
  get count(): number {
    return this.open.length - this.first;
  }

  post(wr_id: number, opcode: number, flags: number, length: number): void {
    // The front is given up in pieces, as moving it one by one would take as long as the queue.
    if (this.first > 1024) {
      this.open.splice(0, this.first);
      this.first = 0;
    }
    const signaled = (flags & FLAGS.signaled) !== 0;
    this.open.push({ wr_id, opcode, length, signaled });
    if (signaled) this.signals++;
    this.awaited = awaits(opcode);
  }
  /** The next completion, before a post finds `OPEN` work requests; undefined while there is room. */
  full(): Sent | undefined {
    return this.count >= OPEN ? this.next() : undefined;
  }
  /** The next completion, of the first signaled work request, with which those before it end. */
  next(): Sent | undefined {
    if (this.signals === 0) return undefined;
    while (!this.open[this.first]!.signaled) this.first++;
    this.signals--;
    return this.open[this.first++];
  }
  /** Completions up to that of the WQE that `count`, in 16 bits, WQE blocks were posted before. */
  upToIndex(count: number): Sent[] {
    // A queue has a power of two of blocks, and the largest index of its WQEs is among the last.
    let blocks = 1;
    while (blocks <= this.qp.last_index) blocks *= 2;
    return this.upTo((s) => s.wr_id === (count & (blocks - 1)));
  }
  upToId(wr_id: number): Sent[] {
    return this.upTo((s) => s.wr_id === wr_id);
  }
  private upTo(is: (sent: Sent) => boolean): Sent[] {
    let last = -1;
    for (let i = this.first; last < 0 && i < this.open.length; i++) if (is(this.open[i]!)) last = i;
    if (last < 0) {
      this.unknown++;
      return [];
    }
    const done = this.open.slice(this.first, last + 1).filter((s) => s.signaled);
    this.first = last + 1;
    this.signals -= done.length;
    return done;
  }
  /**
   * The work request that failed, and completions of those before it, which ended well. With it ends what the
   * queue is known to do.
   */
  fail(wr_id: number): { before: Sent[]; failed: Sent | undefined } {
    const at = this.open.findIndex((s, i) => i >= this.first && s.wr_id === wr_id),
      before = at < 0 ? [] : this.open.slice(this.first, at).filter((s) => s.signaled);
    this.first = this.open.length;
    this.signals = 0;
    this.awaited = false;
    if (at < 0) this.unknown++;
    return { before, failed: this.open[at] };
  }
}
