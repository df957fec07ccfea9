import { expect, test } from "vitest";
import { NO_ID } from "../../src/abi/columns.js";
import { QP_TYPES } from "../../src/abi/verbs.js";
import { pairQps, type QpEndpoint } from "../../src/trace/verbs/pairs.js";
import { partnersOf } from "../oracle/pairs.js";
import { ownStream } from "../support/random/rng.js";

/** QPs in order of creation, of so few numbers, contexts and PSNs that most pairs are ambiguous. */
function endpoints(seed: number): QpEndpoint[] {
  const random = ownStream(seed, "pairs"),
    created = new Map<number, number>(),
    known = random.pick([0, 0.5, 0.9, 1]),
    psn = (): number => (random.chance(known) ? random.int(1, 2) : NO_ID),
    nodes = random.int(1, 3),
    numbers = random.int(1, 4);
  return Array.from({ length: random.int(1, 12) }, () => {
    const node = random.int(0, nodes - 1),
      ordinal = created.get(node) ?? 0;
    created.set(node, ordinal + 1);
    return {
      node,
      ctx: random.int(0, 1),
      ordinal,
      qpn: random.int(1, numbers),
      type: random.pick([0, 0, 0, 1, 2]),
      dest: random.chance(0.1) ? NO_ID : random.int(1, numbers),
      rq_psn: psn(),
      sq_psn: psn(),
    };
  });
}

/** Each QP's partner in the list, or -1. */
function byOracle(qps: readonly QpEndpoint[]): number[] {
  const set = (value: number): { value?: number } => (value === NO_ID ? {} : { value });
  const theirs = qps.map((q) => ({
    node: q.node,
    ctx: q.ctx,
    ordinal: q.ordinal,
    number: q.qpn,
    type: QP_TYPES[q.type]!,
    peerNumber: set(q.dest).value,
    rqPsn: set(q.rq_psn).value,
    sqPsn: set(q.sq_psn).value,
  }));
  const partners = partnersOf(theirs);
  return theirs.map((q) => {
    const partner = partners.get(q);
    return partner ? theirs.indexOf(partner) : -1;
  });
}

test("R2.41: driver and oracle find the same partners among QPs whose numbers repeat", () => {
  const differ: unknown[] = [];
  let pairs = 0;
  for (let seed = 1; seed <= 2000; seed++) {
    const qps = endpoints(seed),
      want = byOracle(qps),
      got = [...pairQps(qps)];
    pairs += want.filter((p) => p >= 0).length / 2;
    if (got.join() !== want.join()) differ.push({ seed, qps, got, want });
  }
  expect(pairs).toBeGreaterThan(1500);
  expect(differ.slice(0, 3)).toEqual([]);
});
