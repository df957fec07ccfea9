import { QP_ENTRY } from "../../abi/params.js";
import { VERBS } from "../../abi/verbs.js";
import type { VerbsTrace } from "../../trace/read.js";
import { pairQps } from "../../trace/verbs/pairs.js";
import { BatchView } from "./batch-view.js";
import { ControlResolver, DATA_VERBS, type MrEntry } from "./control.js";

export type QpEntry = Record<(typeof QP_ENTRY)[number], number>;
/** Queue pairs as the core's table holds them. */
export function qpTable(qps: readonly QpEntry[]): Uint8Array {
  const words = Uint32Array.from(qps.flatMap((q) => QP_ENTRY.map((name) => q[name])));
  return new Uint8Array(words.buffer);
}

/**
 * What a replay must know before its first row: objects,
 * partners, and the resolved control rows of each batch.
 */
export interface Prepared {
  readonly trace: VerbsTrace;
  readonly nodes: number;
  readonly qps: readonly QpEntry[];
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
  /** QPs find their peers; the rest have a simulated one (R2.23, R4.6.1). */
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
  const qps = resolver.qps.map(
    (q, i): QpEntry => ({
      node: q.node,
      ordinal: q.ordinal,
      ctx: q.ctx,
      number: q.qpn,
      kind: q.type,
      partner: partners[i]! + 1,
      sig_all: resolver.sigAll[i] ? 1 : 0,
      simulated: (q.type === 2 ? nodes === 1 : partners[i] === -1) ? 1 : 0,
    }),
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
