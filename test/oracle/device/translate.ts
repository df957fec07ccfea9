/** Address translation in the device: MPT, MTT, IOTLB (R4.20 to R4.27). */

import type { Mr, Op, Qp, Sge } from "../objects.js";
import type { NodeObjects } from "../rows.js";
import type { Device, Flow } from "./device.js";

interface Piece {
  mr: Mr;
  addr: bigint;
  length: number;
}

/** The parts of an SGE list that hold bytes [a, b) of the message (R4.24, R4.25). */
export function localPieces(sges: Sge[], a: number, b: number): Piece[] {
  const out: Piece[] = [];
  let offset = 0;
  for (const { addr, length, mr } of sges) {
    const from = Math.max(a, offset);
    const to = Math.min(b, offset + length);
    if (from < to && mr && inside(mr, addr, length))
      out.push({ mr, addr: addr + BigInt(from - offset), length: to - from });
    offset += length;
  }
  return out;
}

/** Bytes [a, b) of a remote buffer; undefined when the rkey at this address is not known (R2.18). */
export function remotePieces(
  nodes: NodeObjects[],
  owner: Qp,
  op: Op,
  length: number,
  a: number,
  b: number,
): Piece[] | undefined {
  if (a >= b) return [];
  const { rkey, remoteAddr } = op.wr;
  const mr = (nodes[owner.node]!.rkeys.get(`${owner.ctx}/${rkey}`) ?? [])
    .filter((m) => inside(m, remoteAddr, length))
    .at(-1);
  return mr && [{ mr, addr: remoteAddr + BigInt(a), length: b - a }];
}

/**
 * Whether the region holds it all; nothing else is translated, and the core refuses such SGEs (R2.17, R2.18).
 */
function inside(mr: Mr, addr: bigint, length: number): boolean {
  return addr >= mr.addr && addr + BigInt(length) <= mr.addr + mr.size;
}

/**
 * Look up all pieces on the node of `qp`. Only burst 0 looks up the MPT, and
 * only burst 0 pays (R4.21, R4.22, R4.24, R4.25, R4.26, R4.27).
 */
export function translate(device: Device, flow: Flow, qp: Qp, pieces: Piece[]): void {
  if (qp.virtual) return;
  const node = device.node(qp);
  const { mechanisms } = device.world.path;
  let misses = 0;
  let ioMisses = 0;
  for (const { mr, addr, length } of pieces) {
    const end = addr + BigInt(length) - 1n;
    const index = BigInt(mr.ordinal);
    if (flow.burst === 0) misses += device.lookup(node, "mpt", index);
    const shift =
      mr.largeLeaf && mechanisms["mtt_policy"] === "optimal" && mechanisms["memory"] === "direct" ? 21n : 12n;
    const leaf = (at: bigint): bigint => (at >> shift) - (mr.addr >> shift);
    for (let line = leaf(addr) >> 3n; line <= leaf(end) >> 3n; line++)
      misses += device.lookup(node, "mtt", (index << 32n) + line);
    if (mechanisms["iommu"] !== "on") continue;
    const page = (at: bigint): bigint => (at >> 12n) - (mr.addr >> 12n);
    for (let p = page(addr); p <= page(end); p++)
      ioMisses += device.lookup(node, "iotlb", (index << 32n) + p);
  }
  if (flow.burst !== 0) return;
  device.lat(flow, "hca.translate", device.cost("pcie.read_rtt", misses));
  device.lat(flow, "dma.iommu", device.cost("iommu.miss", ioMisses));
}
