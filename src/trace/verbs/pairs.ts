import { NO_ID } from "../../abi/columns.js";

/** A QP as its create_qp and modify_qp rows describe it. */
export interface QpEndpoint {
  node: number;
  ctx: number;
  /** Order of its create_qp row within the node. */
  ordinal: number;
  qpn: number;
  /** Index into QP_TYPES; UD QPs (2) have no partner. */
  type: number;
  dest: number;
  rq_psn: number;
  sq_psn: number;
}

const UD = 2;
const SAME_PSN = 8,
  OTHER_NODE = 4,
  OTHER_CTX = 2,
  NOT_ITSELF = 1;

/**
 * Partner of each QP, or -1 (R2.41). Partners name each other's QP number, and expect the packet sequence
 * number that the other starts with, where both are known: of a run whose two sides number their QPs alike,
 * one side alone would pair with itself otherwise. Numbers repeat (across devices, and when one is used
 * again), so among several candidates equal sequence numbers decide, then being on another node, then the
 * order of creation.
 */
export function pairQps(qps: readonly QpEndpoint[]): Int32Array {
  const byNumber = new Map<number, number[]>();
  qps.forEach((q, i) => {
    if (q.dest === NO_ID || q.type === UD) return;
    const list = byNumber.get(q.qpn);
    if (list) list.push(i);
    else byNumber.set(q.qpn, [i]);
  });
  const candidates: { i: number; j: number; score: number; apart: number }[] = [];
  for (const [, list] of byNumber) {
    for (const i of list) {
      const a = qps[i]!;
      for (const j of byNumber.get(a.dest) ?? []) {
        const b = qps[j]!;
        // One that never got a PSN of its own does not send: its peer of the same number is elsewhere.
        if (i === j && (a.sq_psn === NO_ID || a.rq_psn === NO_ID)) continue;
        if (j < i || b.dest !== a.qpn || b.type !== a.type || apart(a, b) || apart(b, a)) continue;
        candidates.push({ i, j, score: score(a, b), apart: Math.abs(a.ordinal - b.ordinal) });
      }
    }
  }
  candidates.sort((x, y) => y.score - x.score || x.apart - y.apart || x.i - y.i || x.j - y.j);
  const partner = new Int32Array(qps.length).fill(-1);
  for (const { i, j } of candidates) {
    if (partner[i] !== -1 || partner[j] !== -1) continue;
    partner[i] = j;
    partner[j] = i;
  }
  return partner;
}

/** What `a` expects first is known not to be what `b` sends first. */
const apart = (a: QpEndpoint, b: QpEndpoint): boolean =>
  a.rq_psn !== NO_ID && b.sq_psn !== NO_ID && a.rq_psn !== b.sq_psn;

function score(a: QpEndpoint, b: QpEndpoint): number {
  const same = (x: number, y: number): boolean => x !== NO_ID && x === y;
  const psn = same(a.rq_psn, b.sq_psn) && same(b.rq_psn, a.sq_psn) ? SAME_PSN : 0;
  return (
    psn +
    (a.node !== b.node ? OTHER_NODE : 0) +
    (a.node !== b.node || a.ctx !== b.ctx ? OTHER_CTX : 0) +
    (a === b ? 0 : NOT_ITSELF)
  );
}
