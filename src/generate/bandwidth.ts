import type { Opcode } from "../abi/verbs.js";
import type { Machine, Qp } from "./machine.js";
import { Perftest } from "./perftest.js";
import type { Side } from "./side.js";

/** Send window of one QP. */
interface Window {
  qp: Qp;
  posted: number;
  completed: number /** sends that each outstanding completion covers */;
  covers: number[];
}

/**
 * ib_send_bw, ib_write_bw, ib_read_bw: the client keeps its send queues full; with `bidirectional`, both do.
 */
export function bandwidth(opcode: Opcode): (m: Machine, client: boolean) => Side {
  return (m, client) => {
    const { options } = m;
    const p = new Perftest(m, opcode);
    const sends = client || options.bidirectional;
    const receives = opcode === "SEND" && (!client || options.bidirectional);
    return {
      qps: p.qps,
      target: p.memory,
      *run(peer) {
        p.connect(peer, sends, receives);
        yield 0;
        if (sends) yield* sender(p, peer, receives);
        else if (receives) yield* receiver(p);
      },
      tearDown: () => p.tearDown(),
    };
  };
}

function* sender(p: Perftest, peer: Side, receives: boolean): Generator<number> {
  const { m } = p;
  const { iters, pollBatch } = m.options;
  const windows = p.qps.map((qp): Window => ({ qp, posted: 0, completed: 0, covers: [] }));
  const receivers = p.qps.map((qp) => ({ qp, polled: 0 }));
  let total = 0;
  while (windows.some((w) => w.completed < iters)) {
    for (const w of windows) total += fill(p, peer, w);
    for (const w of windows) {
      const taken = w.covers.splice(0, pollBatch);
      const upTo = w.completed + taken.reduce((sum, n) => sum + n, 0);
      // Both sides receive as much as they wait to have sent: neither can
      // run out of receives while the other waits for it.
      if (receives) while (receivers[w.qp.index]!.polled < upTo) receive(p, receivers[w.qp.index]!, upTo);
      if (taken.length === 0) continue;
      m.sleep(p.cq, true);
      taken.forEach((_, k) => m.pollSend(p.cq, w.qp, BigInt(w.qp.index), p.opcode, k > 0));
      w.completed = upTo;
      total += fill(p, peer, w);
    }
    yield total;
  }
}

/** Posts lists until the QP's send queue is full. */
function fill(p: Perftest, peer: Side, w: Window): number {
  const { iters, txDepth, postList, cqMod } = p.m.options;
  const before = w.posted;
  for (;;) {
    const count = Math.min(postList, iters - w.posted);
    if (count === 0 || w.posted + count - w.completed > txDepth) return w.posted - before;
    const first = w.posted;
    const signaled = (k: number): boolean => (first + k + 1) % cqMod === 0 || first + k + 1 === iters;
    p.post(w.qp, peer, count, signaled);
    for (let k = 0; k < count; k++) if (signaled(k)) w.covers.push((first + k + 1) % cqMod || cqMod);
    w.posted += count;
  }
}

function* receiver(p: Perftest): Generator<number> {
  const { iters } = p.m.options;
  const receivers = p.qps.map((qp) => ({ qp, polled: 0 }));
  let total = 0;
  while (total < iters * p.qps.length) {
    for (const r of receivers) if (r.polled < iters) total += receive(p, r, iters);
    yield total;
  }
}

/** One poll of up to `pollBatch` receives, each posted again. */
function receive(p: Perftest, r: { qp: Qp; polled: number }, upTo: number): number {
  const { m } = p;
  const count = Math.min(m.options.pollBatch, upTo - r.polled, p.received[r.qp.index]! - r.polled);
  m.sleep(p.rcq, true);
  for (let k = 0; k < count; k++) m.pollRecv(p.rcq, r.qp, BigInt(r.qp.index), k > 0);
  for (let k = 0; k < count; k++) p.postRecv(r.qp);
  r.polled += count;
  return count;
}
