/** Sizes of queues and regions (R2.4 to R2.9; prototype 10.5, prototype 4.3). */

const ceilDiv = (n: number, by: number): number => Math.ceil(n / by);
const pow2ceil = (n: number): number => {
  let p = 1;
  while (p < n) p *= 2;
  return p;
};
const PAGE = 4096;
const UD = 2,
  RC = 0;

/** No HCA has queues of more entries, or WRs of more SGEs or inline bytes (R2.44). */
export const MOST = {
  cqe: 2 ** 24,
  cap_send_wr: 2 ** 24,
  cap_recv_wr: 2 ** 24,
  cap_send_sge: 1024,
  cap_recv_sge: 1024,
  cap_inline: 65_536,
} as const;
/** What create_qp asks for. */
export const CAPACITIES = [
  "cap_send_wr",
  "cap_recv_wr",
  "cap_send_sge",
  "cap_recv_sge",
  "cap_inline",
] as const;

export interface QpGeometry {
  sqSlots: number;
  bufPages: number;
}

/**
 * Send queue slots and buffer pages of a QP. `hasRq` is false when it uses an SRQ (R2.4, R2.5, R2.6, R2.7).
 */
export function qpGeometry(
  kind: number,
  sendWr: number,
  recvWr: number,
  sendSge: number,
  recvSge: number,
  inline: number,
  hasRq: boolean,
): QpGeometry {
  const header = kind === UD ? 48 : 16;
  const space = inline > 0 ? inline + 4 * ceilDiv(inline + (kind === UD ? 0 : 32), 60) : 0;
  const body = Math.max(kind === RC ? 48 : 0, 32, 16 * Math.max(sendSge, ceilDiv(space, 16)));
  const sqStride = Math.max(64, pow2ceil(header + body));
  const spare = Math.floor(2048 / sqStride) + 1;
  const sqSlots = pow2ceil(sendWr + spare);
  const rqStride = Math.max(16, pow2ceil(16 * Math.max(1, recvSge)));
  const rqSlots = hasRq && recvWr > 0 ? pow2ceil(recvWr) : 0;
  return { sqSlots, bufPages: ceilDiv(rqSlots * rqStride + sqSlots * sqStride, PAGE) };
}

/** Buffer pages of a CQ (R2.8). */
export function cqPages(cqe: number): number {
  return ceilDiv(pow2ceil(cqe + 1) * 32, PAGE);
}
/** Buffer pages of an SRQ (R2.9). */
export function srqPages(maxWr: number, maxSge: number): number {
  return ceilDiv(pow2ceil(maxWr + 1) * Math.max(32, pow2ceil(16 + 16 * Math.max(1, maxSge))), PAGE);
}

/** 4 KiB pages of [addr, addr + bytes) (R2.14). */
export function pagesOf(addr: bigint, bytes: bigint): bigint {
  return bytes === 0n ? 0n : (((addr + bytes + 4095n) & ~4095n) - (addr & ~4095n)) >> 12n;
}

/** True when every run of frames allows 2 MiB MTT entries (R2.15). */
export function isLarge(
  runs: readonly { page: bigint; frame: bigint; count: number }[],
  addr: bigint,
  bytes: bigint,
): boolean {
  const first = addr >> 12n,
    end = first + pagesOf(addr, bytes);
  const aligned = (page: bigint): boolean => page <= first || page >= end || page % 512n === 0n;
  return (
    runs.length > 0 &&
    runs.every(
      (r) => (r.page - r.frame) % 512n === 0n && aligned(r.page) && aligned(r.page + BigInt(r.count)),
    )
  );
}
