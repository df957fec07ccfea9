/** What has a next time, and a number that decides between equal ones. */
export interface Timed {
  readonly time: number;
  readonly number: number;
}

/** Several that have a next time each; the earliest is at hand. */
export class Earliest<T extends Timed> {
  private readonly heap: T[];

  constructor(items: readonly T[]) {
    this.heap = [...items].sort((a, b) => (before(a, b) ? -1 : 1));
  }
  /** The earliest; undefined where none is left. */
  get first(): T | undefined {
    return this.heap[0];
  }
  /** The first's time has moved on. */
  moved(): void {
    const { heap } = this,
      item = heap[0]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, item)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = item;
  }
  /** The first has nothing more. */
  ended(): void {
    const last = this.heap.pop()!;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    this.moved();
  }
}

function before(a: Timed, b: Timed): boolean {
  return a.time < b.time || (a.time === b.time && a.number < b.number);
}
