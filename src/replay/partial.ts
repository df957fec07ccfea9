import { VERB_ID } from "../abi/verbs.js";
import { UserError } from "../errors.js";
import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import type { VerbsTrace } from "../trace/read.js";
import { cutTrace } from "../trace/verbs/cut.js";
import { DeadlockError, MissingRowError, type Stop, UnmatchedError } from "./prepare/stops.js";
import { type ReplayOptions, replay } from "./replay.js";
import { digestOf, fileDigest, type LeftOut, type Result } from "./result/document.js";

export interface PartialOptions extends Omit<ReplayOptions, "memory" | "memoryOptions" | "setUpOnly"> {
  /** Something was cut, and all is replayed once more. */
  readonly onRestart?: () => void;
}

/**
 * Replays a trace as far as all its threads go, on all paths the same rows. What is left out of each
 * thread is in `trace.left_out`; where nothing is, the result is that of `replay`.
 */
export function replayPartial(
  whole: VerbsTrace,
  paths: readonly Path[],
  testbed: Testbed,
  { onRestart, ...options }: PartialOptions = {},
): Result {
  const { value: result, leftOut } = asFarAsAllGo(
    whole,
    (trace, setUpOnly) => replay(trace, paths, testbed, { ...options, setUpOnly }),
    onRestart,
  );
  if (leftOut.length === 0) return result;
  const trace = {
    ...result.trace,
    rows: whole.rows,
    digest: fileDigest(whole),
    threads: whole.threads.length,
    left_out: leftOut,
  };
  return { ...result, trace, digest: digestOf({ ...result, trace }) };
}

/** The rows of a result that leaves some out: its trace as it was replayed. */
export function cutAs(whole: VerbsTrace, leftOut: readonly LeftOut[]): VerbsTrace {
  return cutTrace(
    whole,
    whole.threads.map(
      ([node, tid, rows]) => rows - (leftOut.find((l) => l.node === node && l.tid === tid)?.rows ?? 0),
    ),
  );
}

/**
 * Tries `use` on the trace, cuts each thread before the call in which it cannot go on, and tries again: a cut
 * takes away what other threads may have waited for. Each round cuts a row at least, so there is a last one.
 */
export function asFarAsAllGo<T>(
  whole: VerbsTrace,
  use: (trace: VerbsTrace, setUpOnly: boolean) => T,
  onRestart?: () => void,
): { value: T; leftOut: LeftOut[] } {
  let cuts: Cuts | undefined,
    setUpOnly = false;
  for (;;) {
    const trace = cuts?.trace() ?? whole;
    try {
      return { value: use(trace, setUpOnly), leftOut: cuts?.leftOut() ?? [] };
    } catch (error) {
      const unmatched = error instanceof UnmatchedError && !setUpOnly,
        stops = stopsOf(error);
      if (!unmatched && stops.length === 0) throw cuts ? cuts.inWhole(error) : error;
      cuts ??= new Cuts(whole);
      if (unmatched) {
        setUpOnly = true;
        cuts.atFirstUse("no QP of its node is connected to one of another node");
      } else if (!cuts.at(stops)) throw cuts.inWhole(error);
    } finally {
      if (trace !== whole) trace.close();
    }
    onRestart?.();
  }
}

function stopsOf(error: unknown): readonly Stop[] {
  if (error instanceof DeadlockError) return error.stops;
  return error instanceof MissingRowError ? [error.stop] : [];
}

/** Where data begins to move: what stands before needs no other side. */
const USES: ReadonlySet<number> = new Set([VERB_ID.post_send, VERB_ID.poll_cq, VERB_ID.get_cq_event]);

/** How many rows of each thread are kept, and where they are in the whole trace. */
class Cuts {
  private readonly whole: VerbsTrace;
  /** Index of its thread, for each row. */
  private readonly thread: Uint32Array;
  /** 1 where a call begins: calls are kept whole. */
  private readonly begins: Uint8Array;
  /** Rows before the first that moves data, for each thread. */
  private readonly untilUse: number[];
  private readonly kept: number[];
  private readonly why: string[];

