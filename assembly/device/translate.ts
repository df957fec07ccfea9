// lkey/rkey translation: MPT, MTT lines, IOTLB (R4.20 to R4.27).

import {
  C_CQC_HITS,
  C_DMA_READ_BYTES,
  C_DMA_READS,
  C_IOTLB_HITS,
  C_MPT_HITS,
  C_MTT_HITS,
  C_PCIE_TLPS,
  C_QPC_HITS,
  L_DMA_IOMMU,
  L_HCA_CONTEXT,
  L_HCA_TRANSLATE,
  P_IOMMU_MISS,
  P_IOMMU_ON,
  P_MTT_OPTIMAL,
  P_READ_RTT,
} from "../gen/abi";
import { Cache, cacheLookup } from "../model/cache";
import { scaled } from "../model/clock";
import { Mr } from "../world/objects";
import { Flow, OP_SGES, Op, RECV_SGES, RecvWqe, SGE_BYTES } from "../world/operation";
import { count, Node, param } from "../world/state";
import { completionTlps, lat, readRtt, requestTlps } from "./stage";

/** Bytes of a context or translation line that a miss reads from host memory (R4.23). */
// @ts-ignore: decorator
@inline
const LINE: u64 = 64;

let misses: u64 = 0;
let ioMisses: u64 = 0;

/** Counts a DMA read of `n` bytes (R4.12). */
export function countRead(n: u64): void {
  count(C_DMA_READS, 1);
  count(C_DMA_READ_BYTES, n);
  count(C_PCIE_TLPS, requestTlps(n) + completionTlps(n));
}

/** Looks a key up and counts (R4.20). */
function look(cache: Cache, key: u64, hits: u32): bool {
  if (cacheLookup(cache, key)) {
    count(hits, 1);
    return true;
  }
  count(hits + 1, 1); // every `misses` counter follows its `hits`
  return false;
}

/** Looks up what translates `bytes` bytes from offset `from` of a region (R4.21, R4.22, R4.24, R4.27). */
function translatePiece(node: Node, mr: Mr, from: u64, bytes: u64, withMpt: bool): void {
  if (withMpt && !look(node.mpt, mr.ordinal, C_MPT_HITS)) {
    misses++;
    countRead(LINE);
  }
  const shift: u64 = mr.large && param(P_MTT_OPTIMAL) != 0 ? 21 : 12;
  const key = (<u64>mr.ordinal) << 32;
  const first = mr.start + from,
    last = first + bytes - 1;
  const base = mr.start >> shift;
  const lastLine = ((last >> shift) - base) >> 3;
  for (let line = ((first >> shift) - base) >> 3; line <= lastLine; line++) {
    if (!look(node.mtt, key + line, C_MTT_HITS)) {
      misses++;
      countRead(LINE);
    }
  }
  if (param(P_IOMMU_ON) == 0) return;
  const base4k = mr.start >> 12,
    lastPage = (last >> 12) - base4k;
  for (let page = (first >> 12) - base4k; page <= lastPage; page++) {
    if (!look(node.iotlb, key + page, C_IOTLB_HITS)) ioMisses++;
  }
}

/** Burst 0 waits for its misses (R4.26). */
function pay(fl: Flow): void {
  if (fl.burst == 0) {
    lat(fl, L_HCA_TRANSLATE, scaled(misses, param(P_READ_RTT)));
    lat(fl, L_DMA_IOMMU, scaled(ioMisses, param(P_IOMMU_MISS)));
  }
  misses = 0;
  ioMisses = 0;
}

/** Bytes [from, from + bytes) of a scatter/gather list on `node`; only burst 0 pays (R4.24, R4.25, R4.26). */
export function translateSges(fl: Flow, node: Node, sges: usize, n: u32, from: u64, bytes: u64): void {
  let at: u64 = 0;
  const end = from + bytes;
  for (let i: u32 = 0; i < n && at < end; i++) {
    const sge = sges + <usize>i * SGE_BYTES;
    const length = <u64>load<u32>(sge, 4);
    const lo = at > from ? at : from,
      hi = at + length < end ? at + length : end;
    if (lo < hi) {
      const mr = load<u32>(sge);
      if (mr != 0)
        translatePiece(
          node,
          changetype<Mr>(<usize>mr),
          load<u64>(sge, 8) + (lo - at),
          hi - lo,
          fl.burst == 0,
        );
    }
    at += length;
  }
  pay(fl);
}
/** Through the SGEs of the WR (R4.24). */
export function translateLocal(fl: Flow, op: Op, from: u64, bytes: u64): void {
  translateSges(fl, op.src, changetype<usize>(op) + OP_SGES, op.num_sge, from, bytes);
}
/** Through the SGEs of the receive WQE (R4.2.15). */
export function translateReceive(fl: Flow, op: Op, from: u64, bytes: u64): void {
  const wqe = changetype<RecvWqe>(<usize>op.wqe);
  translateSges(fl, op.dst, changetype<usize>(wqe) + RECV_SGES, wqe.num_sge, from, bytes);
}
/** Through the rkey (R2.18, R4.2.15). */
export function translateRemote(fl: Flow, op: Op, from: u64, bytes: u64): void {
  if (op.remote_mr != 0 && bytes != 0)
    translatePiece(
      op.dst,
      changetype<Mr>(<usize>op.remote_mr),
      op.remote_offset + from,
      bytes,
      fl.burst == 0,
    );
  pay(fl);
}

/** The context of a QP (R4.21, R4.23). */
export function lookupQpc(fl: Flow, node: Node, ordinal: u32): void {
  if (look(node.qpc, ordinal, C_QPC_HITS)) return;
  countRead(LINE);
  lat(fl, L_HCA_CONTEXT, readRtt());
}
/** The context of a CQ (R4.21, R4.23). */
export function lookupCqc(fl: Flow, node: Node, ordinal: u32): void {
  if (look(node.cqc, ordinal, C_CQC_HITS)) return;
  countRead(LINE);
  lat(fl, L_HCA_CONTEXT, readRtt());
}
