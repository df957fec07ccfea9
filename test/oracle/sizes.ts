/** Sizes of queues and WQEs (R2.4 to R2.9, R2.25, R2.26). */
import type { Opcode } from "../../src/abi/verbs.js";
import { isAtomic, isSend } from "./objects.js";

function log2ceil(n: number, least: number): number {
  let s = least;
  while (2 ** s < n) s++;
  return s;
}
function pow2ceil(n: number): number {
  return 2 ** log2ceil(n, 0);
}
function pagesOf(bytes: number): bigint {
  return BigInt(Math.ceil(bytes / 4096));
}

export interface QpCaps {
  type: "RC" | "UC" | "UD";
  sendWr: number;
  recvWr: number;
  sendSge: number;
  recvSge: number;
  inline: number;
  usesSrq: boolean;
}

/** Sizes of a QP (R2.4, R2.5, R2.6, R2.7). */
export function qpSizes(c: QpCaps): { shift: number; sqSlots: bigint; rqSlots: bigint; bufPages: bigint } {
  const header = c.type === "UD" ? 48 : 16;
  const space = c.inline > 0 ? c.inline + 4 * Math.ceil((c.inline + (c.type === "UD" ? 0 : 32)) / 60) : 0;
  const body = Math.max(c.type === "RC" ? 48 : 0, 32, 16 * Math.max(c.sendSge, Math.ceil(space / 16)));
  const shift = log2ceil(header + body, 6);
  const spare = Math.floor(2048 / 2 ** shift) + 1;
  const sqSlots = pow2ceil(c.sendWr + spare);
  const rqShift = log2ceil(16 * Math.max(1, c.recvSge), 4);
  const rqSlots = c.recvWr === 0 || c.usesSrq ? 0 : pow2ceil(c.recvWr);
  return {
    shift,
    sqSlots: BigInt(sqSlots),
    rqSlots: BigInt(rqSlots),
    bufPages: pagesOf(rqSlots * 2 ** rqShift + sqSlots * 2 ** shift),
  };
}

/** Sizes of a CQ (R2.8). */
export function cqSizes(cqe: number): { entries: bigint; bufPages: bigint } {
  const entries = pow2ceil(cqe + 1);
  return { entries: BigInt(entries), bufPages: pagesOf(entries * 32) };
}

/** Buffer pages of an SRQ (R2.9). */
export function srqPages(maxWr: number, maxSge: number): bigint {
  return pagesOf(pow2ceil(maxWr + 1) * 2 ** log2ceil(16 + 16 * Math.max(1, maxSge), 5));
}

/** WQE size in 16-byte units and the inline bytes copied into it (R2.25, R2.26). */
export function wqeSize(
  opcode: Opcode,
  ud: boolean,
  numSge: number,
  inline: boolean,
  length: number,
): { units: number; inlineBytes: number } {
  let t = 1;
  if (isSend(opcode)) t = ud ? 3 : 0;
  else if (opcode === "LOCAL_INV") t = 0;
  else if (isAtomic(opcode) || opcode === "BIND_MW") t = 2;
  if (!inline) return { units: 1 + t + numSge, inlineBytes: 0 };
  if (numSge === 0 || length === 0) return { units: 1 + t, inlineBytes: 0 };
  const first = 60 - ((16 * (1 + t)) % 64);
  const segments = length <= first ? 1 : 1 + Math.ceil((length - first) / 60);
  const inlineBytes = length + 4 * segments;
  return { units: 1 + t + Math.ceil(inlineBytes / 16), inlineBytes };
}
