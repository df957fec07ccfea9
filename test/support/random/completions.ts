/** Random polls and events of the untimed execution. */
import type { VerbsRowLike } from "../../oracle/rows.js";
import type { SimCq, SimCqe, SimNode, SimQp, SimThread, Trace } from "./trace.js";

/** A completion waits in its CQ for a poll. */
export function join(cqe: SimCqe, cq: SimCq): void {
  cq.queue.push(cqe);
  if (cq.armed && !cqe.silent && (!cq.armed.solicitedOnly || (cqe.receive && cqe.solicited)))
    cq.armed.events += 1;
}

/** Length of a receive completion: with the GRH or not of UD, and seldom another one (R5.5). */
export function polledLength({ rare }: Trace, qp: SimQp, length: number): number {
  if (rare.chance(0.03)) return rare.magnitude(8192);
  return qp.type === 2 && rare.chance(0.5) ? length + 40 : length;
}

/** A message arrives at once. */
export function arrive(qp: SimQp, length: number, solicited: boolean, write: boolean, silent = false): void {
  const opcode = write ? "RECV_RDMA_WITH_IMM" : "RECV";
  join(
    {
      qp,
      row: { verb: "poll_cq", qp: qp.number, wr_id: 0n, opcode, length },
      solicited,
      silent,
      receive: true,
    },
    qp.recvCq,
  );
}

/** QPs with a simulated peer that may have a message in this CQ (R4.6.1). */
function alone(trace: Trace, node: SimNode, cq: SimCq): SimQp[] {
  return node.qps.filter(
    (q) => (q.type === 2 ? trace.nodes.length === 1 : !q.peer) && q.recvCq === cq && q.queue.free > 0,
  );
}

/** Messages of simulated peers are in no queue: a poll may see one whenever a receive is posted. */
function fromNowhere(trace: Trace, node: SimNode, cq: SimCq): void {
  const { random } = trace;
  const able = alone(trace, node, cq);
  if (able.length === 0 || !random.chance(0.4)) return;
  const qp = random.pick(able);
  qp.queue.free -= 1;
  arrive(qp, random.magnitude(8192), false, qp.type !== 2 && random.chance(0.2), true);
}

export function pollSome(trace: Trace, node: SimNode, thread: SimThread, cq: SimCq): void {
  const { random } = trace;
  if (!cq.armed && cq.poller && trace.rare.chance(0.2)) sleepForMessage(trace, node, cq, cq.poller);
  if (!cq.armed) fromNowhere(trace, node, cq);
  if (cq.armed && cq.armed.events > 0) return waitForEvent(trace, node, cq);
  const rows: (Partial<VerbsRowLike> & { verb: string })[] = cq.queue
    .splice(0, random.chance(0.5) ? 1 : random.int(1, 8))
    .map((c) => ({ verb: "poll_cq", cq: cq.id, ...c.row }));
  while (random.chance(0.03) || trace.rare.chance(0.1)) failure(trace, node, cq, rows);
  if (rows.length > 0) trace.call(thread, rows);
}

/**
 * A failed completion is an extra row anywhere in the call: its WR, if it has one, succeeds all the
 * same when it is signalled, and its opcode and length mean nothing.
 */
function failure(
  trace: Trace,
  node: SimNode,
  cq: SimCq,
  rows: (Partial<VerbsRowLike> & { verb: string })[],
): void {
  const { random, rare } = trace;
  const qps = node.qps.filter((q) => q.sendCq === cq || q.recvCq === cq);
  if (qps.length === 0) return;
  const qp = random.pick(qps);
  rows.splice(random.int(0, rows.length), 0, {
    verb: "poll_cq",
    cq: cq.id,
    qp: qp.number,
    wr_id:
      rare.chance(0.8) && qp.recent.length > 0
        ? rare.pick(qp.recent)
        : qp.wrId - BigInt(random.int(0, Math.min(5, Number(qp.wrId)))),
    status: random.int(1, 21),
    opcode: random.pick(["NONE", "SEND", "RDMA_READ", "RECV", "RECV_RDMA_WITH_IMM"]),
    length: random.chance(0.5) ? 0 : random.magnitude(8192),
  });
}

/** Arm a CQ, or take the event of one that is armed. Only a CQ that one thread polls. */
export function waitForEvent(trace: Trace, node: SimNode, cq: SimCq): void {
  if (!cq.poller) return;
  if (!cq.armed) arm(trace, cq, cq.poller);
  else if (cq.armed.events > 0 || trace.random.chance(0.03)) {
    // without an event the wait is one that the replay must assume (or one that a race ends)
    takeEvent(trace, cq, cq.poller);
  } else sleepForMessage(trace, node, cq, cq.poller);
}

function arm(trace: Trace, cq: SimCq, poller: SimThread): void {
  const solicitedOnly = trace.random.chance(0.3);
  const counts = (c: SimCqe): boolean => !c.silent && (!solicitedOnly || (c.receive && c.solicited));
  cq.armed = { solicitedOnly, events: cq.queue.filter(counts).length };
  trace.call(poller, [{ verb: "req_notify_cq", cq: cq.id, flags: solicitedOnly ? 8 : 0 }]);
}

function takeEvent(trace: Trace, cq: SimCq, poller: SimThread): void {
  delete cq.armed;
  trace.call(poller, [{ verb: "get_cq_event", cq: cq.id }]);
  if (trace.random.chance(0.7)) trace.call(poller, [{ verb: "ack_cq_events", cq: cq.id }]);
}

/**
 * A thread sleeps until a message of a simulated peer comes, which a later poll returns: as
 * the first behind the event, or behind what was in the CQ already (R4.6.7).
 */
function sleepForMessage(trace: Trace, node: SimNode, cq: SimCq, poller: SimThread): void {
  const { rare } = trace;
  const able = alone(trace, node, cq);
  if (able.length === 0 || !rare.chance(0.7)) return;
  const qp = rare.pick(able);
  if (!cq.armed) arm(trace, cq, poller);
  takeEvent(trace, cq, poller);
  qp.queue.free -= 1;
  arrive(qp, rare.magnitude(8192), false, qp.type !== 2 && rare.chance(0.2), true);
  if (rare.chance(0.8)) cq.queue.unshift(cq.queue.pop()!);
}
