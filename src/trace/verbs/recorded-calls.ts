import { VERBS } from "../../abi/verbs.js";
import type { VerbsTrace } from "./verbs-trace.js";

/** The calls of one verb: rows of one call count once. */
export interface RecordedCalls {
  /** Of the first call, counted from 0. */
  readonly row: number;
  /** What each took, in the file's order: ns as recorded. */
  readonly ns: readonly number[];
}

/** Durations by verb. Holds a number for each call of the trace. */
export function recordedCalls(trace: VerbsTrace): Map<string, RecordedCalls> {
  const verbs = new Map<string, { row: number; ns: number[] }>(),
    last = new Map<string, number>();
  for (const { batch, body, view, at } of trace.bodies()) {
    const dur = at("dur"),
      node = at("node"),
      tid = at("tid"),
      call = at("call"),
      verb = at("verb");
    for (let i = 0; i < batch.rows; i++) {
      const thread = `${view.getUint16(node + 2 * i, true)}/${view.getUint32(tid + 4 * i, true)}`,
        id = view.getUint32(call + 4 * i, true);
      if (last.get(thread) === id) continue;
      last.set(thread, id);
      const name = VERBS[trace.verbRemap[body[verb + i]!]!]!,
        calls = verbs.get(name) ?? { row: batch.firstRow + i, ns: [] };
      calls.ns.push(view.getUint32(dur + 4 * i, true));
      verbs.set(name, calls);
    }
  }
  return verbs;
}
