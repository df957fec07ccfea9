// A 4-ary min-heap of events ordered by (time, tie) (R3.1); what is in it besides stands in queue.ts.
//   entry, 24 bytes: time u64 | tie u64 | word u64
import { alloc } from "../lib/arena";

// @ts-ignore: decorator
@inline
export const ENTRY: usize = 24;

let base: usize = 0;
let size: u32 = 0;
let capacity: u32 = 0;

export let topTime: u64 = u64.MAX_VALUE;
export let topTie: u64 = u64.MAX_VALUE;

// @ts-ignore: decorator
@inline
export function heapEmpty(): bool {
  return size == 0;
}

/** True when (time, tie) comes before every queued event, so its owner may go on without the queue. */
// @ts-ignore: decorator
@inline
export function isNext(time: u64, tie: u64): bool {
  return time < topTime || (time == topTime && tie < topTie);
}

// @ts-ignore: decorator
@inline
export function before(ta: u64, xa: u64, tb: u64, xb: u64): bool {
  return ta < tb || (ta == tb && xa < xb);
}

// @ts-ignore: decorator
@inline
function at(i: u32): usize {
  return base + <usize>i * ENTRY;
}

// @ts-ignore: decorator
@inline
export function putAt(e: usize, time: u64, tie: u64, word: u64): void {
  store<u64>(e, time);
  store<u64>(e, tie, 8);
  store<u64>(e, word, 16);
}

// @ts-ignore: decorator
@inline
function put(i: u32, time: u64, tie: u64, word: u64): void {
  putAt(at(i), time, tie, word);
}

// @ts-ignore: decorator
@inline
function refreshTop(): void {
  if (size == 0) {
    topTime = u64.MAX_VALUE;
    topTie = u64.MAX_VALUE;
  } else {
    topTime = load<u64>(base);
    topTie = load<u64>(base, 8);
  }
}

export function heapPush(time: u64, tie: u64, word: u64): void {
  if (size == capacity) {
    const next = capacity == 0 ? 1024 : capacity * 2;
    const bigger = alloc(<usize>next * ENTRY);
    if (size != 0) memory.copy(bigger, base, <usize>size * ENTRY);
    base = bigger;
    capacity = next;
  }
  let i = size++;
  while (i > 0) {
    const parent = (i - 1) >> 2;
    const p = at(parent);
    if (!before(time, tie, load<u64>(p), load<u64>(p, 8))) break;
    put(i, load<u64>(p), load<u64>(p, 8), load<u64>(p, 16));
    i = parent;
  }
  put(i, time, tie, word);
  if (i == 0) {
    topTime = time;
    topTie = tie;
  }
}

/** The word of the smallest event. */
// @ts-ignore: decorator
@inline
export function topWord(): u64 {
  return load<u64>(base, 16);
}

/** Removes the smallest event. */
export function heapPop(): void {
  size--;
  if (size > 0) {
    const last = at(size);
    down(load<u64>(last), load<u64>(last, 8), load<u64>(last, 16));
  }
  refreshTop();
}

/** Puts an event in the place of the smallest: half the work of taking one out and another in. */
export function replaceTop(time: u64, tie: u64, word: u64): void {
  down(time, tie, word);
  refreshTop();
}

/** Sinks an event from the top to its place. */
// @ts-ignore: decorator
@inline
function down(time: u64, tie: u64, word: u64): void {
  let i: u32 = 0;
  while (true) {
    const first = (i << 2) + 1;
    if (first >= size) break;
    let best = first;
    let bt = load<u64>(at(first)),
      bx = load<u64>(at(first), 8);
    const end = first + 4 < size ? first + 4 : size;
    for (let c = first + 1; c < end; c++) {
      const ct = load<u64>(at(c)),
        cx = load<u64>(at(c), 8);
      if (before(ct, cx, bt, bx)) {
        best = c;
        bt = ct;
        bx = cx;
      }
    }
    if (!before(bt, bx, time, tie)) break;
    put(i, bt, bx, load<u64>(at(best), 16));
    i = best;
  }
  put(i, time, tie, word);
}
