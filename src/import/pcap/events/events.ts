import {
  BYTES,
  HIGH,
  IMM,
  LOW,
  OPCODE,
  RECORD_BYTES,
  RECORD_DOUBLES,
  RECORD_WORDS,
  Records,
  RKEY,
  SIDE,
  STEP,
} from "./record.js";
import { orderOf } from "./sort.js";
import { Store } from "./store.js";
import { type Run, Stream } from "./stream.js";

/** Where memory ends. */
export interface Limits {
  /** Records that wait to be sorted, over all ports: usually 2.5 MiB. */
  readonly waiting: number;
  /** Most bytes of sorted ones: usually what 100,000 take. */
  readonly store_bytes: number;
}
const LIMITS: Limits = { waiting: 1 << 16, store_bytes: 1 << 22 };
/** Records that a port begins with: a capture may have tens of thousands of ports. */
const FEWEST = 8;
/** Records that are read at once: 160 KiB for each port, less where there are many. */
const READ_RECORDS = 1 << 12;

/** Records of one port, as they came. */
class Pile {
  records = new Records(FEWEST);
  count = 0;

  room(): number {
    if (this.count === this.records.capacity) {
      const grown = new Records(2 * this.count);
      grown.bytes.set(this.records.bytes);
      this.records = grown;
    }
    return this.count++;
  }
}

/**
 * What the program of each port did, in order of time. Events come nearly so, but a post is known only when its
 * message is complete: they are sorted in portions, which are merged when they are read.
 */
export class Events {
  /** The latest of all. */
  last_ns = 0;
  private readonly piles: Pile[] = [];
  private readonly runs: Run[][] = [];
  private readonly store: Store;
  private readonly most: number;
  private readonly sorted = new Records(1 << 12);
  private waiting = 0;

  constructor({ waiting, store_bytes }: Limits = LIMITS) {
    this.most = waiting;
    this.store = new Store(store_bytes);
  }

  /** Adds an event of a port; meanings in record.ts. */
  add(
    port: number,
    t: number,
    side: number,
    step: number,
    opcode: number,
    bytes: number,
    imm: number,
    rkey: number,
    low: number,
    high: number,
  ): void {
    if (this.waiting === this.most) this.settle();
    while (this.piles.length <= port) {
      this.piles.push(new Pile());
      this.runs.push([]);
    }
    const pile = this.piles[port]!,
      i = pile.room(),
      { doubles, words } = pile.records,
      at = i * RECORD_WORDS;
    doubles[i * RECORD_DOUBLES] = t;
    words[at + SIDE] = side;
    words[at + STEP] = step;
    words[at + OPCODE] = opcode;
    words[at + BYTES] = bytes;
    words[at + IMM] = imm;
    words[at + RKEY] = rkey;
    words[at + LOW] = low;
    words[at + HIGH] = high;
    this.waiting++;
    if (t > this.last_ns) this.last_ns = t;
  }

  /** No more come: they can be read. */
  end(): void {
    this.settle();
    this.piles.length = 0;
    for (const runs of this.runs) runs.sort((a, b) => a.first_ns - b.first_ns);
  }
  /** Those of a port from the first on, as often as it is asked for. */
  of(port: number): Stream {
    const most = Math.max(FEWEST, Math.min(READ_RECORDS, Math.floor(this.most / this.runs.length)));
    return new Stream(this.store, this.runs[port] ?? [], most);
  }
  close(): void {
    this.store.close();
  }

  private settle(): void {
    this.piles.forEach((pile, port) => {
      if (pile.count === 0) return;
      this.runs[port]!.push(this.run(pile));
      pile.count = 0;
    });
    this.waiting = 0;
    // Ports that had their turn one after the other would each keep the most that they ever took.
    const room = this.piles.reduce((sum, { records }) => sum + records.capacity, 0);
    if (room > 4 * this.most) for (const pile of this.piles) pile.records = new Records(FEWEST);
  }
  private run({ records, count }: Pile): Run {
    const order = orderOf(records, count),
      run = {
        at: this.store.length,
        count,
        first_ns: records.time(order ? order[0]! : 0),
      };
    if (!order) this.store.append(records.bytes.subarray(0, count * RECORD_BYTES));
    else
      for (let from = 0; from < count; ) {
        const { sorted } = this,
          n = Math.min(count - from, sorted.capacity);
        for (let i = 0; i < n; i++) {
          const source = order[from + i]! * RECORD_WORDS,
            target = i * RECORD_WORDS;
          for (let w = 0; w < RECORD_WORDS; w++) sorted.words[target + w] = records.words[source + w]!;
        }
        this.store.append(sorted.bytes.subarray(0, n * RECORD_BYTES));
        from += n;
      }
    return run;
  }
}
