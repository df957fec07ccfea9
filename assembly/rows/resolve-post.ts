// post_send and post_recv rows: WQE sizes, BlueFlame, lkey and
// range checks, what a later completion will retire.

import {
  B_CTX,
  B_FLAGS,
  B_LENGTH,
  B_NUM_SGE,
  B_OPCODE,
  B_OPCODE_MAP,
  B_PEER_QP,
  B_QP,
  B_REMOTE_ADDR,
  B_RKEY,
  B_SGE_OFFSETS,
  B_SRQ,
  B_STATUS,
  B_WR_ID,
  E_BAD_OPCODE,
  E_QP_STATE,
  E_SGE_COUNT,
  E_SGE_SUM,
  E_TOO_LONG,
  E_TOO_MANY_SGES,
  E_UD_TOO_LONG,
  E_UNKNOWN_QP,
  E_UNKNOWN_SRQ,
  F_INLINE_BYTES,
  F_PAYLOAD_BYTES,
  F_SGE,
  F_WQE_UNITS,
  F_WR,
  O_ATOMIC_CMP_AND_SWP,
  O_ATOMIC_FETCH_AND_ADD,
  O_BIND_MW,
  O_NONE,
  O_RDMA_READ,
  O_RDMA_WRITE,
  O_RDMA_WRITE_WITH_IMM,
  O_SEND,
  O_SEND_WITH_IMM,
  O_SEND_WITH_INV,
  P_MTU,
  V_POST_RECV,
} from "../gen/abi";
import { alloc } from "../lib/arena";
import { hashGet } from "../lib/hash";
import { column, objectKey, row, rowError, rowMark, srqMap } from "../world/batch";
import {
  CALL_AWAIT_POLLED,
  CALL_FLAGS,
  CALL_ITEMS,
  CALL_OBJECT,
  CALL_OBJECT_KIND,
  CALL_QP,
  CALL_STATUS,
  KIND_QP,
  KIND_RQ,
  RECV_ITEM,
  reserve,
  SEND_ITEM,
} from "../world/call";
import { Mr, Qp, RecvQueue } from "../world/objects";
import { FAILED, MAX_SGES, SGE_BYTES } from "../world/operation";
import { param, TOTAL_AWAITS, TOTAL_CAPACITY, TOTAL_INLINE, TOTAL_REFUSED, total } from "../world/state";
import { Thread } from "../world/thread";
import { addFeature, openHeader } from "./resolve-call";
import { copySges, findRemote, findUd, rowQp, sgeBytes } from "./row-objects";

// @ts-ignore: decorator
@inline
const SIGNALLED: u32 = 1;
// @ts-ignore: decorator
@inline
const INLINE: u32 = 2;
// @ts-ignore: decorator
@inline
const UD: u32 = 2;
/** 256-byte BlueFlame buffer: half of a 512-byte register (prototype 10.3). */
// @ts-ignore: decorator
@inline
const BF_UNITS: u32 = 16;

/** No InfiniBand message is longer (R2.24). */
// @ts-ignore: decorator
@inline
const LONGEST: u32 = 0x80000000;

/** Entries of the WR's list, also where the trace does not hold them (R2.24). */
function numSge(): u32 {
  return <u32>load<u16>(column(B_NUM_SGE) + (row << 1));
}

/** The row's SGE list is what its other columns say (R2.24). */
function sgesAgree(n: u32, length: u32): bool {
  if (numSge() != n) return rowError(E_SGE_COUNT, numSge(), n);
  if (sgeBytes != <u64>length) return rowError(E_SGE_SUM, length, sgeBytes);
  return true;
}

/** SEND and its variants (R2.24). */
function isSend(opcode: u32): bool {
  return opcode == O_SEND || opcode == O_SEND_WITH_IMM || opcode == O_SEND_WITH_INV;
}

/**
 * Inline segments for I bytes behind a header of 16·(1 + T) bytes
 * (prototype 10.1): bytes with their 4-byte headers (R2.26).
 */
function inlineBytes(payload: u32, t: u32): u32 {
  if (payload == 0) return 0;
  const first: u32 = 60 - ((16 * (1 + t)) & 63);
  const segments: u32 = payload <= first ? 1 : 1 + (payload - first + 59) / 60;
  return payload + 4 * segments;
}

