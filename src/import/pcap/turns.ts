import { OPCODE_ID } from "../../abi/verbs.js";
import { pairQps, type QpEndpoint } from "../../trace/verbs/pairs.js";
import { type AwaitWrites, LEAST_WRITES } from "../verbs/await-writes.js";
import { Earliest } from "./events/earliest.js";
import type { Events } from "./events/events.js";
import { OPCODE, SIDE, STEP } from "./events/record.js";
import type { Stream } from "./events/stream.js";
import type { Ends, NodeQp, PortNode } from "./nodes.js";

const WRITE = OPCODE_ID.RDMA_WRITE;

/** Two QPs with WRITEs both ways: whose the last one was, until one of them wrote twice in a row. */
interface Pair {
  last: NodeQp | undefined;
  first: NodeQp | undefined;
  broken: boolean;
}

/** The posts of a node, in order. */
class Posts {
  readonly number: number;
  private readonly events: Stream;

  constructor(number: number, events: Stream) {
    this.number = number;
    this.events = events;
  }
  get time(): number {
    return this.events.t;
  }
  /** Goes to the next WRITE, from the event at hand on; its flow, or -1 where there is none. */
  find(): number {
    const { events } = this;
    for (; !events.done; events.next()) {
      const { words, at } = events,
        side = words[at + SIDE]!;
      if (((side | words[at + STEP]!) & 1) === 0 && words[at + OPCODE] === WRITE) return side >>> 1;
    }
    return -1;
  }
  next(): void {
    this.events.next();
  }
}

/**
 * What `inferAwaitWrites` finds in rows, from events, before there are rows: where the WRITEs of two partners
 * strictly take turns, each waits for all of the partner's before it. Their QPs' `turn` is set.
 */
export function findTurns(nodes: readonly PortNode[], ends: readonly Ends[], events: Events): AwaitWrites {
  const found: AwaitWrites = { rows: 0, blind: 0 },
    pairs = new Map<NodeQp, Pair>(),
    qps = nodes.flatMap((n) => [...n.qps.values()]),
    partner = pairQps(qps.map(endpoint));
  qps.forEach((a, i) => {
    const b = qps[partner[i]!];
    if (!b || partner[i]! <= i || a.node === b.node || a.writes === 0 || b.writes === 0) return;
    // Turns differ by one at most.
    if (Math.min(a.writes, b.writes) < LEAST_WRITES || Math.abs(a.writes - b.writes) > 1) found.blind++;
    else {
      const pair: Pair = { last: undefined, first: undefined, broken: false };
      pairs.set(a, pair);
      pairs.set(b, pair);
    }
  });
  if (pairs.size > 0) follow(nodes, ends, events, pairs);
  for (const [qp, { broken, first }] of pairs) {
    const isFirst = qp === first;
    if (broken) found.blind += isFirst ? 1 : 0;
    else {
      qp.turn = isFirst ? 0 : 1;
      // The first of all waits for none.
      found.rows += qp.writes - (isFirst ? 1 : 0);
    }
  }
  return found;
}

/** Goes through the WRITEs of these pairs by time, on equal times by node: the order of their rows. */
function follow(
  nodes: readonly PortNode[],
  ends: readonly Ends[],
  events: Events,
  pairs: ReadonlyMap<NodeQp, Pair>,
): void {
  const concerned = new Set([...pairs.keys()].map((qp) => qp.node)),
    posts = nodes.filter((n) => concerned.has(n.number)).map((n) => new Posts(n.number, events.of(n.port)));
  const order = new Earliest(posts.filter((p) => p.find() >= 0));
  let whole = pairs.size / 2;
  for (let p = order.first; p && whole > 0; p = order.first) {
    const qp = ends[p.find()]!.sender,
      pair = pairs.get(qp);
    if (pair && !pair.broken) {
      pair.first ??= qp;
      if (pair.last === qp) {
        pair.broken = true;
        whole--;
      }
      pair.last = qp;
    }
    p.next();
    if (p.find() < 0) order.ended();
    else order.moved();
  }
}

/** Ordinals are those of create_qp rows within a node, which are in the order of CQs. */
const endpoint = ({ node, qpn, type, peer, rq_psn, sq_psn, cq }: NodeQp): QpEndpoint => ({
  node,
  ctx: 0,
  ordinal: cq,
  qpn,
  type,
  dest: peer,
  rq_psn,
  sq_psn,
});
