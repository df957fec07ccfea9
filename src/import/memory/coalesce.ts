import { KIND } from "../../trace/memory/memory-rows.js";

/** Runs that were joined, and their rows before and after. */
export interface Runs {
  runs: number;
  before: number;
  after: number;
}
export type Emit = (low: number, high: number, size: number, kind: number, gap: number) => void;

const LINE = 64,
  HALF = 2 ** 32,
  LARGEST_ELEMENT = 8;
/** Elements of the shortest run: a push from memory looks like one pair. */
const LEAST = 2;
const IDLE = 0,
  LOADED = 1,
  PAIRS = 2,
  PAIRS_LOADED = 3,
  STORES = 4;

/** An access at hand: its address in halves, and its gap. */
class At {
  low = 0;
  high = 0;
  gap = 0;
  set(low: number, high: number, gap: number): void {
    this.low = low;
    this.high = high;
    this.gap = gap;
  }
  /** Bytes from here to there; exact wherever it matters. */
  to(low: number, high: number): number {
    return (high - this.high) * HALF + low - this.low;
  }
  lowAt(offset: number): number {
    return (this.low + offset) >>> 0;
  }
  highAt(offset: number): number {
    return (this.high + Math.floor((this.low + offset) / HALF)) >>> 0;
  }
}

/**
 * Joins what valgrind shows of the string instructions: `rep movs` as
 * a load and a store for each element (one instruction
 * each, the store with a gap of 0), `rep stos` as a store a byte. A
 * machine moves up to a line at once and counts one
 * instruction. What is joined touches the same bytes in the same order.
 *
 * An element continues a run when one instruction lies between (`gap` 1) and it is the
 * run's own once more (`again`). Recordings that do not name instructions (`named` false)
 * only show that an instruction both loads and stores: ascending pairs are joined there.
 * Descending ones may be pushes of a struct, single stores those of an unrolled loop.
 */
export class Coalescer {
  readonly movs: Runs = { runs: 0, before: 0, after: 0 };
  readonly stos: Runs = { runs: 0, before: 0, after: 0 };
  private readonly emit: Emit;
  private state = IDLE;
  /** Elements of the run, their size, and the direction of their addresses, +1 or -1 (0: not known yet). */
  private n = 0;
  private size = 0;
  private step = 0;
  /** The run's first load and store. */
  private readonly load = new At();
  private readonly store = new At();
  /** A load that may belong to the next pair. */
  private readonly pending = new At();
  private pendingSize = 0;
  private readonly named: boolean;

  constructor(emit: Emit, named = true) {
    this.emit = emit;
    this.named = named;
  }

  /** `again`: its instruction is that of the access before, executed once more. */
  add(low: number, high: number, size: number, kind: number, gap: number, again: boolean): void {
    const next = gap === 1 && (again || !this.named);
    if (kind === KIND.load) this.addLoad(low, high, size, gap, next);
    else if (kind === KIND.store) this.addStore(low, high, size, gap, next);
    else {
      this.flush();
      this.emit(low, high, size, kind, gap);
    }
  }
  /** Ends the run at hand: what follows does not continue it. */
  flush(): void {
    const { state, pending } = this;
    this.state = IDLE;
    if (state === PAIRS || state === PAIRS_LOADED) this.endPairs();
    else if (state === STORES) this.endStores();
    if (state === LOADED || state === PAIRS_LOADED)
      this.emit(pending.low, pending.high, this.pendingSize, KIND.load, pending.gap);
  }

  private addLoad(low: number, high: number, size: number, gap: number, next: boolean): void {
    if (this.state === PAIRS && next && size === this.size && this.direction(low, high) !== 0)
      this.state = PAIRS_LOADED;
    else {
      this.flush();
      if (gap === 0 || size > LARGEST_ELEMENT) return this.emit(low, high, size, KIND.load, gap);
      this.state = LOADED;
    }
    this.pending.set(low, high, gap);
    this.pendingSize = size;
  }
  /** Where an address continues the run's loads: +1, -1, or 0 when it does not. */
  private direction(low: number, high: number): number {
    const distance = this.load.to(low, high),
      far = this.n * this.size;
    if (distance === far && this.step >= 0) return 1;
    return distance === -far && this.step <= 0 && this.named ? -1 : 0;
  }
  private addStore(low: number, high: number, size: number, gap: number, next: boolean): void {
    const { pending, store } = this;
    if (this.state === PAIRS_LOADED) {
      const step = this.direction(pending.low, pending.high);
      if (gap === 0 && size === this.size && store.to(low, high) === step * this.n * size) {
        this.step = step;
        this.n++;
        this.state = PAIRS;
        return;
      }
      this.endPairs();
      this.state = LOADED; // the load may still start a run of its own
    }
    if (this.state === LOADED && gap === 0 && size === this.pendingSize) {
      this.load.set(pending.low, pending.high, pending.gap);
      return this.start(PAIRS, low, high, size, gap);
    }
    if (this.state === STORES && size === 1 && next && store.to(low, high) === this.n) {
      this.n++;
      return;
    }
    this.flush();
    if (size !== 1 || !this.named) return this.emit(low, high, size, KIND.store, gap);
    this.start(STORES, low, high, size, gap);
  }
  private start(state: number, low: number, high: number, size: number, gap: number): void {
    this.store.set(low, high, gap);
    this.state = state;
    this.n = 1;
    this.size = size;
    this.step = 0;
  }

  private endPairs(): void {
    const { n, size, step, load, store, emit, movs } = this;
    if (n >= LEAST) {
      movs.runs++;
      movs.before += 2 * n;
    }
    pieces(load, n * size, n < LEAST ? 0 : step, size, (offset, bytes, gap) => {
      emit(load.lowAt(offset), load.highAt(offset), bytes, KIND.load, gap);
      emit(store.lowAt(offset), store.highAt(offset), bytes, KIND.store, 0);
      if (n >= LEAST) movs.after += 2;
    });
  }
  private endStores(): void {
    const { n, store, emit, stos } = this;
    if (n < LEAST) return emit(store.low, store.high, 1, KIND.store, store.gap);
    stos.runs++;
    stos.before += n;
    pieces(store, n, 1, 1, (offset, bytes, gap) => {
      emit(store.lowAt(offset), store.highAt(offset), bytes, KIND.store, gap);
      stos.after++;
    });
  }
}

/**
 * Cuts a run at the lines of its first address, in its direction;
 * without one (a single element) it stays whole.
 */
function pieces(
  first: At,
  total: number,
  step: number,
  size: number,
  piece: (offset: number, bytes: number, gap: number) => void,
): void {
  let { gap } = first;
  for (let done = 0; done < total; gap = 0) {
    const edge = step < 0 ? first.lowAt(size - done) % LINE || LINE : LINE - (first.lowAt(done) % LINE);
    const bytes = step === 0 ? total : Math.min(edge, total - done);
    piece(step < 0 ? size - done - bytes : done, bytes, gap);
    done += bytes;
  }
}
