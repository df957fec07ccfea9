import { ANY, RECV } from "./line.js";
import { Queue } from "./queue.js";
import type { Op, Rank } from "./thread.js";

/** What a message's receiver goes by. */
export interface Envelope {
  readonly source: number;
  readonly tag: number;
}
interface Queued<T> {
  readonly what: T;
  readonly number: number;
}
/** Source and tag as one number: ranks have 12 bits, tags 32. */
const keyOf = (source: number, tag: number): number => source * 2 ** 32 + tag;
const takes = (op: Op, { source, tag }: Envelope): boolean =>
  (op.peer === ANY || op.peer === source) && (op.tag === ANY || op.tag === tag);

/**
 * The receives of a rank that have begun, and messages that came before theirs: as MPI has it, a message goes to
 * the first receive that takes it, and a receive gets the first message that it takes.
 */
export class Matching<M extends Envelope> {
  private readonly named = new Map<number, Queue<Queued<Op>>>();
  private readonly wild: Queued<Op>[] = [];
  private readonly early = new Map<number, Queue<Queued<M>>>();
  private number = 0;

  /** The receive that the message is for, if it has begun. */
  arrive(message: M): Op | undefined {
    const key = keyOf(message.source, message.tag),
      named = this.named.get(key)?.first,
      at = this.wild.findIndex(({ what }) => takes(what, message));
    if (at >= 0 && (!named || this.wild[at]!.number < named.number)) return this.wild.splice(at, 1)[0]!.what;
    if (named) return taken(this.named, key);
    put(this.early, key, { what: message, number: this.number++ });
    return undefined;
  }
  /** The message for a receive that begins, if it is there. */
  begin(op: Op): M | undefined {
    if (op.peer !== ANY && op.tag !== ANY) {
      const key = keyOf(op.peer, op.tag);
      if (this.early.has(key)) return taken(this.early, key);
      put(this.named, key, { what: op, number: this.number++ });
      return undefined;
    }
    let first: Queued<M> | undefined;
    for (const { first: next } of this.early.values())
      if (takes(op, next!.what) && (!first || next!.number < first.number)) first = next;
    if (first) return taken(this.early, keyOf(first.what.source, first.what.tag));
    this.wild.push({ what: op, number: this.number++ });
    return undefined;
  }
  /** Messages that no receive took. */
  get left(): number {
    let n = 0;
    for (const queue of this.early.values()) n += queue.size;
    return n;
  }
}
function put<T>(map: Map<number, Queue<Queued<T>>>, key: number, item: Queued<T>): void {
  let queue = map.get(key);
  if (!queue) map.set(key, (queue = new Queue()));
  queue.push(item);
}
/** The first of a queue, which is there; an empty one is given up, so that none is looked through. */
function taken<T>(map: Map<number, Queue<Queued<T>>>, key: number): T {
  const queue = map.get(key)!,
    { what } = queue.shift();
  if (queue.size === 0) map.delete(key);
  return what;
}

/** Which cpu of a rank takes the messages of a source and tag: that of the first receive in the file that does. */
export class Routes {
  private readonly named = new Map<number, number>();
  private readonly wild: Op[] = [];
  private readonly other: number;

  constructor({ ops, cpus }: Rank) {
    for (const op of ops)
      if (op.kind === RECV) {
        if (op.peer === ANY || op.tag === ANY) this.wild.push(op);
        else {
          const key = keyOf(op.peer, op.tag);
          if (!this.named.has(key)) this.named.set(key, op.thread.cpu);
        }
      }
    this.other = cpus.size > 0 ? Math.min(...cpus.keys()) : 0;
  }
  cpuOf(message: Envelope): number {
    return (
      this.named.get(keyOf(message.source, message.tag)) ??
      this.wild.find((op) => takes(op, message))?.thread.cpu ??
      this.other
    );
  }
}
