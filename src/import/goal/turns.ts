import type { Thread } from "./thread.js";

/** Who has a turn when: by time, and at one time in the order in which the turns were given. */
export class Turns {
  private readonly heap: { t_ns: number; number: number; thread: Thread }[] = [];
  private given = 0;

  give(thread: Thread, t_ns: number): void {
    const { heap } = this,
      turn = { t_ns, number: this.given++, thread };
    let at = heap.length;
    heap.push(turn);
    for (; at > 0; ) {
      const up = (at - 1) >> 1;
      if (!before(turn, heap[up]!)) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = turn;
  }

  next(): { t_ns: number; thread: Thread } | undefined {
    const { heap } = this,
      first = heap[0],
      last = heap.pop();
    if (!first || !last || first === last) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && before(heap[down + 1]!, heap[down]!)) down++;
      if (!before(heap[down]!, last)) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last;
    return first;
  }
}
interface Turn {
  readonly t_ns: number;
  readonly number: number;
}
const before = (a: Turn, b: Turn): boolean => a.t_ns < b.t_ns || (a.t_ns === b.t_ns && a.number < b.number);
