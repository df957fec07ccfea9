import { RECORD_BYTES, RECORD_DOUBLES, RECORD_WORDS, Records, SIDE, STEP } from "./record.js";
import type { Store } from "./store.js";

/** A sorted stretch of records in the store. */
export interface Run {
  readonly at: number;
  readonly count: number;
  /** Time of its first. */
  readonly first_ns: number;
}

/** A run that is being read, a block at a time. */
class Reading {
  readonly records: Records;
  /** The record at hand. */
  i = 0;
  private held = 0;
  private readonly store: Store;
  private at: number;
  private left: number;

  constructor(store: Store, run: Run, most: number) {
    this.store = store;
    this.at = run.at;
    this.left = run.count;
    this.records = new Records(Math.min(most, run.count));
    this.fill();
  }
  /** Goes to the next; false where there is none. */
  next(): boolean {
    return ++this.i < this.held || this.fill();
  }
  before(other: Reading): boolean {
    const a = this.records,
      b = other.records,
      ta = a.time(this.i),
      tb = b.time(other.i);
    if (ta !== tb) return ta < tb;
    const x = this.i * RECORD_WORDS,
      y = other.i * RECORD_WORDS;
    if (a.words[x + SIDE] !== b.words[y + SIDE]) return a.words[x + SIDE]! < b.words[y + SIDE]!;
    return a.words[x + STEP]! < b.words[y + STEP]!;
  }
  private fill(): boolean {
    const n = Math.min(this.left, this.records.capacity);
    this.store.read(this.at, this.records.bytes.subarray(0, n * RECORD_BYTES));
    this.at += n * RECORD_BYTES;
    this.left -= n;
    this.held = n;
    this.i = 0;
    return n > 0;
  }
}

/** The events of a port in order. Runs seldom overlap: one is opened when its time has come. */
export class Stream {
  /** The event at hand: its time, and where its words are. Without one `done` is true. */
  t = 0;
  words: Uint32Array = new Uint32Array();
  at = 0;
  done = false;
  private readonly store: Store;
  private readonly runs: readonly Run[];
  private readonly most: number;
  private opened = 0;
  private readonly open: Reading[] = [];
  private first = 0;

  /** `runs` by time of their first records; `most` records are read at once. */
  constructor(store: Store, runs: readonly Run[], most: number) {
    this.store = store;
    this.runs = runs;
    this.most = most;
    this.choose();
  }
  /** Goes to the next event. */
  next(): void {
    const reading = this.open[this.first]!;
    if (!reading.next()) this.open.splice(this.first, 1);
    this.choose();
  }

  private choose(): void {
    const { open, runs } = this;
    let first = 0;
    for (let i = 1; i < open.length; i++) if (open[i]!.before(open[first]!)) first = i;
    while (
      this.opened < runs.length &&
      (open.length === 0 || runs[this.opened]!.first_ns <= open[first]!.records.time(open[first]!.i))
    ) {
      open.push(new Reading(this.store, runs[this.opened++]!, this.most));
      if (open.at(-1)!.before(open[first]!)) first = open.length - 1;
    }
    this.first = first;
    const reading = open[first];
    if (!reading) {
      this.done = true;
      return;
    }
    this.t = reading.records.doubles[reading.i * RECORD_DOUBLES]!;
    this.words = reading.records.words;
    this.at = reading.i * RECORD_WORDS;
  }
}
