import type { VerbsTrace } from "./verbs-trace.js";

/** From a node's first call to the end of its last one, ns on its clock. */
export interface NodeSpan {
  first_ns: bigint;
  end_ns: bigint;
}

/** The span of each node that calls; none where the trace has no times. */
export function nodeSpans(trace: VerbsTrace): NodeSpan[] {
  const spans = new Map<number, NodeSpan>();
  if (trace.metadata.clock !== "ns") return [];
  for (const { batch, view, at } of trace.bodies())
    for (let i = 0; i < batch.rows; i++) {
      const node = view.getUint16(at("node") + 2 * i, true),
        t = view.getBigUint64(at("t") + 8 * i, true),
        end = t + BigInt(view.getUint32(at("dur") + 4 * i, true)),
        span = spans.get(node) ?? { first_ns: t, end_ns: end };
      if (t < span.first_ns) span.first_ns = t;
      if (end > span.end_ns) span.end_ns = end;
      spans.set(node, span);
    }
  return [...spans.values()];
}
