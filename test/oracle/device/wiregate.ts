/**
 * The wire gate of a QP (R4.2.8, R4.2.9): operations leave for
 * the link one after the other, in order of post.
 */
import { type Clock, plain } from "../clock.js";
import type { Op } from "../objects.js";
import type { Device, Flow } from "./device.js";

/**
 * A burst or a request comes to the gate; it goes on to `next` at once, or
 * when its operation's turn comes (R4.2.8, R4.2.9, R4.2.10).
 */
export function toWire(device: Device, flow: Flow, next: () => void): void {
  const { op } = flow;
  const qp = op.sender;
  const pass = (): void => {
    device.takeOver(flow, qp.wireGate, "wire.serialize");
    next();
  };
  if (qp.virtual) next();
  else if (qp.ops[qp.left] === op) pass();
  else op.atWire.push(pass);
}

/**
 * The operation has left. `head` is what its last burst or request had
 * behind the link; one that never takes the link has none (R4.2.8, R4.2.9).
 */
export function leave(op: Op, head?: Clock): void {
  const qp = op.sender;
  if (qp.virtual) return;
  op.left = true;
  if (head) qp.wireGate = plain(head);
  while (qp.ops[qp.left]?.left) qp.left += 1;
  const next = qp.ops[qp.left];
  for (const pass of next?.atWire.splice(0) ?? []) pass();
}
