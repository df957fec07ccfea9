// poll_cq completions, arms, event reads and acknowledgements.

import {
  B_CQ,
  B_CTX,
  B_FLAGS,
  B_LENGTH,
  B_OPCODE,
  B_OPCODE_MAP,
  B_QP,
  B_STATUS,
  B_WR_ID,
  E_COMPLETION_WITHOUT_POST,
  E_RECV_WITHOUT_POST,
  E_UNKNOWN_CQ,
  E_UNKNOWN_QP,
  E_WR_ID_MISMATCH,
  F_CQE,
  F_RECV_BYTES,
  MARK_LENGTH_AT,
  MARK_OPCODE_AT,
  MARK_QP_AT,
  O_RECV,
  O_RECV_RDMA_WITH_IMM,
  V_ACK_CQ_EVENTS,
  V_GET_CQ_EVENT,
  V_REQ_NOTIFY_CQ,
} from "../gen/abi";
import { hashGet } from "../lib/hash";
import { column, cqMap, objectKey, row, rowError, rowMark } from "../world/batch";
import {
  CALL_FLAGS,
  CALL_INDEX,
  CALL_ITEMS,
  CALL_OBJECT,
  CALL_OBJECT_KIND,
  CALL_QP,
  CALL_STATUS,
  CQE_ITEM,
  KIND_CQ,
  reserve,
} from "../world/call";
import { qpAt } from "../world/declare";
import { Cq } from "../world/objects";
import { Thread } from "../world/thread";
import { addFeature, openHeader } from "./resolve-call";
import { rowQp } from "./row-objects";

// @ts-ignore: decorator
@inline
const SOLICITED: u32 = 8;

function rowCq(t: Thread): u32 {
  return hashGet(
    cqMap,
    objectKey(t.node, load<u32>(column(B_CTX) + (row << 2)), load<u32>(column(B_CQ) + (row << 2))),
    0,
  );
}
/** The call is on a CQ, perhaps of another thread (R2.39). */
function useCq(t: Thread, cq: Cq): void {
  const h = openHeader(t);
  store<u32>(h, <u32>changetype<usize>(cq), CALL_QP);
  if (cq.creator != t.index + 1) {
    store<u32>(h, <u32>changetype<usize>(cq), CALL_OBJECT);
    store<u32>(h, KIND_CQ, CALL_OBJECT_KIND);
  }
}

/** A completion of a poll: which WR or message it is of (R2.33, R2.34, R2.35, R2.36). */
export function resolveCqe(t: Thread): bool {
  const found = rowCq(t);
  if (found == 0) return rowError(E_UNKNOWN_CQ, load<u32>(column(B_CQ) + (row << 2)), 0);
  useCq(t, changetype<Cq>(<usize>found));
  const qp = rowQp(t);
  if (qp == null) return rowError(E_UNKNOWN_QP, load<u32>(column(B_QP) + (row << 2)), 0);
  const opcode = <u32>load<u8>(column(B_OPCODE_MAP) + load<u8>(column(B_OPCODE) + row));
  const status = load<u16>(column(B_STATUS) + (row << 1));
  const side: u32 = opcode == O_RECV || opcode == O_RECV_RDMA_WITH_IMM ? 1 : 0;
  const length = load<u32>(column(B_LENGTH) + (row << 2));
  let index: u32 = 0;
  if (status == 0) {
    if (side == 1) {
      if (qp.rq.consumed == qp.rq.posted) return rowError(E_RECV_WITHOUT_POST, qp.number, qp.rq.posted);
      qp.rq.consumed++;
      index = qp.recvs_polled++;
      if (length != 0) addFeature(t, F_RECV_BYTES, length);
    } else {
      const wrId = load<u64>(column(B_WR_ID) + (row << 3));
      let bytes: u64 = 0;
      while (true) {
        if (qp.ring_head == qp.ring_tail) return rowError(E_COMPLETION_WITHOUT_POST, wrId, qp.number);
        const entry = <usize>(qp.ring + ((qp.ring_head++ & qp.ring_mask) << 4));
        bytes += load<u32>(entry, 12);
        if (load<u32>(entry, 8) == 0) continue;
        if (load<u64>(entry) != wrId) return rowError(E_WR_ID_MISMATCH, wrId, load<u64>(entry));
        break;
      }
      index = qp.sends_polled++;
      if (bytes != 0) addFeature(t, F_RECV_BYTES, bytes);
    }
    qp.polled_resolved++;
    qp.last_poller = t.index + 1;
  }
  addFeature(t, F_CQE, 1);
  const item = reserve(t, <u32>CQE_ITEM);
  store<u32>(item, <u32>changetype<usize>(qp));
  store<u32>(item, index, 4);
  store<u32>(item, length, 8);
  store<u8>(item, <u8>side, 12);
  store<u8>(item, status == 0 ? 1 : 0, 13);
  store<u8>(item, <u8>opcode, 14);
  store<u8>(item, 0, 15);
  store<u32>(item, qp.mtu, 16);
  const h = openHeader(t);
  store<u32>(h, load<u32>(h, CALL_ITEMS) + 1, CALL_ITEMS);
  return true;
}

/** What the simulated peer sends while the thread sleeps, as the item of its get_cq_event (R4.6.7). */
function resolveSleep(t: Thread): void {
  const qp = qpAt(load<u32>(rowMark, MARK_QP_AT));
  const item = reserve(t, <u32>CQE_ITEM);
  store<u32>(item, <u32>changetype<usize>(qp));
  store<u32>(item, 0, 4);
  store<u32>(item, load<u32>(rowMark, MARK_LENGTH_AT), 8);
  store<u32>(item, 0, 12);
  store<u8>(item, load<u8>(rowMark, MARK_OPCODE_AT), 14);
  store<u32>(item, qp.mtu, 16);
  store<u32>(openHeader(t), 1, CALL_ITEMS);
}

/** req_notify_cq, get_cq_event, ack_cq_events (R3.19, R4.5.5). */
export function resolveSimple(t: Thread, verb: u32): bool {
  const found = rowCq(t);
  const h = openHeader(t);
  const status = load<u16>(column(B_STATUS) + (row << 1));
  if (status != 0) store<u16>(h, status, CALL_STATUS);
  if (found == 0) {
    // A failed read of a channel names no CQ, and an acknowledgement may come after its CQ is gone.
    if (verb == V_ACK_CQ_EVENTS || (verb == V_GET_CQ_EVENT && status != 0)) return true;
    return rowError(E_UNKNOWN_CQ, load<u32>(column(B_CQ) + (row << 2)), 0);
  }
  const cq = changetype<Cq>(<usize>found);
  useCq(t, cq);
  if (verb == V_GET_CQ_EVENT && status == 0) {
    store<u32>(h, cq.events_resolved++, CALL_INDEX);
    if (rowMark != 0) resolveSleep(t);
  }
  if (verb == V_REQ_NOTIFY_CQ) store<u32>(h, load<u32>(column(B_FLAGS) + (row << 2)) & SOLICITED, CALL_FLAGS);
  return true;
}
