/**
 * The one priority queue: (time, device before thread, operation number or
 * thread index, sub), which no two events that wait at once share.
 */
export interface Event {
  time: bigint;
  kind: 0 | 1;
  number: number;
  sub: number;
  run: () => void;
}

export class EventQueue {
  private readonly heap: Event[] = [];
  now = 0n;

  get size(): number {
    return this.heap.length;
  }

  push(event: Event): void {
    if (event.time < this.now) throw new Error(`an event at ${event.time} is scheduled at ${this.now}`);
    const heap = this.heap;
    heap.push(event);
    let i = heap.length - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!before(heap[i]!, heap[up]!)) break;
      [heap[i], heap[up]] = [heap[up]!, heap[i]!];
      i = up;
    }
  }

  /** An empty queue may go back: a thread whose event is assumed goes on at its own clock. */
  rewind(time: bigint): void {
    if (this.size > 0) throw new Error("the queue is not empty");
    this.now = time;
  }

  pop(): Event {
    const heap = this.heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      for (let i = 0; ; ) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2])
          if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
        if (least === i) break;
        [heap[i], heap[least]] = [heap[least]!, heap[i]!];
        i = least;
      }
    }
    this.now = top.time;
    return top;
  }
}

/** No two events that wait have one key: the order in which they came decides nothing (R3.1, R4.3). */
function before(a: Event, b: Event): boolean {
  if (a.time !== b.time) return a.time < b.time;
  if (a.kind !== b.kind) return a.kind < b.kind;
  if (a.number !== b.number) return a.number < b.number;
  if (a.sub !== b.sub) return a.sub < b.sub;
  throw new Error(`two events at ${a.time}, kind ${a.kind}, number ${a.number}, sub ${a.sub}`);
}
