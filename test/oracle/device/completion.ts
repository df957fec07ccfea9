/** The requester's completion, CQEs, arms and events (R4.4.1 to R4.5.5). */
import { add, addPlain, type Clock, type OwnClock, plain, takeOver, takeOverSilently } from "../clock.js";
import { type Cq, type Cqe, type Op, returnsData } from "../objects.js";
import { sizeClass } from "../world.js";
import type { Device } from "./device.js";
import { tryGate } from "./launch.js";

/** The operation's statistics; a failed WR is in none (R2.42, R4.4.2, R4.4.4). */
function account(device: Device, op: Op, end: OwnClock): void {
  if (op.wr.failed) return;
  device.world.account(
    "post_send",
    op.wr.opcode,
    sizeClass(op.wr.length),
    BigInt(op.wr.length),
    end,
    op.callStart,
  );
}

/**
 * The operation is done at `at`; whatever is now done in order of
 * post retires (R4.4.1, R4.4.2, R4.4.3, R4.4.4).
 */
export function done(device: Device, op: Op, at: OwnClock, sub: number): void {
  const qp = op.sender;
  if (qp.virtual) return;
  op.done = at;
  op.doneSub = sub;
  device.world.dataPath.completed(at);
  if (returnsData(op.wr.opcode)) {
    qp.outstanding -= 1;
    tryGate(device, qp, plain(at));
  }
  if (!op.wr.signalled) account(device, op, at);
  for (let next = qp.ops[qp.retired]; next?.done; next = qp.ops[++qp.retired]) {
    const clock = takeOver(next.done, qp.retireClock, "hca.complete");
    qp.retireClock = plain(clock);
    if (next.wr.signalled) complete(device, next, false, clock, next.doneSub);
  }
}

/** Write a CQE: of the receive at the responder, or of the send at the requester (R4.5.1, R4.5.2). */
export function complete(device: Device, op: Op, receive: boolean, at: OwnClock, sub: number): void {
  const { world } = device;
  const qp = receive ? op.receiver : op.sender;
  const cq = receive ? qp.recvCq! : qp.sendCq!;
  const node = device.node(qp);
  const flow = device.flow(op, 0, sub, at);
  device.arrive(flow, () => {
    const cost = world.testbed.mwr(32);
    device.fifo(flow, node, "up", "hca.complete", cost, cost);
    device.dmaWrite(32);
    device.lat(
      flow,
      "hca.context",
      device.cost("pcie.read_rtt", device.lookup(node, "cqc", BigInt(cq.ordinal))),
    );
    device.lat(flow, "hca.complete", device.cost("hca.complete_latency"));
    const cqe: Cqe = { visible: flow.span.tail, op, receive, polled: false };
    cq.cqes.push(cqe);
    if (receive) qp.recvCqes.push(cqe);
    else {
      op.wr.cqe = cqe;
      account(device, op, cqe.visible);
    }
    if (cq.armed && (!cq.armed.solicitedOnly || solicited(cqe))) {
      const armed = cq.armed.clock;
      delete cq.armed;
      raise(device, cq, cqe.visible, armed.time > cqe.visible.time ? armed : cqe.visible);
    }
  });
}

function solicited(cqe: Cqe): boolean {
  return cqe.receive && cqe.op.wr.solicited;
}

/**
 * An event of the CQ: the EQE is written behind `visible`, the thread may know at `from` + latency
 * (R4.5.3). It takes the smallest number that no event before it took and whose wait was not assumed (R3.20).
 */
function raise(device: Device, cq: Cq, visible: Clock, from: Clock): void {
  const { world } = device;
  const node = world.nodes[cq.node]!;
  device.occupy(node, "up", "hca.complete", world.testbed.mwr(32), visible);
  device.dmaWrite(32);
  world.count("interrupts");
  let number = 0;
  while (cq.events.has(number) || cq.assumed.has(number)) number++;
  cq.events.set(number, addPlain(from, "hca.complete", device.cost("hca.event_latency")));
}

/** req_notify_cq reaches the device (R4.5.4, R4.5.5). */
export function arm(device: Device, cq: Cq, solicitedOnly: boolean, number: number, at: OwnClock): void {
  const clock = add(at, "hca.doorbell", device.cost("hca.doorbell_latency"));
  device.world.queue.push({
    time: clock.time,
    kind: 0,
    number,
    sub: 0,
    run: () => {
      const waiting = cq.cqes.find((c) => !c.polled && (!solicitedOnly || solicited(c)));
      delete cq.armed;
      if (waiting) raise(device, cq, waiting.visible, takeOverSilently(clock, waiting.visible));
      else cq.armed = { solicitedOnly, clock: plain(clock) };
    },
  });
}