/** A WR of post_send (R2.18, R2.20, R2.22, R2.23, R2.24, R2.25, R2.26, R2.28, R2.30, R2.31, R2.32, R2.38). */
export function resolveSend(t: Thread): bool {
  const qp = rowQp(t);
  if (qp == null) return rowError(E_UNKNOWN_QP, load<u32>(column(B_QP) + (row << 2)), 0);
  if (qp.state < 3) return rowError(E_QP_STATE, qp.state, qp.number);
  const opcode = <u32>load<u8>(column(B_OPCODE_MAP) + load<u8>(column(B_OPCODE) + row));
  if (opcode == O_NONE || opcode > O_BIND_MW) return rowError(E_BAD_OPCODE, opcode, 0);
  const flags = load<u32>(column(B_FLAGS) + (row << 2)) & 15;
  const first = load<u32>(column(B_SGE_OFFSETS) + (row << 2));
  const n = load<u32>(column(B_SGE_OFFSETS) + (row << 2), 4) - first;
  if (n > MAX_SGES) return rowError(E_TOO_MANY_SGES, n, MAX_SGES);
  const length = load<u32>(column(B_LENGTH) + (row << 2));
  const ud = qp.kind == UD;
  let extra: u32 = 0;
  if (ud) extra = 3;
  else if (opcode == O_RDMA_WRITE || opcode == O_RDMA_WRITE_WITH_IMM || opcode == O_RDMA_READ) extra = 1;
  else if (opcode == O_ATOMIC_CMP_AND_SWP || opcode == O_ATOMIC_FETCH_AND_ADD || opcode == O_BIND_MW)
    extra = 2;
  const inl = (flags & INLINE) != 0;
  const entries = numSge();
  let data = entries;
  let inlined: u32 = 0;
  if (inl) {
    inlined = entries != 0 ? inlineBytes(length, extra) : 0;
    data = (inlined + 15) >> 4;
  }
  const units: u32 = 1 + extra + data;
  addFeature(t, F_WR, 1);
  if (entries != 0 && !inl) addFeature(t, F_SGE, entries);
  addFeature(t, F_WQE_UNITS, units);
  if (inlined != 0) addFeature(t, F_INLINE_BYTES, inlined);
  let h = openHeader(t);
  store<u32>(h, <u32>changetype<usize>(qp), CALL_QP);
  if (qp.polled_resolved != 0 && qp.last_poller != t.index + 1) {
    store<u32>(h, qp.polled_resolved, CALL_AWAIT_POLLED);
    total(TOTAL_AWAITS, 1);
  }
  if (qp.creator != t.index + 1) {
    store<u32>(h, <u32>changetype<usize>(qp), CALL_OBJECT);
    store<u32>(h, KIND_QP, CALL_OBJECT_KIND);
  }
  const status = load<u16>(column(B_STATUS) + (row << 1));
  if (status != 0) {
    store<u16>(h, status, CALL_STATUS);
    total(TOTAL_REFUSED, 1);
    return true;
  }
  if (length > LONGEST) return rowError(E_TOO_LONG, length, 0);
  const mtu = qp.mtu != 0 ? <u64>qp.mtu : param(P_MTU);
  if (ud && <u64>length > mtu) return rowError(E_UD_TOO_LONG, length, mtu);
  if (inl && length > qp.inline_bytes) total(TOTAL_INLINE, 1);
  if (qp.send_wr != 0 && qp.ring_tail - qp.ring_head >= qp.send_wr) total(TOTAL_CAPACITY, 1);
  const moves = isSend(opcode) || opcode == O_RDMA_WRITE || opcode == O_RDMA_WRITE_WITH_IMM;
  if (moves && !inl && length != 0) addFeature(t, F_PAYLOAD_BYTES, length);
  const atomic = opcode == O_ATOMIC_CMP_AND_SWP || opcode == O_ATOMIC_FETCH_AND_ADD;
  const item = reserve(t, <u32>SEND_ITEM + n * <u32>SGE_BYTES);
  h = openHeader(t); // reserve may have moved the region
  store<u8>(item, <u8>opcode);
  store<u8>(item, <u8>(flags | (qp.sig_all ? SIGNALLED : 0) | (rowMark != 0 ? FAILED : 0)), 1);
  store<u16>(item, <u16>n, 2);
  store<u32>(item, units, 4);
  store<u32>(item, length, 8);
  store<u32>(item, 0, 12);
  store<u64>(item, 0, 16);
  let peer = qp.partner;
  if (ud && !qp.simulated && peer == 0) peer = findUd(t.node, load<u32>(column(B_PEER_QP) + (row << 2)));
  store<u32>(item, peer, 24);
  store<u16>(item, <u16>qp.mtu, 28);
  store<u16>(item, <u16>qp.max_rd, 30);
  store<u32>(item, qp.signalled_posted, 32);
  if ((flags & SIGNALLED) | qp.sig_all) qp.signalled_posted++;
  if (
    peer != 0 &&
    (opcode == O_RDMA_WRITE || opcode == O_RDMA_WRITE_WITH_IMM || opcode == O_RDMA_READ || atomic)
  ) {
    const addr = load<u64>(column(B_REMOTE_ADDR) + (row << 3));
    const mr = findRemote(
      changetype<Qp>(<usize>peer),
      load<u32>(column(B_RKEY) + (row << 2)),
      addr,
      atomic ? 8 : length,
    );
    if (mr != 0) {
      store<u32>(item, mr, 12);
      store<u64>(item, addr - changetype<Mr>(<usize>mr).start, 16);
    }
  }
  if (!copySges(t, item + SEND_ITEM, first, n, !inl)) return false;
  if (n != 0 && !sgesAgree(n, length)) return false;
  // BlueFlame needs the one WR of its call: the size is kept until the call closes.
  const blue =
    units > 1 &&
    units <= BF_UNITS &&
    ((inl && length != 0 && entries != 0) ||
      opcode == O_RDMA_READ ||
      ((opcode == O_RDMA_WRITE || opcode == O_RDMA_WRITE_WITH_IMM) && entries == 0));
  store<u32>(h, blue ? ((units + 3) >> 2) << 6 : 0, CALL_FLAGS);
  store<u32>(h, load<u32>(h, CALL_ITEMS) + 1, CALL_ITEMS);
  remember(
    qp,
    load<u64>(column(B_WR_ID) + (row << 3)),
    (flags & SIGNALLED) | qp.sig_all,
    opcode == O_RDMA_READ ? length : atomic ? 8 : 0,
  );
  return true;
}

