/** How a message is cut into bursts and packets (R4.14 to R4.19). */

import { hasImmediate, isSend, isWrite, type Op, type Qp, readsPayload, type SendWr } from "../objects.js";
import { ceil } from "../testbed.js";
import { pad } from "./device.js";

/** Extended headers in bytes (R4.14). */
export const RETH = 16,
  ATOMIC_ETH = 28,
  AETH = 4,
  ATOMIC_ACK_ETH = 8,
  IMM = 4,
  DETH = 8;

/** Payload bytes of each burst (R4.2.7, R4.19). */
export function burstsOf(wr: SendWr, mtu: number, burstBytes: number): number[] {
  const split = readsPayload(wr) || wr.opcode === "RDMA_READ";
  const b = Math.max(mtu, Math.floor(burstBytes / mtu) * mtu);
  if (wr.opcode.startsWith("ATOMIC")) return [8];
  if (!split || wr.length <= b) return [wr.length];
  const out: number[] = [];
  for (let left = wr.length; left > 0; left -= b) out.push(Math.min(b, left));
  return out;
}

/** Bytes of message before burst k. */
export function offsetOf(op: Op, k: number): number {
  return k === 0 ? 0 : k * op.bursts[0]!;
}

export interface Wire {
  packets: number;
  first: number;
  bytes: number;
}

/** Wire bytes of burst k: of its first packet, and of them all (R4.15, R4.16). */
export function wireOf(op: Op, k: number, mtu: number, header: number, response: boolean): Wire {
  const payload = op.bursts[k]!;
  const packets = Math.max(1, ceil(payload, mtu));
  const extra = (i: number): number => {
    const first = k === 0 && i === 0;
    const last = k === op.bursts.length - 1 && i === packets - 1;
    if (response) return first || last ? AETH : 0;
    let n = 0;
    if (op.sender.type === "UD" && isSend(op.wr.opcode)) n += DETH;
    if (first && isWrite(op.wr.opcode)) n += RETH;
    if (last && hasImmediate(op.wr.opcode)) n += IMM;
    return n;
  };
  let bytes = 0;
  let first = 0;
  for (let i = 0; i < packets; i++) {
    const size = pad(Math.min(mtu, payload - i * mtu)) + header + extra(i);
    if (i === 0) first = size;
    bytes += size;
  }
  return { packets, first, bytes };
}

export function isReliable(qp: Qp): boolean {
  return qp.type === "RC";
}
