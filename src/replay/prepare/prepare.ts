import { VERB_ID, VERBS } from "../../abi/verbs.js";
import { UserError } from "../../errors.js";
import type { VerbsTrace } from "../../trace/read.js";
import { pairQps } from "../../trace/verbs/pairs.js";
import { BatchView } from "./batch-view.js";
import { ControlResolver, DATA_VERBS, type MrEntry } from "./control.js";
import { type Marks, marksOf, noMarks } from "./marks.js";
import type { QpEntry } from "./qp-table.js";
import type { Stop } from "./stops.js";
import { cutOff, usesOf } from "./unconnected.js";

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
  /** What the driver says of single rows. */
  readonly marks: Marks;
  readonly largestBatch: number;
  /** QPs without a partner that a peer in the trace should have had. */
  readonly lonely: number;
  /** Rows whose `dur` is saturated (R3.6). */
  readonly longCalls: number;
  /** False when the trace has several nodes but no connection between any two. */
  readonly matched: boolean;
  /** Of the lonely QPs those whose peer's side ended before it connected it, as far as the trace shows. */
  readonly cutOff: number;
  /** Where threads need such a peer; reads the trace again if there is one. */
  stops(): Stop[];
}

/** More would take gigabytes for their caches alone. */
const MOST_NODES = 4096;

/** What a row is to the first reading: a completion may have failed, a thread may sleep. */
const CONTROL = 0,
  DATA = 1,
  POLL = 2,
  SLEEP = 3;
/** What `dur` holds of a call that took longer than it can say. */
const LONG = 0xffffffff;

/** Reads the control rows of a trace once. */
export function prepare(trace: VerbsTrace): Prepared {
  trace.keepDecoded();
  const resolver = new ControlResolver(trace.path);
  const kinds = Uint8Array.from(trace.verbRemap, (id) =>
    id === VERB_ID.poll_cq ? POLL : id === VERB_ID.get_cq_event ? SLEEP : DATA_VERBS.has(id) ? DATA : CONTROL,
  );
  const control: Uint8Array[] = [];
  let largest = 0,
    longCalls = 0,
    sleeps = false,
    fails = false;
  for (const { batch, body, layout, at } of trace.bodies()) {
    largest = Math.max(largest, layout.bytes);
    const view = new BatchView(body, layout),
      verbs = at("verb"),
      status = new Uint16Array(body.buffer, at("status"), batch.rows);
    longCalls += occurrences(new Uint32Array(body.buffer, at("dur"), batch.rows), LONG);
    for (let row = 0; row < batch.rows; row++) {
      const index = body[verbs + row]!,
        kind = kinds[index]!;
      if (kind === DATA) continue;
      if (kind === POLL) fails ||= status[row] !== 0;
      else if (kind === SLEEP) sleeps = true;
      else resolver.resolve(view, row, batch.firstRow, VERBS[trace.verbRemap[index]!]!);
    }
    control.push(resolver.records.take());
  }
  const nodes = Math.max(1, trace.metadata.nodes.length, ...trace.threads.map(([node]) => node + 1));
  if (nodes > MOST_NODES)
    throw new UserError(
      `${trace.path}: has ${nodes} nodes, more than ${MOST_NODES}, each of which has an HCA with its caches; ` +
        "replay fewer nodes at once",
    );
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
  const gone = nodes === 1 ? new Set<number>() : cutOff(resolver.qps, partners, resolver.open, matched);
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
      ...resolver.capacities[i]!,
    }),
  );
  const marked = fails || (sleeps && qps.some((q) => q.simulated === 1));
  return {
    trace,
    nodes,
    qps,
    mrs: resolver.mrs,
    control,
    marks: marked ? marksOf(trace, qps) : noMarks(trace.batches.length),
    largestBatch: largest,
    lonely,
    longCalls,
    matched,
    cutOff: gone.size,
    stops: () => (gone.size === 0 ? [] : usesOf(trace, resolver.qps, gone)),
  };
}

function occurrences(values: Uint32Array, value: number): number {
  let n = 0;
  for (let at = values.indexOf(value); at >= 0; at = values.indexOf(value, at + 1)) n++;
  return n;
}