  constructor(whole: VerbsTrace) {
    this.whole = whole;
    this.thread = new Uint32Array(whole.rows);
    this.begins = new Uint8Array(whole.rows);
    this.kept = whole.threads.map(([, , rows]) => rows);
    this.untilUse = [...this.kept];
    this.why = whole.threads.map(() => "");
    const index = new Map(whole.threads.map(([node, tid], i) => [`${node}/${tid}`, i])),
      call = new Float64Array(whole.threads.length).fill(-1),
      seen = new Float64Array(whole.threads.length);
    for (const { batch, body, view, at } of whole.bodies()) {
      const node = at("node"),
        tid = at("tid"),
        calls = at("call"),
        verbs = at("verb");
      for (let i = 0; i < batch.rows; i++) {
        const t = index.get(`${view.getUint16(node + 2 * i, true)}/${view.getUint32(tid + 4 * i, true)}`);
        if (t === undefined) continue; // the core refuses it
        const id = view.getUint32(calls + 4 * i, true),
          verb = whole.verbRemap[body[verbs + i]!]!;
        this.thread[batch.firstRow + i] = t;
        this.begins[batch.firstRow + i] = id === call[t] ? 0 : 1;
        // An empty poll is a call by itself (R2.1).
        call[t] = verb === VERB_ID.poll_cq_empty ? -1 : id;
        if (USES.has(verb)) this.untilUse[t] = Math.min(this.untilUse[t]!, seen[t]!);
        seen[t]!++;
      }
    }
  }

  /** Cuts before the calls that these rows of the cut trace are of; false when no row was cut. */
  at(stops: readonly Stop[]): boolean {
    const found = new Map(stops.map((s) => [s.row, s.why]));
    let cut = false;
    const begin = new Float64Array(this.kept.length);
    const limits = [...this.kept];
    this.eachKept(limits, (row, t, ordinal, inCut) => {
      if (this.begins[row] === 1) begin[t] = ordinal;
      const why = found.get(inCut);
      if (why === undefined || begin[t]! >= this.kept[t]!) return;
      this.kept[t] = begin[t]!;
      this.why[t] = why;
      cut = true;
    });
    return cut;
  }
  atFirstUse(why: string): void {
    this.untilUse.forEach((rows, t) => {
      if (rows >= this.kept[t]!) return;
      this.kept[t] = rows;
      this.why[t] = why;
    });
  }
  trace(): VerbsTrace {
    return cutTrace(this.whole, this.kept);
  }

  /** The error with its row as the whole trace counts it. */
  inWhole(error: unknown): unknown {
    if (!(error instanceof UserError)) return error;
    return new UserError(
      error.message.replace(/(?<=: row )\d+/, (shown) => {
        let is = Number(shown);
        this.eachKept(this.kept, (row, _t, _ordinal, inCut) => {
          if (inCut === Number(shown)) is = row;
        });
        return String(is);
      }),
    );
  }

  leftOut(): LeftOut[] {
    const from = new Map<number, number>(),
      seen = new Float64Array(this.kept.length);
    this.thread.forEach((t, row) => {
      if (seen[t]!++ === this.kept[t]) from.set(t, row);
    });
    return this.whole.threads.flatMap(([node, tid, rows], t) =>
      rows === this.kept[t]
        ? []
        : [
            {
              node,
              name: this.whole.metadata.nodes[node]!.name,
              tid,
              rows: rows - this.kept[t]!,
              from_row: from.get(t)!,
              why: this.why[t]!,
            },
          ],
    );
  }

  /** The rows that `kept` leaves: their row in the whole, thread, position in the thread, row in the cut trace. */
  private eachKept(
    kept: readonly number[],
    see: (row: number, thread: number, ordinal: number, inCut: number) => void,
  ): void {
    const seen = new Float64Array(kept.length);
    let inCut = 0;
    this.thread.forEach((t, row) => {
      const ordinal = seen[t]!++;
      if (ordinal < kept[t]!) see(row, t, ordinal, inCut++);
    });
  }
}
