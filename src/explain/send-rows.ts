import { VERBS } from "../abi/verbs.js";
import type { VerbsTrace } from "../trace/read.js";

/** A row of a trace, and where it stands among the post_send calls of its thread. */
export interface Row {
  readonly row: number;
  readonly verb: string;
  /** 0: accepted. */
  readonly status: number;
  /** Index in the trace's list of threads. */
  readonly thread: number;
  /** post_send rows: number of the call among the thread's post_send calls; others: -1. */
  readonly call: number;
  /** Accepted post_send rows: number of the work request in the call's list. */
  readonly index: number;
}

interface Open {
  id: number | undefined;
  calls: number;
  accepted: number;
}

/**
 * Rows in the file's order. A call ends where its thread has a row of another call
 * or an empty poll, as in the core (R2.1).
 */
export function* rowsOfCalls(trace: VerbsTrace): Iterable<Row> {
  const threads = new Map(trace.threads.map(([node, tid], i) => [`${node}/${tid}`, i])),
    open = trace.threads.map((): Open => ({ id: undefined, calls: 0, accepted: 0 }));
  for (const { batch, body, view, at } of trace.bodies()) {
    const node = at("node"),
      tid = at("tid"),
      call = at("call"),
      verbs = at("verb"),
      status = at("status");
    for (let i = 0; i < batch.rows; i++) {
      const thread = threads.get(
          `${view.getUint16(node + 2 * i, true)}/${view.getUint32(tid + 4 * i, true)}`,
        )!,
        verb = VERBS[trace.verbRemap[body[verbs + i]!]!]!,
        id = view.getUint32(call + 4 * i, true),
        of = open[thread]!,
        send = verb === "post_send";
      if (of.id !== id) {
        of.id = id;
        of.accepted = 0;
        if (send) of.calls++;
      }
      if (verb === "poll_cq_empty") of.id = undefined;
      const refused = view.getUint16(status + 2 * i, true);
      yield {
        row: batch.firstRow + i,
        verb,
        status: refused,
        thread,
        call: send ? of.calls - 1 : -1,
        index: send && refused === 0 ? of.accepted++ : -1,
      };
    }
  }
}
