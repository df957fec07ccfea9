/** The payload is read burst by burst, and QPs take turns (R4.2.1 to R4.2.6). */
import { type Clock, plain } from "../clock.js";
import { type Line, type Op, type Qp, readsPayload } from "../objects.js";
import { burstBytes, isLast } from "./bursts.js";
import type { Device, Flow } from "./device.js";

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
