import { type Event, isAtomic } from "./event.js";

/** Work requests of a queue that are open at most, where the recording lacks their completions (assumed). */
export const OPEN = 64;
/** It has an answer, which the program wants. */
export const awaits = (e: Event): boolean => e.opcode === "RDMA_READ" || isAtomic(e.opcode);

export interface Sent {
  readonly post: Event;
  readonly wr_id: bigint;
  readonly signaled: boolean;
}

/** The send queue of a QP, whose completions come in the order of its signaled work requests. */
export class Sending {
  private open: Sent[] = [];
  private first = 0;
  private signals = 0;
  /** Its last work request is a READ or an atomic, whose answer is waited for. */
  awaited = false;
  /** Work requests that were posted, and completions of others. */
  posts = 0;
  unknown = 0;

  post(sent: Sent): void {
    // The front is given up in pieces, as moving it one by one would take as long as the queue.
    if (this.first > 1024) {
      this.open = this.open.slice(this.first);
      this.first = 0;
    }
    this.posts++;
    this.open.push(sent);
    if (sent.signaled) this.signals++;
    this.awaited = awaits(sent.post);
  }
  /** The next completion, before a post finds `OPEN` work requests; undefined while there is room. */
  full(): Sent | undefined {
    return this.open.length - this.first >= OPEN ? this.next() : undefined;
  }
  /** The next completion, of the first signaled work request, with which those before it end. */
  next(): Sent | undefined {
    if (this.signals === 0) return undefined;
    while (!this.open[this.first]!.signaled) this.first++;
    this.signals--;
    return this.open[this.first++];
  }
  /** Completions up to that of the first signaled work request with this id; none where there is none. */
  upTo(wr_id: bigint): Sent[] {
    const at = this.find((s) => s.signaled && s.wr_id === wr_id);
    if (at < 0) {
      this.unknown++;
      return [];
    }
    const done = this.open.slice(this.first, at + 1).filter((s) => s.signaled);
    this.first = at + 1;
    this.signals -= done.length;
    return done;
  }
  /** The work request with this id, which failed; those before it that ended well stay open. */
  failed(wr_id: bigint): Sent | undefined {
    const at = this.find((s) => s.wr_id === wr_id);
    if (at < 0) return undefined;
    const [sent] = this.open.splice(at, 1);
    if (sent!.signaled) this.signals--;
    return sent;
  }
  private find(is: (sent: Sent) => boolean): number {
    for (let i = this.first; i < this.open.length; i++) if (is(this.open[i]!)) return i;
    return -1;
  }
}
