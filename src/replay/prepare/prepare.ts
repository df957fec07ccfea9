import { VERBS } from "../../abi/verbs.js";
import type { VerbsTrace } from "../../trace/read.js";
import { pairQps } from "../../trace/verbs/pairs.js";
import { BatchView } from "./batch-view.js";
import { ControlResolver, DATA_VERBS, type MrEntry } from "./control.js";

/** u32 words of a QP in the core's table. */
export const QP_WORDS = 8;

/**
 * What a replay must know before its first row: objects,
 * partners, and the resolved control rows of each batch.
 */
export interface Prepared {
  readonly trace: VerbsTrace;
  readonly nodes: number;
  /** u32 words { node, ordinal, ctx, number, kind, partner + 1, sq_sig_all, peer is simulated } per QP */
  readonly qps: Uint32Array;
  readonly mrs: readonly MrEntry[];
  /** Control records per batch, one after the other. */
  readonly control: readonly Uint8Array[];
  readonly largestBatch: number;
  /** QPs without a partner that a peer in the trace should have had. */
  readonly lonely: number;
  /** False when the trace has several nodes but no connection between any two. */
  readonly matched: boolean;
}

/** Reads the control rows of a trace once. */
export function prepare(trace: VerbsTrace): Prepared {
  const resolver = new ControlResolver(trace.path);
  const isData = new Uint8Array(256);
  for (let i = 0; i < 256; i++) isData[i] = DATA_VERBS.has(trace.verbRemap[i]!) ? 1 : 0;
  const control: Uint8Array[] = [];
  let largest = 0;
  let scratch = new Uint8Array(0);
  for (const batch of trace.batches) {
    const bytes = trace.batchLayout(batch).bytes;
    largest = Math.max(largest, bytes);
    if (scratch.length < bytes) scratch = new Uint8Array(bytes);
    const layout = trace.readBody(batch, scratch);
    const view = new BatchView(scratch, layout);
    const verbAt = layout.columns.verb![0]!.offset;
    const records: Uint8Array[] = [];
    for (let row = 0; row < batch.rows; row++) {
      const index = scratch[verbAt + row]!;
      if (isData[index] === 1) continue;
      records.push(resolver.resolve(view, row, batch.firstRow, VERBS[trace.verbRemap[index]!]!));
    }
    control.push(joined(records));
  }
  const nodes = Math.max(1, trace.metadata.nodes.length, ...trace.threads.map(([node]) => node + 1));
  const partners = pairQps(resolver.qps);
  const connected = resolver.qps.filter((q) => q.type !== 2 && q.dest !== 0xffffffff);
  const lonely = resolver.qps.filter(
    (q, i) => q.type !== 2 && q.dest !== 0xffffffff && partners[i] === -1,
  ).length;
  const crossing = resolver.qps.some(
    (q, i) => partners[i] !== -1 && resolver.qps[partners[i]!]!.node !== q.node,
  );
  const ud = resolver.qps.some((q) => q.type === 2);
  const matched = nodes === 1 || connected.length === 0 || crossing || ud;
  const qps = new Uint32Array(resolver.qps.length * QP_WORDS);
  resolver.qps.forEach((q, i) =>
    qps.set(
      [
        q.node,
        q.ordinal,
        q.ctx,
        q.qpn,
        q.type,
        partners[i]! + 1,
        resolver.sigAll[i] ? 1 : 0,
        (q.type === 2 ? nodes === 1 : partners[i] === -1) ? 1 : 0,
      ],
      i * QP_WORDS,
    ),
  );
  return { trace, nodes, qps, mrs: resolver.mrs, control, largestBatch: largest, lonely, matched };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}
