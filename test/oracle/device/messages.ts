/** SEND and RDMA WRITE, from the payload read at A to the delivery at B (R4.2.1 to R4.2.20). */
import { type Clock, plain } from "../clock.js";
import {
  isSend,
  type Line,
  needsReceive,
  type Op,
  type Qp,
  type ReceiveQueue,
  type RecvWr,
  readsPayload,
} from "../objects.js";
import { complete, done } from "./completion.js";
import type { Device, Flow } from "./device.js";
import { AETH, isReliable, offsetOf, wireOf } from "./packets.js";
import { localPieces, remotePieces, translate } from "./translate.js";
import { leave, toWire } from "./wiregate.js";

export function isLast(flow: Flow): boolean {
  return flow.burst === flow.op.bursts.length - 1;
}
export function burstBytes(flow: Flow): number {
  return flow.op.bursts[flow.burst]!;
}
function range(flow: Flow): [number, number] {
  const from = offsetOf(flow.op, flow.burst);
  return [from, from + burstBytes(flow)];
}

/** Translate this burst at the requester, through the WR's SGEs (R4.24). */
export function translateLocal(device: Device, flow: Flow): void {
  translate(device, flow, flow.op.sender, localPieces(flow.op.wr.sges, ...range(flow)));
}

/**
 * Translate this burst at the responder, through the rkey. `length` is
 * that of the whole remote buffer (R2.18, R4.2.15, R4.6.2).
 */
export function translateRemote(device: Device, flow: Flow, length: number): void {
  const { op } = flow;
  if (op.receiver.virtual) return;
  const pieces = remotePieces(device.nodes, op.receiver, op, length, ...range(flow));
  if (pieces) translate(device, flow, op.receiver, pieces);
  else if (flow.burst === 0 && !op.sender.virtual) device.world.count("rkey.unknown");
}

/**
 * Reads the payload on the node of `qp` burst by burst (R4.2.1, R4.2.2, R4.2.5, R4.2.6); each burst
 * goes on to `next`. Also the responder's side of a READ.
 */
export function readBursts(
  device: Device,
  flow: Flow,
  qp: Qp,
  translateLater: (f: Flow) => void,
  next: (f: Flow) => void,
): void {
  const { testbed } = device.world;
  const node = device.node(qp);
  const mtu = device.mtu(flow.op);
  const fetch = (f: Flow): void =>
    admit(device, line, f, () =>
      device.arrive(f, () => {
        const bytes = burstBytes(f);
        if (f.burst > 0) {
          device.occupy(node, "up", "dma.payload", testbed.mrd(bytes), f.span.head);
          translateLater(f);
        }
        device.fifo(f, node, "down", "dma.payload", testbed.cpl(Math.min(mtu, bytes)), testbed.cpl(bytes));
        device.dmaRead(bytes);
        if (!isLast(f)) fetch(device.flow(f.op, f.burst + 1, f.sub + 2, f.span.tail));
        else if (line) leaveLine(line, plain(f.span.tail));
        next(f);
      }),
    );
  const line = lineOf(flow.op);
  line?.ops.push(flow.op);
  device.arrive(flow, () => {
    device.ctl(flow, node, "up", "dma.payload", testbed.mrd(burstBytes(flow)));
    device.lat(flow, "dma.payload", device.cost("pcie.read_rtt"));
    const pass = (): void => {
      if (line) device.takeOver(flow, line.clock, "dma.payload");
      fetch(flow);
    };
    if (!line || line.ops[0] === flow.op) pass();
    else flow.op.inLine = pass;
  });
}

/** The payload line that an operation stands in; injected messages stand in none (R4.2.3). */
function lineOf(op: Op): Line | undefined {
  if (op.wr.opcode === "RDMA_READ") return op.receiver.respondLine;
  return op.sender.virtual ? undefined : op.sender.sendLine;
}
/**
 * Back-pressure of the link: a burst comes to be read when fewer
 * than two of the line are still to be served there (R4.2.4).
 */
