/** READ and atomics (R4.3.1 to R4.3.5). */

import { isAtomic } from "../objects.js";
import { translateLocal, translateRemote } from "./bursts.js";
import { done } from "./completion.js";
import type { Device, Flow } from "./device.js";
import { controlOverLink, dataOverLink } from "./link.js";
import { AETH, ATOMIC_ACK_ETH, ATOMIC_ETH, RETH } from "./packets.js";
import { readBursts, servedOnLink } from "./payload.js";
import { inOrder, write } from "./receive.js";
import { leave, toWire } from "./wiregate.js";

/** A READ or atomic asks for its data (R4.2.10, R4.3.1). */
export function request(device: Device, flow: Flow): void {
  const { op } = flow;
  const header = device.world.testbed.number("wire.header_bytes");
  const bytes = header + (isAtomic(op.wr.opcode) ? ATOMIC_ETH : RETH);
  const served = (): void => leave(op, flow.span.head);
  toWire(device, flow, () =>
    controlOverLink(device, flow, op.sender, bytes, served, () => answer(device, flow)),
  );
}

/** The request at the responder (R4.3.1, R4.3.2). */
function answer(device: Device, flow: Flow): void {
  const { op } = flow;
  const atomic = isAtomic(op.wr.opcode);
  device.arrive(flow, () => {
    device.received(flow, device.node(op.receiver));
    device.qpContext(flow, op.receiver);
    inOrder(device, flow);
    translateRemote(device, flow, atomic ? 8 : op.wr.length);
    if (atomic) executeAtomic(device, flow);
    else if (op.wr.length === 0) respond(device, flow);
    else
      readBursts(
        device,
        flow,
        op.receiver,
        (f) => translateRemote(device, f, op.wr.length),
        (f) => respond(device, f),
      );
  });
}

/** One burst of a READ response (R4.3.2, R4.3.3). */
function respond(device: Device, flow: Flow): void {
  const { op } = flow;
  const arrived = (packets: number): void =>
    device.arrive(flow, () => {
      device.received(flow, device.node(op.sender), packets);
      translateLocal(device, flow);
      write(device, flow, op.sender, () => done(device, op, flow.span.tail, flow.sub));
    });
  dataOverLink(device, flow, op.receiver, true, () => servedOnLink(flow), arrived);
}

/** The atomic at the responder (R4.3.4, R4.3.5). */
function executeAtomic(device: Device, flow: Flow): void {
  const { op } = flow;
  const { testbed } = device.world;
  const node = device.node(op.receiver);
  const bytes = testbed.number("wire.header_bytes") + AETH + ATOMIC_ACK_ETH;
  device.arrive(flow, () => {
    device.ctl(flow, node, "up", "dma.payload", testbed.mrd(8));
    device.lat(flow, "dma.payload", device.cost("pcie.read_rtt"));
    device.arrive(flow, () => {
      device.fifo(flow, node, "down", "dma.payload", testbed.cpl(8), testbed.cpl(8));
      device.dmaRead(8);
      device.occupy(node, "up", "dma.payload", testbed.mwr(8), flow.span.head);
      device.dmaWrite(8);
      device.lat(flow, "hca.process", device.cost("hca.atomic"));
      const nothing = (): void => {};
      controlOverLink(device, flow, op.receiver, bytes, nothing, () =>
        device.arrive(flow, () => atomicResult(device, flow)),
      );
    });
  });
}

/** The atomic's result at the requester (R4.3.5). */
function atomicResult(device: Device, flow: Flow): void {
  const { op } = flow;
  const node = device.node(op.sender);
  const { testbed } = device.world;
  device.received(flow, node);
  translateLocal(device, flow);
  device.arrive(flow, () => {
    device.fifo(flow, node, "up", "dma.payload", testbed.mwr(8), testbed.mwr(8));
    device.dmaWrite(8);
    done(device, op, flow.span.tail, flow.sub);
  });
}