/** Keeps the WR until a completion retires it (R2.36). */
function remember(qp: Qp, wrId: u64, signalled: u32, readBytes: u32): void {
  if (qp.ring_tail - qp.ring_head > qp.ring_mask || qp.ring == 0) {
    const old = qp.ring,
      mask = qp.ring_mask;
    const capacity: u32 = old == 0 ? 64 : (mask + 1) * 2;
    qp.ring = <u32>alloc((<usize>capacity) << 4);
    for (let i = qp.ring_head; i != qp.ring_tail; i++) {
      memory.copy(qp.ring + ((i & (capacity - 1)) << 4), old + ((i & mask) << 4), 16);
    }
    qp.ring_mask = capacity - 1;
  }
  const entry = <usize>(qp.ring + ((qp.ring_tail++ & qp.ring_mask) << 4));
  store<u64>(entry, wrId);
  store<u32>(entry, signalled, 8);
  store<u32>(entry, readBytes, 12);
}

/** A WR of post_recv or post_srq_recv (R2.22, R2.32, R2.39). */
export function resolveRecv(t: Thread, verb: u32): bool {
  let rq: RecvQueue;
  if (verb == V_POST_RECV) {
    const qp = rowQp(t);
    if (qp == null) return rowError(E_UNKNOWN_QP, load<u32>(column(B_QP) + (row << 2)), 0);
    if (qp.state < 1) return rowError(E_QP_STATE, qp.state, qp.number);
    rq = qp.rq;
  } else {
    const id = load<u32>(column(B_SRQ) + (row << 2));
    const found = hashGet(srqMap, objectKey(t.node, load<u32>(column(B_CTX) + (row << 2)), id), 0);
    if (found == 0) return rowError(E_UNKNOWN_SRQ, id, 0);
    rq = changetype<RecvQueue>(<usize>found);
  }
  const first = load<u32>(column(B_SGE_OFFSETS) + (row << 2));
  const n = load<u32>(column(B_SGE_OFFSETS) + (row << 2), 4) - first;
  if (n > MAX_SGES) return rowError(E_TOO_MANY_SGES, n, MAX_SGES);
  addFeature(t, F_WR, 1);
  const entries = numSge();
  if (entries != 0) addFeature(t, F_SGE, entries);
  let h = openHeader(t);
  if (rq.creator != t.index + 1) {
    store<u32>(h, <u32>changetype<usize>(rq), CALL_OBJECT);
    store<u32>(h, KIND_RQ, CALL_OBJECT_KIND);
  }
  store<u32>(h, <u32>changetype<usize>(rq), CALL_QP);
  const status = load<u16>(column(B_STATUS) + (row << 1));
  if (status != 0) {
    store<u16>(h, status, CALL_STATUS);
    total(TOTAL_REFUSED, 1);
    return true;
  }
  const item = reserve(t, <u32>RECV_ITEM + n * <u32>SGE_BYTES);
  h = openHeader(t);
  const length = load<u32>(column(B_LENGTH) + (row << 2));
  store<u16>(item, <u16>n);
  store<u16>(item, <u16>entries, 2);
  store<u32>(item, length, 4);
  if (!copySges(t, item + RECV_ITEM, first, n, true)) return false;
  if (n != 0 && !sgesAgree(n, length)) return false;
  if (rq.capacity != 0 && rq.posted - rq.consumed >= <u64>rq.capacity) total(TOTAL_CAPACITY, 1);
  store<u32>(h, load<u32>(h, CALL_ITEMS) + 1, CALL_ITEMS);
  rq.posted++;
  return true;
}
