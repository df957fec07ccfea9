import { VERBS } from "../../abi/verbs.js";
import type { VerbsTrace } from "./verbs-trace.js";

/** What a recording says of its own time: ns as recorded, by verb and of each node. */
export interface RecordedTimes {
  /** Calls and their summed duration; rows of one call count once. */
  readonly verbs: ReadonlyMap<string, { calls: number; ns: bigint }>;
  /** From the first call's start to the last one's end, of the node that took longest. */
  readonly span_ns: bigint;
  /**
   * From the first post_send to the last end of a call that posts or polls,
   * of the node that took longest; 0 where nothing is posted.
   */
  readonly data_path_ns: bigint;
}

const SPIN = "poll_cq_empty",
  DATA: readonly string[] = ["post_send", "poll_cq", "post_recv"];

/** Reads t and dur of every row, once. */
export function recordedTimes(trace: VerbsTrace): RecordedTimes {
  const verbs = new Map<string, { calls: number; ns: bigint }>(),
    last = new Map<string, number>();
  const nodes = new Map<number, { first: bigint; end: bigint; post?: bigint; data: bigint }>();
  for (const { batch, body, view, at } of trace.bodies()) {
    const t = at("t"),
      dur = at("dur"),
      node = at("node"),
      tid = at("tid"),
      call = at("call"),
      verb = at("verb");
    for (let i = 0; i < batch.rows; i++) {
      const name = VERBS[trace.verbRemap[body[verb + i]!]!]!,
        id = view.getUint32(call + 4 * i, true),
        n = view.getUint16(node + 2 * i, true);
      const start = view.getBigUint64(t + 8 * i, true),
        ns = BigInt(view.getUint32(dur + 4 * i, true)),
        end = start + ns;
      const seen = nodes.get(n) ?? { first: start, end, data: 0n };
      nodes.set(n, seen);
      if (start < seen.first) seen.first = start;
      if (end > seen.end) seen.end = end;
      if (name === "post_send" && (seen.post === undefined || start < seen.post)) seen.post = start;
      if (DATA.includes(name) && seen.post !== undefined && end > seen.data) seen.data = end;
      const thread = `${n}/${view.getUint32(tid + 4 * i, true)}`;
      if (name === SPIN || last.get(thread) === id) continue;
      last.set(thread, id);
      const sum = verbs.get(name) ?? { calls: 0, ns: 0n };
      verbs.set(name, { calls: sum.calls + 1, ns: sum.ns + ns });
    }
  }
  const longest = (of: (n: { first: bigint; end: bigint; post?: bigint; data: bigint }) => bigint): bigint =>
    [...nodes.values()].map(of).reduce((a, b) => (a > b ? a : b), 0n);
  return {
    verbs,
    span_ns: longest((n) => n.end - n.first),
    data_path_ns: longest((n) => (n.post === undefined ? 0n : n.data - n.post)),
  };
}
