import { OPCODE_ID, VERB_ID } from "../abi/verbs.js";
import { type LogReader, type LogRecord, logKinds } from "../replay/log/log.js";

/** Times of one operation, or of one message, in a replay. */
export interface Times {
  readonly start_ps: bigint;
  readonly end_ps: bigint;
}
/** A post_send call: the how-manieth of its thread, and the number of its first operation. */
export interface SendCall {
  readonly thread: number;
  readonly call: number;
  readonly first: number;
  readonly end_ps: bigint;
}

/** Times by number, in 16 bytes each: a replay may have millions. */
class TimesOf {
  private times = new BigUint64Array(2048);
  set(i: number, start: bigint, end: bigint): void {
    if (2 * i + 1 >= this.times.length) {
      const larger = new BigUint64Array(4 * (i + 1));
      larger.set(this.times);
      this.times = larger;
    }
    this.times[2 * i] = start + 1n; // 0: none
    this.times[2 * i + 1] = end;
  }
  get(i: number): Times | undefined {
    const start = this.times[2 * i] ?? 0n;
    return start === 0n ? undefined : { start_ps: start - 1n, end_ps: this.times[2 * i + 1]! };
  }
}

/** Every operation of a replay: when, and which call posted it. */
export class Operations {
  /** From the call to the completion. */
  readonly done = new TimesOf();
  /** From the call to the end of the receiver's poll. */
  readonly messages = new TimesOf();
  /** post_send calls with at least one accepted work request, by thread. */
  private readonly calls = new Map<number, SendCall[]>();
  private readonly seen = new Map<number, number>();
  /** Largest number of an operation that completed or was polled; -1: there is none. */
  last = -1;
  /** Smallest number of one that moves data: neither LOCAL_INV nor BIND_MW. */
  firstData: number | undefined;

  readonly log: LogReader = {
    kinds: logKinds("CALL", "OPERATION", "POLLED"),
    take: (r) => {
      if (r.kind === "CALL") this.call(r);
      else this.operation(r, Number(r.operation));
      return true;
    },
    lost: (n) => {
      throw new Error(`the log lost ${n} records; this is a defect of verbscope`);
    },
  };

  private call(r: LogRecord): void {
    if (r.what !== VERB_ID.post_send) return;
    const call = this.seen.get(r.track) ?? 0,
      list = this.calls.get(r.track) ?? [];
    this.seen.set(r.track, call + 1);
    if (r.operation === undefined) return;
    this.calls.set(r.track, list);
    list.push({ thread: r.track, call, first: Number(r.operation), end_ps: r.end_ps });
  }
  private operation(r: LogRecord, number: number): void {
    this.last = Math.max(this.last, number);
    if (r.kind === "POLLED") {
      if ((r.what & 1) === 1) this.messages.set(number, r.start_ps, r.end_ps);
      return;
    }
    this.done.set(number, r.start_ps, r.end_ps);
    if (r.what !== OPCODE_ID.LOCAL_INV && r.what !== OPCODE_ID.BIND_MW)
      this.firstData = Math.min(this.firstData ?? number, number);
  }

  /** The call with the largest first number up to `number`: it posted that operation, if a call did. */
  callOf(number: number): SendCall | undefined {
    let best: SendCall | undefined;
    for (const list of this.calls.values()) {
      let low = 0,
        high = list.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (list[middle]!.first <= number) low = middle + 1;
        else high = middle;
      }
      const found = list[low - 1];
      if (found && (!best || found.first > best.first)) best = found;
    }
    return best;
  }
  /** A thread's k-th post_send call; undefined when it was never made or posted nothing. */
  callAt(thread: number, call: number): SendCall | undefined {
    return this.calls.get(thread)?.find((c) => c.call === call);
  }
}
