import { NO_ID } from "../../abi/columns.js";
import type { VerbsRow } from "../table/rows.js";
import { pairQps, type QpEndpoint } from "./pairs.js";
import { readRows } from "./read-rows.js";
import type { VerbsTrace } from "./verbs-trace.js";

/** Follows create_qp and modify_qp rows: which QPs there are, and whom they are connected to. */
export class Endpoints {
  readonly qps: QpEndpoint[] = [];
  private readonly current = new Map<string, QpEndpoint>();
  private readonly ordinals = new Map<number, number>();

  /** `node` is the row's, or what it is numbered anew. */
  see(row: VerbsRow, node: number = row.node): void {
    if (row.status !== 0 || (row.verb !== "create_qp" && row.verb !== "modify_qp")) return;
    const key = `${node}/${row.ctx}/${row.qp}`;
    if (row.verb === "create_qp") {
      const ordinal = this.ordinals.get(node) ?? 0;
      this.ordinals.set(node, ordinal + 1);
      const qp = {
        node,
        ctx: row.ctx,
        ordinal,
        qpn: row.qp,
        type: row.qp_type,
        dest: NO_ID,
        rq_psn: NO_ID,
        sq_psn: NO_ID,
      };
      this.current.set(key, qp);
      this.qps.push(qp);
      return;
    }
    const qp = this.current.get(key);
    if (!qp) return;
    if (row.peer_qp !== NO_ID) qp.dest = row.peer_qp;
    if (row.rq_psn !== NO_ID) qp.rq_psn = row.rq_psn;
    if (row.sq_psn !== NO_ID) qp.sq_psn = row.sq_psn;
  }
}

const UD = 2;
/**
 * The traces that have nothing to do with the others: some of their QPs are connected, but none has its partner
 * in another trace (R2.41), and none is UD, which may send to anybody.
 */
export function strangers(traces: readonly VerbsTrace[]): VerbsTrace[] {
  const seen = new Endpoints(),
    owner: number[] = [];
  let first = 0;
  traces.forEach((trace, i) => {
    for (const row of readRows(trace)) seen.see(row, row.node + first);
    while (owner.length < seen.qps.length) owner.push(i);
    first += trace.metadata.nodes.length;
  });
  const partner = pairQps(seen.qps),
    known = new Set<number>(),
    connected = new Set<number>();
  seen.qps.forEach((q, i) => {
    if (q.dest !== NO_ID) connected.add(owner[i]!);
    const other = partner[i] === -1 ? undefined : owner[partner[i]!];
    if (q.type === UD || (other !== undefined && other !== owner[i])) known.add(owner[i]!);
  });
  return traces.filter((_, i) => connected.has(i) && !known.has(i));
}