const SEND_BUFFER_BURSTS = 2;
function admit(device: Device, line: Line | undefined, flow: Flow, go: () => void): void {
  if (line && line.unsent >= SEND_BUFFER_BURSTS) {
    line.blocked = (served) => {
      device.takeOver(flow, served, "wire.serialize");
      line.unsent += 1;
      go();
    };
    return;
  }
  if (line) line.unsent += 1;
  go();
}
/** A burst that stood in a line has been served on the link (R4.2.4). */
export function servedOnLink(flow: Flow): void {
  const line = readsPayload(flow.op.wr) || flow.op.wr.opcode === "RDMA_READ" ? lineOf(flow.op) : undefined;
  if (!line || burstBytes(flow) === 0) return;
  line.unsent -= 1;
  const blocked = line.blocked;
  delete line.blocked;
  blocked?.(plain(flow.span.head));
}

/** The next operation's turn (R4.2.2). */
function leaveLine(line: Line, done: Clock): void {
  line.ops.shift();
  line.clock = done;
  line.ops[0]?.inLine?.();
}

/** A SEND or RDMA WRITE leaves the engine (R4.2.1, R4.2.7). */
export function sendMessage(device: Device, flow: Flow): void {
  if (readsPayload(flow.op.wr))
    readBursts(
      device,
      flow,
      flow.op.sender,
      (f) => translateLocal(device, f),
      (f) => serialize(device, f),
    );
  else serialize(device, flow);
}

/** A burst goes over the link (R4.2.11, R4.16, R4.17, R4.18). */
function serialize(device: Device, flow: Flow): void {
  const { op } = flow;
  const { testbed } = device.world;
  toWire(device, flow, () =>
    device.arrive(flow, () => {
      const wire = wireOf(op, flow.burst, device.mtu(op), testbed.number("wire.header_bytes"), false);
      device.fifo(
        flow,
        device.node(op.sender),
        "link",
        "wire.serialize",
        testbed.wire(wire.first),
        testbed.wire(wire.bytes),
      );
      device.sent(wire.packets, wire.bytes);
      servedOnLink(flow);
      if (isLast(flow)) leave(op, flow.span.head);
      if (isLast(flow) && !isReliable(op.sender)) done(device, op, flow.span.tail, 1);
      device.lat(flow, "wire.fly", testbed.fly());
      receive(device, flow, wire.packets);
    }),
  );
}

/** The responder's engine, and the receive WQE (R4.2.12, R4.2.13, R4.6.3). */
function receive(device: Device, flow: Flow, packets: number): void {
  const { op } = flow;
  const qp = op.receiver;
  device.arrive(flow, () => {
    device.fifo(
      flow,
      device.node(qp),
      "rx",
      "hca.process",
      device.cost("hca.rx_packet"),
      device.cost("hca.rx_packet", packets),
    );
    if (flow.burst === 0) device.qpContext(flow, qp);
    if (needsReceive(op.wr.opcode) && !op.recv) {
      const { wrs, waiting } = qp.queue;
      if (qp.virtual) op.recv = { sges: [], numSge: 1, accepted: true };
      else if (waiting.length === 0 && wrs.length > 0) op.recv = wrs.shift()!;
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

/** A receive WR is posted at `at`: the first waiting operation takes it, or it joins the queue (R4.2.13). */
export function addReceive(device: Device, queue: ReceiveQueue, wr: RecvWr, at: Clock): void {
  const op = queue.waiting.shift();
  if (!op) {
    queue.wrs.push(wr);
    return;
  }
  op.recv = wr;
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
  const { testbed } = device.world;
  const bytes = testbed.number("wire.header_bytes") + AETH;
  device.arrive(flow, () => {
    device.ctl(flow, device.node(op.receiver), "link", "wire.serialize", testbed.wire(bytes));
    device.sent(1, bytes);
    device.lat(flow, "wire.fly", testbed.fly());
    device.world.count("acks");
    device.arrive(flow, () => {
      device.fifo(
        flow,
        device.node(op.sender),
        "rx",
        "hca.process",
        device.cost("hca.rx_packet"),
        device.cost("hca.rx_packet"),
      );
      done(device, op, flow.span.tail, 1);
    });
  });
}
