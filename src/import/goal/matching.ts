import { ANY, RECV } from "./line.js";
import { Queue } from "./queue.js";
import type { Op, Rank } from "./thread.js";

/** What a message's receiver goes by. */
export interface Envelope {
  readonly source: number;
  readonly tag: number;
}
interface Waiting<T> {
  readonly what: T;
  /** Which came first. */
  readonly number: number;
  taken: boolean;
}

/** Source and tag as one number, either of which may be ANY: ranks have 12 bits, tags 32. */
const keyOf = (source: number, tag: number): number => (source + 1) * 2 ** 33 + tag + 1;

/** What the receives of a rank leave open. */
class Shapes {
  private readonly shapes: { any_source: boolean; any_tag: boolean }[] = [];

  constructor({ ops }: Rank) {
    for (const { kind, peer, tag } of ops) {
      const any_source = peer === ANY,
        any_tag = tag === ANY;
      if (kind === RECV && !this.shapes.some((s) => s.any_source === any_source && s.any_tag === any_tag))
        this.shapes.push({ any_source, any_tag });
    }
  }
  /** Keys of receives that would take the message. */
  keys({ source, tag }: Envelope): number[] {
    return this.shapes.map((s) => keyOf(s.any_source ? ANY : source, s.any_tag ? ANY : tag));
  }
}

/**
 * The receives of a rank that have begun, and messages that came before theirs: as MPI has it, a message goes to
 * the first receive that takes it, and a receive gets the first message that it takes.
 */
export class Matching<M extends Envelope> {
  /** Messages that no receive has taken. */
  left = 0;
  private readonly shapes: Shapes;
  private readonly begun = new Map<number, Queue<Waiting<Op>>>();
  /** Each stands under all keys that may ask for it. */
  private readonly early = new Map<number, Queue<Waiting<M>>>();
  private number = 0;

  constructor(rank: Rank) {
    this.shapes = new Shapes(rank);
  }

  /** The receive that the message is for, if it has begun. */
  arrive(message: M): Op | undefined {
    const keys = this.shapes.keys(message);
    let first: Waiting<Op> | undefined,
      under = 0;
    for (const key of keys) {
      const next = this.begun.get(key)?.first;
      if (next && (!first || next.number < first.number)) {
        first = next;
        under = key;
      }
    }
    if (first) return take(this.begun, under);
    const waiting = { what: message, number: this.number++, taken: false };
    for (const key of keys) put(this.early, key, waiting);
    this.left++;
    return undefined;
  }
  /** The message for a receive that begins, if it is there. */
  begin(op: Op): M | undefined {
    const key = keyOf(op.peer, op.tag),
      message = take(this.early, key);
    if (message) this.left--;
    else put(this.begun, key, { what: op, number: this.number++, taken: false });
    return message;
  }
}
function put<T>(map: Map<number, Queue<Waiting<T>>>, key: number, item: Waiting<T>): void {
  let queue = map.get(key);
  if (!queue) map.set(key, (queue = new Queue()));
  queue.push(item);
}
/** The first of a queue that was not taken under another key. */
function take<T>(map: Map<number, Queue<Waiting<T>>>, key: number): T | undefined {
  const queue = map.get(key);
  while (queue && queue.size > 0) {
    const first = queue.shift();
    if (queue.size === 0) map.delete(key);
    if (first.taken) continue;
    first.taken = true;
    return first.what;
  }
  return undefined;
}

/** Which cpu of a rank takes the messages of a source and tag: that of the first receive in the file that does. */
export class Routes {
  private readonly shapes: Shapes;
  private readonly first = new Map<number, Op>();
  private readonly other: number;

  constructor(rank: Rank) {
    this.shapes = new Shapes(rank);
    for (const op of rank.ops) {
      const key = keyOf(op.peer, op.tag);
      if (op.kind === RECV && !this.first.has(key)) this.first.set(key, op);
    }
    // Who takes what no receive does.
    this.other = rank.cpus.size > 0 ? Math.min(...rank.cpus.keys()) : 0;
  }
  cpuOf(message: Envelope): number {
    let first: Op | undefined;
    for (const key of this.shapes.keys(message)) {
      const op = this.first.get(key);
      if (op && (!first || op.line < first.line)) first = op;
    }
    return first?.thread.cpu ?? this.other;
  }
}
