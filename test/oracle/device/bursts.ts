/** A burst of an operation: its bytes, and where they lie on either side. */
import type { Device, Flow } from "./device.js";
import { offsetOf } from "./packets.js";
import { localPieces, remotePieces, translate } from "./translate.js";

export function isLast(flow: Flow): boolean {
  return flow.burst === flow.op.bursts.length - 1;
}
export function burstBytes(flow: Flow): number {
  return flow.op.bursts[flow.burst]!;
}
export function range(flow: Flow): [number, number] {
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
