// What the driver knows before the first row: threads, QPs with their partners, MRs with their rkeys.

import {
  P_CQC_ENTRIES,
  P_CQC_WAYS,
  P_IOMMU_ENTRIES,
  P_IOMMU_WAYS,
  P_MPT_ENTRIES,
  P_MPT_WAYS,
  P_MTT_ENTRIES,
  P_MTT_WAYS,
  P_NODES,
  P_QPC_ENTRIES,
  P_QPC_WAYS,
  P_THREADS,
  QP_ENTRY_BYTES,
  QP_ENTRY_CTX,
  QP_ENTRY_INLINE,
  QP_ENTRY_KIND,
  QP_ENTRY_NODE,
  QP_ENTRY_NUMBER,
  QP_ENTRY_ORDINAL,
  QP_ENTRY_PARTNER,
  QP_ENTRY_RECV_WR,
  QP_ENTRY_SEND_WR,
  QP_ENTRY_SIG_ALL,
  QP_ENTRY_SIMULATED,
} from "../gen/abi";
import { alloc } from "../lib/arena";
import { hashGet, hashSet } from "../lib/hash";
import { cacheNew } from "../model/cache";
import { CHARGES, markThread } from "../model/charges";
import { mapsInit, objectKey, rkeyMap, threadMap, udMap } from "./batch";
import { MR_BYTES, Mr, QP_BYTES, Qp } from "./objects";
import { push } from "./queue";
import { nodeAt, nodesInit, param } from "./state";
import { clockOf, threadAt, threadsInit, tieOfThread } from "./thread";

let qps: usize = 0;
let mrs: usize = 0;
/** MTT entries that one 64-byte cache line holds (R4.21). */
// @ts-ignore: decorator
@inline
const MTT_LINE: u32 = 8;

// @ts-ignore: decorator
@inline
export function qpAt(i: u32): Qp {
  return changetype<Qp>(qps + <usize>i * QP_BYTES);
}
// @ts-ignore: decorator
@inline
export function mrAt(i: u32): Mr {
  return changetype<Mr>(mrs + <usize>i * MR_BYTES);
}

/** Builds nodes and caches from the parameter block (R4.6.1, R4.21). */
export function machineInit(): void {
  mapsInit();
  const n = <u32>param(P_NODES);
  nodesInit(n);
  for (let i: u32 = 0; i <= n; i++) {
    const node = nodeAt(i);
    node.index = i;
    node.qpc = cacheNew(<u32>param(P_QPC_ENTRIES), <u32>param(P_QPC_WAYS));
    node.cqc = cacheNew(<u32>param(P_CQC_ENTRIES), <u32>param(P_CQC_WAYS));
    node.mpt = cacheNew(<u32>param(P_MPT_ENTRIES), <u32>param(P_MPT_WAYS));
    node.mtt = cacheNew(<u32>param(P_MTT_ENTRIES) / MTT_LINE, <u32>param(P_MTT_WAYS));
    node.iotlb = cacheNew(<u32>param(P_IOMMU_ENTRIES), <u32>param(P_IOMMU_WAYS));
  }
  threadsInit(<u32>param(P_THREADS));
}

/** Threads in (node, tid) order; all start at time 0 (R3.1). */
export function declareThread(index: u32, node: u32, tid: u32, rowsLow: u32, rowsHigh: u32): void {
  const t = threadAt(index);
  t.index = index;
  t.node = node;
  t.tid = tid;
  if (CHARGES) markThread(clockOf(t), index);
  t.rows_total = ((<u64>rowsHigh) << 32) | <u64>rowsLow;
  hashSet(threadMap, (((<u64>node) << 32) | <u64>tid) + 1, <u32>changetype<usize>(t));
  push(0, tieOfThread(t), changetype<usize>(t));
}

/** Table of `n` records of QP_ENTRY; `partner` is the partner's index + 1. */
export function declareQps(table: usize, n: u32): void {
  qps = alloc(<usize>(n + 1) * QP_BYTES);
  for (let i: u32 = 0; i < n; i++) {
    const r = table + <usize>i * QP_ENTRY_BYTES;
    const qp = qpAt(i);
    qp.node = nodeAt(load<u32>(r, QP_ENTRY_NODE));
    qp.ordinal = load<u32>(r, QP_ENTRY_ORDINAL);
    qp.ctx = load<u32>(r, QP_ENTRY_CTX);
    qp.number = load<u32>(r, QP_ENTRY_NUMBER);
    qp.kind = load<u32>(r, QP_ENTRY_KIND);
    const partner = load<u32>(r, QP_ENTRY_PARTNER);
    qp.partner = partner == 0 ? 0 : <u32>changetype<usize>(qpAt(partner - 1));
    qp.sig_all = load<u32>(r, QP_ENTRY_SIG_ALL);
    qp.simulated = load<u32>(r, QP_ENTRY_SIMULATED);
    qp.send_wr = load<u32>(r, QP_ENTRY_SEND_WR);
    qp.recv_wr = load<u32>(r, QP_ENTRY_RECV_WR);
    qp.inline_bytes = load<u32>(r, QP_ENTRY_INLINE);
    if (qp.kind == 2) hashSet(udMap, objectKey(qp.node.index, 0, qp.number), <u32>changetype<usize>(qp));
  }
}

/** Table of `n` records laid out as Mr. Of regions that share an rkey the last comes first (R2.18). */
export function declareMrs(table: usize, n: u32): void {
  mrs = table;
  for (let i: u32 = 0; i < n; i++) {
    const mr = mrAt(i);
    const key = objectKey(mr.node, mr.ctx, mr.rkey);
    mr.next_same = hashGet(rkeyMap, key, 0);
    hashSet(rkeyMap, key, <u32>changetype<usize>(mr));
  }
}
