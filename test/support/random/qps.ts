/** Random QPs: in pairs or alone, and what modify_qp says of their peers. */
import { NO_ID } from "../../../src/abi/columns.js";
import { QP_TYPES } from "../../../src/abi/verbs.js";
import { partnersOf } from "../../oracle/pairs.js";
import { postReceives } from "./actions.js";
import { contextOf, type SimNode, type SimQp, type SimThread, type Trace } from "./trace.js";

/** Create the QPs, in pairs or alone, and bring them to RTS. */
export function connect(trace: Trace, nodes: SimNode[]): void {
  const { random, rare } = trace;
  const created: SimQp[] = [];
  const known = rare.pick([0, 0.7, 1]);
  const psn = (): number => (rare.chance(known) ? rare.int(0, 3) : NO_ID);
  for (let left = random.int(1, 6); left > 0; ) {
    const type = random.pick([0, 0, 0, 1, 2] as const);
    const a = createQp(trace, random.pick(nodes), type);
    created.push(a);
    left -= 1;
    if (left > 0 && random.chance(0.8)) {
      const b = createQp(trace, random.pick(nodes), type);
      created.push(b);
      left -= 1;
      [a.peerNumber, b.peerNumber] = [b.number, a.number];
      [a.sqPsn, b.sqPsn] = [psn(), psn()];
      [a.rqPsn, b.rqPsn] = rare.chance(known) ? [b.sqPsn, a.sqPsn] : [psn(), NO_ID];
    } else if (rare.chance(0.3)) [a.peerNumber, a.sqPsn, a.rqPsn] = [a.number, psn(), psn()];
    else if (rare.chance(0.1)) a.peerNumber = NO_ID;
  }
  pair(created);
  for (const node of nodes) {
    for (const srq of node.srqs)
      for (let i = random.int(4, 20); i > 0; i--) postReceives(trace, node, node.threads[0]!, undefined, srq);
    for (const srq of node.srqs) srq.queue.fixed = false;
    for (const qp of node.qps) bringUp(trace, qp, node.threads[0]!);
  }
}

/** Numbers repeat on other nodes: who was drawn for whom need not be who talks to whom (R2.41). */
function pair(created: SimQp[]): void {
  const set = (value: number): number | undefined => (value === NO_ID ? undefined : value);
  const endpoints = created.map((qp) => ({
    qp,
    node: qp.node,
    ctx: contextOf(qp.node),
    ordinal: qp.ordinal,
    number: qp.number,
    type: QP_TYPES[qp.type],
    peerNumber: set(qp.peerNumber),
    rqPsn: set(qp.rqPsn),
    sqPsn: set(qp.sqPsn),
  }));
  for (const [a, b] of partnersOf(endpoints)) a.qp.peer = b.qp;
}

function createQp(trace: Trace, node: SimNode, type: 0 | 1 | 2): SimQp {
  const { random, rare } = trace;
  const main = node.threads[0]!;
  const srq = random.chance(0.4) ? node.srqs[0] : undefined;
  const qp: SimQp = {
    number: (type === 2 ? 0x80 : 0x40) + node.qps.length,
    peerNumber: 77,
    rqPsn: NO_ID,
    sqPsn: NO_ID,
    node: node.id,
    type,
    sendCq: random.pick(node.cqs),
    recvCq: random.pick(node.cqs),
    srq: srq?.id ?? NO_ID,
    queue: srq?.queue ?? { free: 0, fixed: false },
    solicitedAll: random.chance(0.4),
    sigAll: random.chance(0.3),
    maxSge: random.int(1, 5),
    inline: random.pick([0, 0, 28, 64, 220, 400]),
    writesIn: 0,
    wrId: BigInt(random.int(0, 1000)),
    recent: [],
    ordinal: node.qps.length,
  };
  if (random.chance(0.85)) qp.poster = random.pick(node.threads);
  if (rare.chance(0.3)) qp.wrIds = BigInt(rare.int(1, 3));
  node.qps.push(qp);
  if (type === 2) trace.ud.push(qp);
  const capacity = [random.magnitude(300), srq ? 0 : random.magnitude(500)].map((n) =>
    rare.chance(0.1) ? 0 : n,
  );
  trace.call(main, [
    {
      verb: "create_qp",
      qp: qp.number,
      cq: qp.sendCq.id,
      rcq: qp.recvCq.id,
      srq: qp.srq,
      qp_type: type,
      flags: qp.sigAll ? 1 : 0,
      cap_send_wr: capacity[0]!,
      cap_recv_wr: capacity[1]!,
      cap_send_sge: qp.maxSge,
      cap_recv_sge: random.int(1, 4),
      cap_inline: qp.inline,
    },
  ]);
  return qp;
}

function bringUp(trace: Trace, qp: SimQp, main: SimThread): void {
  const { random } = trace;
  const mtu = random.pick([0, 256, 512, 1024, 2048, 4096]);
  trace.call(main, [
    { verb: "modify_qp", qp: qp.number, qp_state: 1, attr_mask: random.chance(0.8) ? 0x39 : 0x19 },
  ]);
  trace.call(main, [
    {
      verb: "modify_qp",
      qp: qp.number,
      qp_state: 2,
      attr_mask: 0x121181,
      path_mtu: mtu,
      peer_qp: qp.peerNumber,
      rq_psn: qp.rqPsn,
    },
  ]);
  trace.call(main, [
    {
      verb: "modify_qp",
      qp: qp.number,
      qp_state: 3,
      attr_mask: 0x12e01,
      max_rd_atomic: random.pick([0, 1, 2, 16]),
      sq_psn: qp.sqPsn,
    },
  ]);
}
