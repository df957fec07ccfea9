import { VERB_ID } from "../abi/verbs.js";
import { UserError } from "../errors.js";
import type { VerbsTrace } from "../trace/read.js";
import { cutTrace, threadKey } from "../trace/verbs/cut.js";
import type { Stop } from "./prepare/stops.js";
import type { LeftOut } from "./result/document.js";

/** Verbs that may stand between an event and the poll that takes what it told of. */
const OF_EVENTS: ReadonlySet<number> = new Set([
  VERB_ID.ack_cq_events,
  VERB_ID.req_notify_cq,
  VERB_ID.poll_cq_empty,
]);

/** How many rows of each thread are kept, and where they are in the whole trace. */
export class Cuts {
  private readonly whole: VerbsTrace;
  /** Index of its thread, for each row. */
  private readonly thread: Uint32Array;
  /** 1 where a call begins: calls are kept whole. */
  private readonly begins: Uint8Array;
  /** First rows of polls → rows of their thread before the event that the poll follows. */
  private readonly events = new Map<number, number>();
  private readonly kept: number[];
  private readonly why: string[];

  constructor(whole: VerbsTrace) {
    this.whole = whole;
    this.thread = new Uint32Array(whole.rows);
    this.begins = new Uint8Array(whole.rows);
    this.kept = whole.threads.map(([, , rows]) => rows);
    this.why = whole.threads.map(() => "");
    this.read();
  }

  /**
   * Cuts before the calls that these rows of the cut trace are of; false when no row was cut. A poll for what
   * never came was not woken by it either: the event just before it, of the same CQ, is cut with it.
   */
  at(stops: readonly Stop[]): boolean {
    const again = this.why.some((why) => why !== ""),
      mayLack = " (it may be among the rows left out)";
    const found = new Map(stops.map((s) => [s.row, s.why + (s.lacks && again ? mayLack : "")])),
      begin = new Float64Array(this.kept.length);
    let cut = false;
    this.eachKept([...this.kept], (row, t, ordinal, inCut) => {
      if (this.begins[row] === 1) begin[t] = this.events.get(row) ?? ordinal;
      const why = found.get(inCut);
      if (why === undefined || begin[t]! >= this.kept[t]!) return;
      this.kept[t] = begin[t]!;
      this.why[t] = why;
      cut = true;
    });
    return cut;
  }

  trace(): VerbsTrace {
    return cutTrace(this.whole, this.kept);
  }

  /** The error with its rows as the whole trace counts them. */
  inWhole(error: unknown): unknown {
    if (!(error instanceof UserError)) return error;
    return new UserError(
      error.message.replace(/(?<=[:;] row )\d+/g, (shown) => {
        let is = shown;
        this.eachKept(this.kept, (row, _thread, _ordinal, inCut) => {
          if (inCut === Number(shown)) is = String(row);
        });
        return is;
      }),
    );
  }

  leftOut(): LeftOut[] {
    const from = new Map<number, number>(),
      seen = new Float64Array(this.kept.length);
    this.thread.forEach((t, row) => {
      if (seen[t]!++ === this.kept[t]) from.set(t, row);
    });
    return [...from]
      .sort(([a], [b]) => a - b)
      .map(([t, from_row]) => {
        const [node, tid, rows] = this.whole.threads[t]!;
        return {
          node,
          name: this.whole.metadata.nodes[node]!.name,
          tid,
          rows: rows - this.kept[t]!,
          from_row,
          why: this.why[t]!,
        };
      });
  }

  private read(): void {
    const { whole } = this,
      index = new Map(whole.threads.map(([node, tid], i) => [threadKey(node, tid), i])),
      last = whole.threads.map(() => ({ call: -1, rows: 0, cq: -1, rowsBefore: 0 }));
    for (const { batch, body, view, at } of whole.bodies()) {
      const node = at("node"),
        tid = at("tid"),
        calls = at("call"),
        verbs = at("verb"),
        cqs = at("cq");
      for (let i = 0; i < batch.rows; i++) {
        const row = batch.firstRow + i,
          t = index.get(threadKey(view.getUint16(node + 2 * i, true), view.getUint32(tid + 4 * i, true)));
        if (t === undefined) continue; // a thread that the file does not announce: the core refuses it
        const call = view.getUint32(calls + 4 * i, true),
          cq = view.getUint32(cqs + 4 * i, true),
          verb = whole.verbRemap[body[verbs + i]!]!,
          of = last[t]!;
        this.thread[row] = t;
        this.begins[row] = call === of.call ? 0 : 1;
        if (verb === VERB_ID.get_cq_event) {
          of.cq = cq;
          of.rowsBefore = of.rows;
        } else if (!OF_EVENTS.has(verb)) {
          if (verb === VERB_ID.poll_cq && cq === of.cq) this.events.set(row, of.rowsBefore);
          of.cq = -1;
        }
        // An empty poll is a call by itself, whatever its number.
        of.call = verb === VERB_ID.poll_cq_empty ? -1 : call;
        of.rows++;
      }
    }
  }

  /** The rows that `kept` leaves: row in the whole, thread, rows of the thread before it, row in the cut trace. */
  private eachKept(
    kept: readonly number[],
    see: (row: number, thread: number, rowsBefore: number, inCut: number) => void,
  ): void {
    const seen = new Float64Array(kept.length);
    let inCut = 0;
    this.thread.forEach((t, row) => {
      const before = seen[t]!++;
      if (before < kept[t]!) see(row, t, before, inCut++);
    });
  }
}
