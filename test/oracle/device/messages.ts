/** SEND and RDMA WRITE at the requester, to the end of the link (R4.2.1, R4.2.7, R4.2.11). */
import { readsPayload } from "../objects.js";
import { isLast, translateLocal } from "./bursts.js";
import { done } from "./completion.js";
import type { Device, Flow } from "./device.js";
import { dataOverLink } from "./link.js";
import { isReliable } from "./packets.js";
import { readBursts, servedOnLink } from "./payload.js";
import { receive } from "./receive.js";
import { leave, toWire } from "./wiregate.js";

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

/** A burst goes over the link (R4.2.11). */
function serialize(device: Device, flow: Flow): void {
  const { op } = flow;
  const served = (): void => {
    servedOnLink(flow);
    if (!isLast(flow)) return;
    leave(op, flow.span.head);
    if (!isReliable(op.sender)) done(device, op, flow.span.tail, 1);
  };
  toWire(device, flow, () =>
    dataOverLink(device, flow, op.sender, false, served, (packets) => receive(device, flow, packets)),
  );
}
