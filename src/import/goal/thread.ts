import type { Kind } from "./line.js";
import { Queue } from "./queue.js";

/** A send, receive or calculation of a rank. */
export interface Op {
  readonly kind: Kind;
  readonly size: number;
  readonly peer: number;
  readonly tag: number;
  readonly thread: Thread;
  readonly line: number;
  /** What must have ended or started before it may start. */
  waits: number;
  /** What waits for its end, and for its start. */
  readonly ends: Op[];
  readonly starts: Op[];
  state: "waits" | "started" | "ended";
}
export interface Rank {
  /** By their numbers; each becomes a thread. */
  readonly cpus: Map<number, Thread>;
  readonly ops: Op[];
}

/** One end of a connection between two threads. */
export class Qp {
  readonly number: number;
  readonly peer: number;
  /** Work requests that were posted to it. */
  posts = 0;
  /** Messages that come to it, and the longest of them, bytes. */
  receives = 0;
  longest = 0;

  constructor(number: number, peer: number) {
    this.number = number;
    this.peer = peer;
  }
}

/** A send on its way: what its receiver knows of it. */
export interface Message {
  readonly source: number;
  readonly tag: number;
  readonly send: Op;
  /** It was too large to be sent at once: this is the request to send, and the data is to be fetched. */
  readonly large: boolean;
}

/** A completion that a thread has not taken yet: of a work request of its own, or of a message. */
export interface Completion {
  readonly what: "sent" | "read" | "message" | "finished";
  readonly qp: Qp;
  /** Number of the work request on its queue, or of the message among those that came there. */
  readonly number: number;
  readonly bytes: number;
  /** "sent", "finished": the send that ends; "read": the receive. */
  readonly op: Op | undefined;
  readonly message: Message | undefined;
}

/** A cpu of a rank, which does one thing after the other. */
export class Thread {
  readonly rank: number;
  readonly cpu: number;
  /** Operations that may start, in the order in which they came to, and completions in that of their posts. */
  readonly ready = new Queue<Op>();
  readonly completions = new Queue<Completion>();
  /** Its calculation, until it ends. */
  calculates: Op | undefined;
  /** It has its turn, or will. */
  awake = false;
  /** Since when it has had nothing to do, ns; -1 while it has. */
  idle_ns = -1;
  /** When it did its last, ns. */
  end_ns = 0;
  /** By the thread at the other end. */
  readonly qps = new Map<Thread, Qp>();

  constructor(rank: number, cpu: number) {
    this.rank = rank;
    this.cpu = cpu;
  }
}
