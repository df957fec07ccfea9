/** Who talks to whom: pairs of QPs, UD destinations, simulated peers (R2.23, R2.41, R4.6.1). */
import { newQp, newQueue, type Qp, type SendWr } from "./objects.js";
import type { NodeObjects } from "./rows.js";

/** What R2.41 looks at. An absent number or PSN was never set. */
export interface Endpoint {
  node: number;
  ctx: number;
  /** place in the order of creation on its node */
  ordinal: number;
  number: number;
  type: "RC" | "UC" | "UD";
  peerNumber?: number;
  rqPsn?: number;
  sqPsn?: number;
}

/** Both ways: whether what one expects is what the other sends. */
function psns(a: Endpoint, b: Endpoint): { differ: boolean; equal: boolean } {
  const ways = [
    [a.rqPsn, b.sqPsn],
    [b.rqPsn, a.sqPsn],
  ];
  const known = ways.filter(([expected, sent]) => expected !== undefined && sent !== undefined);
  return {
    differ: known.some(([expected, sent]) => expected !== sent),
    equal: known.length === ways.length && known.every(([expected, sent]) => expected === sent),
  };
}

function canPair(a: Endpoint, b: Endpoint): boolean {
  return (
    (a !== b || psns(a, b).equal) &&
    a.type === b.type &&
    a.type !== "UD" &&
    a.peerNumber === b.number &&
    b.peerNumber === a.number &&
    !psns(a, b).differ
  );
}

/**
 * Partners, both ways, of QPs in the order of their creation. All pairs that can be are
 * brought in order by what R2.41 names, one after the other, and taken when both QPs are still free.
 */
export function partnersOf<Q extends Endpoint>(qps: readonly Q[]): Map<Q, Q> {
  const possible = qps.flatMap((a, i) =>
    qps.flatMap((b, j) => (i <= j && canPair(a, b) ? [{ a, b, rank: rank(a, b, i, j) }] : [])),
  );
  possible.sort((x, y) => {
    const at = x.rank.findIndex((r, k) => r !== y.rank[k]);
    return at < 0 ? 0 : x.rank[at]! - y.rank[at]!;
  });
  const partners = new Map<Q, Q>();
  for (const { a, b } of possible) {
    if (partners.has(a) || partners.has(b)) continue;
    partners.set(a, b);
    partners.set(b, a);
  }
  return partners;
}

/** Smallest first. A context belongs to a node, so QPs of two nodes are of two contexts. */
function rank(a: Endpoint, b: Endpoint, i: number, j: number): number[] {
  return [
    psns(a, b).equal ? 0 : 1,
    a.node !== b.node ? 0 : 1,
    a.node !== b.node || a.ctx !== b.ctx ? 0 : 1,
    i !== j ? 0 : 1,
    Math.abs(a.ordinal - b.ordinal),
    i,
    j,
  ];
}

/**
 * The QP that a UD send goes to when the trace has several nodes: of QPs of
 * one node that have the number, the first created (R2.23).
 */
function destination(nodes: readonly NodeObjects[], from: Qp, number: number): Qp | undefined {
  const own = nodes[from.node]!;
  return [...nodes.filter((n) => n !== own), own]
    .flatMap((n) => n.created)
    .find((qp) => qp.number === number);
}

/** Every QP gets its partner or a simulated one, every UD send its destination. */
export function connect(nodes: readonly NodeObjects[], sends: readonly SendWr[]): void {
  const qps = nodes.flatMap((n) => n.created).sort((a, b) => a.row - b.row);
  const partners = partnersOf(qps);
  for (const qp of qps) {
    const partner = partners.get(qp);
    qp.simulated = qp.type === "UD" ? nodes.length === 1 : !partner;
    qp.peer = partner ?? virtualPeer(qp, nodes.length);
  }
  if (nodes.length === 1) return;
  for (const wr of sends) {
    if (wr.qp.type !== "UD") continue;
    const to = destination(nodes, wr.qp, wr.destination);
    if (to) wr.to = to;
  }
}

function virtualPeer(qp: Qp, node: number): Qp {
  return newQp({
    node,
    ordinal: -1,
    ctx: 0,
    type: qp.type,
    virtual: true,
    sigAll: false,
    queue: newQueue(),
    usesSrq: false,
    sqSlots: 0n,
    bufPages: 0n,
    peer: qp,
  });
}
