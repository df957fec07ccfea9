/** SEND and RDMA WRITE at the responder: engine, receive WQE, memory, ack (R4.2.12 to R4.2.20). */
import { type Clock, plain } from "../clock.js";
import { isSend, needsReceive, type Op, type Qp, type ReceiveQueue, type RecvWr } from "../objects.js";
import { burstBytes, isLast, range, translateRemote } from "./bursts.js";
import { complete, done } from "./completion.js";
import type { Device, Flow } from "./device.js";
import { controlOverLink } from "./link.js";
import { AETH, isReliable } from "./packets.js";
import { localPieces, translate } from "./translate.js";

/** The responder's engine, and the receive WQE (R4.2.12, R4.2.13, R4.6.3). */
export function receive(device: Device, flow: Flow, packets: number): void {
  const { op } = flow;
  const qp = op.receiver;
  device.arrive(flow, () => {
    device.received(flow, device.node(qp), packets);
    if (flow.burst === 0) device.qpContext(flow, qp);
    if (needsReceive(op.wr.opcode) && !op.recv) {
      const { wrs, waiting } = qp.queue;
      if (qp.virtual) op.recv = { sges: [], numSge: 1, length: op.wr.length, accepted: true };
      else if (waiting.length === 0 && wrs.length > 0) take(device, op, wrs.shift()!);
      else {
        if (!waiting.includes(op)) {
          waiting.push(op);
          device.world.count("rnr.waits");
        }
        op.parked.push({ burst: flow.burst, sub: flow.sub, span: flow.span });
        return;
      }
    }
    place(device, flow);
  });
}

/** The operation has its receive WQE, which may be too small for it (R4.2.13, R5.5). */
function take(device: Device, op: Op, wr: RecvWr): void {
  op.recv = wr;
  if (isSend(op.wr.opcode) && wr.length < op.wr.length) device.world.seen.short += 1;
}

/** A receive WR is posted at `at`: the first waiting operation takes it, or it joins the queue (R4.2.13). */
export function addReceive(device: Device, queue: ReceiveQueue, wr: RecvWr, at: Clock): void {
  const op = queue.waiting.shift();
  if (!op) {
    queue.wrs.push(wr);
    return;
  }
  take(device, op, wr);
  for (const parked of op.parked) {
    const flow: Flow = { op, ...parked };
    device.takeOver(flow, at, "lib.post");
    place(device, flow);
  }
  op.parked = [];
}

/** From the receive WQE to the write of the burst (R4.2.14, R4.2.15, R4.2.17). */
function place(device: Device, flow: Flow): void {
  const { op } = flow;
  const qp = op.receiver;
  const node = device.node(qp);
  const { testbed } = device.world;
  if (flow.burst === 0 && op.recv) {
    const bytes = 16 * Math.max(1, op.recv.numSge);
    device.occupy(node, "up", "hca.wqe-fetch", testbed.mrd(bytes), flow.span.head);
    device.occupy(node, "down", "hca.wqe-fetch", testbed.cpl(bytes), flow.span.head);
    device.dmaRead(bytes);
    device.lat(flow, "hca.wqe-fetch", device.cost("hca.rq_fetch"));
  }
  if (isSend(op.wr.opcode)) translate(device, flow, qp, localPieces(op.recv!.sges, ...range(flow)));
  else translateRemote(device, flow, op.wr.length);
  inOrder(device, flow);
  if (isReliable(op.sender) && isLast(flow))
    acknowledge(device, device.flow(op, flow.burst, 1, flow.span.tail));
  write(device, flow, qp, () => deliver(device, flow));
}

/** The in-order gate of the responder's QP (R4.2.16). */
export function inOrder(device: Device, flow: Flow): void {
  const qp = flow.op.receiver;
  device.takeOver(flow, qp.lastHead, "hca.process");
  qp.lastHead = plain(flow.span.head);
}

/** Write a burst to the memory of `qp`'s node; `last` follows at once after the last burst (R4.2.18). */
export function write(device: Device, flow: Flow, qp: Qp, last: () => void): void {
  const { testbed } = device.world;
  const bytes = burstBytes(flow);
  const end = (): void => {
    if (!isLast(flow)) return;
    flow.span = { head: flow.span.tail, tail: flow.span.tail };
    last();
  };
  device.arrive(flow, () => {
    device.fifo(
      flow,
      device.node(qp),
      "up",
      "dma.payload",
      testbed.mwr(Math.min(device.mtu(flow.op), bytes)),
      testbed.mwr(bytes),
    );
    if (bytes > 0) device.dmaWrite(bytes);
    end();
  });
}

/** The whole message is in memory (R4.2.19, R4.6.2). */
function deliver(device: Device, flow: Flow): void {
  const { op } = flow;
  const qp = op.receiver;
  if (op.wr.opcode === "RDMA_WRITE") {
    device.lat(flow, "dma.payload", device.cost("pcie.write_latency"));
    qp.writes.push(plain(flow.span.tail));
    device.node(qp).onesided += BigInt(op.wr.length);
  } else if (!qp.virtual) complete(device, op, true, flow.span.tail, flow.sub);
}

/** The acknowledgement, from link to link (R4.2.20). */
function acknowledge(device: Device, flow: Flow): void {
  const { op } = flow;
  const bytes = device.world.testbed.number("wire.header_bytes") + AETH;
  const served = (): void => device.world.count("acks");
  controlOverLink(device, flow, op.receiver, bytes, served, () =>
    device.arrive(flow, () => {
      device.received(flow, device.node(op.sender));
      done(device, op, flow.span.tail, 1);
    }),
  );
}
