import { NO_ID } from "../../abi/columns.js";
import { OPCODE_ID, VERB_ID } from "../../abi/verbs.js";
import type { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import { pairQps, type QpEndpoint } from "../../trace/verbs/pairs.js";

interface Qp extends QpEndpoint {
  writes: { row: number; t: bigint }[];
}

/** Writes in each direction below which turns may be chance. */
export const LEAST_WRITES = 3;

export interface AwaitWrites {
  /** Rows that got a value. */
  rows: number;
  /**
   * QP pairs with RDMA WRITEs both ways that do not take turns: what
   * their programs wait for in memory is not visible.
   */
  blind: number;
}

/**
 * Finds programs that poll memory for the peer's RDMA WRITE, as
 * write-lat programs do: no verb shows that wait. Where the
 * writes of two partners strictly take turns on comparable clocks,
 * each waits for all the partner's writes before it.
 */
export function inferAwaitWrites(builder: VerbsBuilder): AwaitWrites {
  const qps = collect(builder);
  const partner = pairQps(qps);
  const found: AwaitWrites = { rows: 0, blind: 0 };
  qps.forEach((a, i) => {
    const b = qps[partner[i]!];
    if (!b || partner[i]! <= i || a.node === b.node || a.writes.length === 0 || b.writes.length === 0) return;
    const waits = turns(a, b);
    if (!waits) {
      found.blind++;
      return;
    }
    for (const [row, count] of waits) {
      builder.patch(row, "await_writes", count);
      if (count > 0) found.rows++;
    }
  });
  return found;
}

/** `[row, partner's writes before it]` of both sides when they strictly alternate. */
function turns(a: Qp, b: Qp): [number, number][] | undefined {
  if (Math.min(a.writes.length, b.writes.length) < LEAST_WRITES) return undefined;
  const all = [...a.writes.map((w) => ({ ...w, side: 0 })), ...b.writes.map((w) => ({ ...w, side: 1 }))].sort(
    (x, y) => (x.t < y.t ? -1 : x.t > y.t ? 1 : x.row - y.row),
  );
  const posted: [number, number] = [0, 0];
  const result: [number, number][] = [];
  for (const [i, w] of all.entries()) {
    if (i > 0 && all[i - 1]!.side === w.side) return undefined;
    result.push([w.row, posted[1 - w.side]!]);
    posted[w.side]!++;
  }
  return result;
}

/** QPs of all nodes in order of creation, with their accepted RDMA WRITEs. */
function collect(builder: VerbsBuilder): Qp[] {
  const qps: Qp[] = [];
  const current = new Map<string, Qp>();
  const ordinals = new Map<number, number>();
  let first = 0;
  for (const batch of builder.batches) {
    const { verb, opcode, status, node, ctx, qp, qp_type, peer_qp, rq_psn, sq_psn, t, await_writes } =
      batch.fixed;
    for (let i = 0; i < batch.rows; i++) {
      await_writes[i] = 0;
      const v = verb[i];
      if (v !== VERB_ID.post_send && v !== VERB_ID.create_qp && v !== VERB_ID.modify_qp) continue;
      if (status[i] !== 0 || (v === VERB_ID.post_send && opcode[i] !== OPCODE_ID.RDMA_WRITE)) continue;
      const key = `${node[i]}/${ctx[i]}/${qp[i]}`;
      if (v === VERB_ID.create_qp) {
        const ordinal = ordinals.get(node[i]!) ?? 0;
        ordinals.set(node[i]!, ordinal + 1);
        const created: Qp = {
          node: node[i]!,
          ctx: ctx[i]!,
          ordinal,
          qpn: qp[i]!,
          type: qp_type[i]!,
          dest: NO_ID,
          rq_psn: NO_ID,
          sq_psn: NO_ID,
          writes: [],
        };
        qps.push(created);
        current.set(key, created);
        continue;
      }
      const target = current.get(key);
      if (!target) continue;
      if (v === VERB_ID.post_send) {
        target.writes.push({ row: first + i, t: t[i]! });
        continue;
      }
      if (peer_qp[i] !== NO_ID) target.dest = peer_qp[i]!;
      if (rq_psn[i] !== NO_ID) target.rq_psn = rq_psn[i]!;
      if (sq_psn[i] !== NO_ID) target.sq_psn = sq_psn[i]!;
    }
    first += batch.rows;
  }
  return qps;
}
