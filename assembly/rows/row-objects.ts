// What a row of posted work names: its QP, the memory of its SGEs, the remote region, the UD receiver.
import { B_CTX, B_QP, B_SGE_ADDR, B_SGE_LENGTH, B_SGE_LKEY, E_OUTSIDE_MR, E_UNKNOWN_LKEY } from "../gen/abi";
import { hashGet } from "../lib/hash";
import { column, lkeyMap, objectKey, qpMap, rkeyMap, row, rowError, udMap } from "../world/batch";
import { Mr, Qp } from "../world/objects";
import { SGE_BYTES } from "../world/operation";
import { nodeCount } from "../world/state";
import { Thread } from "../world/thread";

/** The QP of the current row, remembered per thread (R2.2). */
export function rowQp(t: Thread): Qp | null {
  const ctx = load<u32>(column(B_CTX) + (row << 2)),
    number = load<u32>(column(B_QP) + (row << 2));
  if (t.last_qp != 0 && t.last_ctx == ctx && t.last_qpn == number) return changetype<Qp>(<usize>t.last_qp);
  const found = hashGet(qpMap, objectKey(t.node, ctx, number), 0);
  if (found == 0) return null;
  t.last_ctx = ctx;
  t.last_qpn = number;
  t.last_qp = found;
  return changetype<Qp>(<usize>found);
}

/** Bytes of the list that was copied last. */
export let sgeBytes: u64 = 0;

/**
 * Copies the row's SGE list to `to` as { mr, length, offset }. `keyed` is
 * false for inline lists, whose lkeys mean nothing (R2.17).
 */
export function copySges(t: Thread, to: usize, first: u32, n: u32, keyed: bool): bool {
  const addrs = column(B_SGE_ADDR),
    lengths = column(B_SGE_LENGTH),
    lkeys = column(B_SGE_LKEY);
  sgeBytes = 0;
  for (let k: u32 = 0; k < n; k++) {
    const at = first + k;
    const addr = load<u64>(addrs + (at << 3)),
      length = load<u32>(lengths + (at << 2));
    let mr: u32 = 0;
    let offset: u64 = 0;
    sgeBytes += length;
    if (keyed && length != 0) {
      const lkey = load<u32>(lkeys + (at << 2)),
        ctx = load<u32>(column(B_CTX) + (row << 2));
      if (t.last_mr != 0 && t.last_lkey == lkey && t.last_mr_ctx == ctx) mr = t.last_mr;
      else {
        mr = hashGet(lkeyMap, objectKey(t.node, ctx, lkey), 0);
        if (mr == 0) return rowError(E_UNKNOWN_LKEY, lkey, k);
        t.last_mr = mr;
        t.last_lkey = lkey;
        t.last_mr_ctx = ctx;
      }
      const region = changetype<Mr>(<usize>mr);
      offset = addr - region.start;
      if (addr < region.start || offset > region.bytes || region.bytes - offset < <u64>length)
        return rowError(E_OUTSIDE_MR, addr, lkey);
    }
    const sge = to + <usize>k * SGE_BYTES;
    store<u32>(sge, mr);
    store<u32>(sge, length, 4);
    store<u64>(sge, offset, 8);
  }
  return true;
}

/** The last of the regions with this rkey that holds the bytes (R2.18). */
export function findRemote(qp: Qp, rkey: u32, addr: u64, bytes: u64): u32 {
  let ptr = hashGet(rkeyMap, objectKey(qp.node.index, qp.ctx, rkey), 0);
  while (ptr != 0) {
    const mr = changetype<Mr>(<usize>ptr);
    if (addr >= mr.start && addr - mr.start <= mr.bytes && mr.bytes - (addr - mr.start) >= bytes) return ptr;
    ptr = mr.next_same;
  }
  return 0;
}

/** Where a UD send goes: another node's QP of that number first, then one of its own node (R2.23). */
export function findUd(node: u32, number: u32): u32 {
  for (let n: u32 = 0; n < nodeCount; n++) {
    if (n == node) continue;
    const found = hashGet(udMap, objectKey(n, 0, number), 0);
    if (found != 0) return found;
  }
  return hashGet(udMap, objectKey(node, 0, number), 0);
}
