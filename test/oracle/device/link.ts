/**
 * Over the outgoing link of a node and through the air. A loopback never leaves its HCA: no turn on the link,
 * no time, no flight, nothing counted; it still arrives where others are served, which is an event (R4.28, R4.9).
 */
import type { Qp } from "../objects.js";
import type { Device, Flow } from "./device.js";
import { wireOf } from "./packets.js";

/**
 * `serve` is the link stage. `served` follows at once, with the clocks behind it;
 * `next` goes on after the flight (R4.17, R4.18).
 */
function cross(
  device: Device,
  flow: Flow,
  serve: () => void,
  wire: { packets: number; bytes: number },
  served: () => void,
  next: () => void,
): void {
  const remote = flow.op.sender.node !== flow.op.receiver.node;
  device.arrive(flow, () => {
    if (remote) {
      serve();
      device.sent(wire.packets, wire.bytes);
    }
    served();
    if (remote) device.lat(flow, "wire.fly", device.world.testbed.fly());
    next();
  });
}

/** A burst of payload leaves the node of `from` (R4.2.11, R4.3.2, R4.16). */
export function dataOverLink(
  device: Device,
  flow: Flow,
  from: Qp,
  response: boolean,
  served: () => void,
  next: (packets: number) => void,
): void {
  const { testbed } = device.world;
  const header = testbed.number("wire.header_bytes");
  const wire = wireOf(flow.op, flow.burst, device.mtu(flow.op), header, response);
  const serve = (): void =>
    device.fifo(
      flow,
      device.node(from),
      "link",
      "wire.serialize",
      testbed.wire(wire.first),
      testbed.wire(wire.bytes),
    );
  cross(device, flow, serve, wire, served, () => next(wire.packets));
}

/** A request, an atomic's response or an ack of `bytes` leaves the node of `from` (R4.2.20, R4.3.1, R4.3.5). */
export function controlOverLink(
  device: Device,
  flow: Flow,
  from: Qp,
  bytes: number,
  served: () => void,
  next: () => void,
): void {
  const serve = (): void =>
    device.ctl(flow, device.node(from), "link", "wire.serialize", device.world.testbed.wire(bytes));
  cross(device, flow, serve, { packets: 1, bytes }, served, next);
}
