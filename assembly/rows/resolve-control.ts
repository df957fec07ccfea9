// Control rows: the driver has resolved them to control records
// (src/abi/params.ts); here their objects come and go.

import {
  A_BIND_CQ,
  A_BIND_MR,
  A_BIND_QP,
  A_BIND_SRQ,
  A_QP_STATE,
  A_UNBIND_CQ,
  A_UNBIND_MR,
  A_UNBIND_QP,
  A_UNBIND_SRQ,
  B_STATUS,
  CONTROL_A,
  CONTROL_ACTION,
  CONTROL_B,
  CONTROL_C,
  CONTROL_CTX,
  CONTROL_FEATURE,
  CONTROL_FEATURES,
  CONTROL_ID,
  CONTROL_INDEX,
  CONTROL_NFEATURES,
} from "../gen/abi";
import { alloc } from "../lib/arena";
import { hashGet, hashSet } from "../lib/hash";
import { column, cqMap, lkeyMap, objectKey, qpMap, row, srqMap } from "../world/batch";
import {
  CALL_CREATED,
  CALL_CREATED_KIND,
  CALL_INDEX,
  CALL_OBJECT,
  CALL_OBJECT_KIND,
  CALL_STATUS,
  KIND_CQ,
  KIND_QP,
  KIND_RQ,
} from "../world/call";
import { mrAt, qpAt } from "../world/declare";
import { CQ_BYTES, Cq, Qp, RecvQueue, RQ_BYTES } from "../world/objects";
import { Thread, threadAt, threadCount } from "../world/thread";
import { addFeature, openHeader } from "./resolve-call";

// @ts-ignore: decorator
@inline
const NONE: u32 = 0xffffffff;

/** The call's features and what it does to objects (R2.19, R2.20, R2.21). */
export function resolveControl(t: Thread, c: usize, verb: u32): bool {
  const h = openHeader(t);
  const status = load<u16>(column(B_STATUS) + (row << 1));
  if (status != 0) store<u16>(h, status, CALL_STATUS);
  for (let i: u32 = 0; i < CONTROL_NFEATURES; i++) {
    const value = load<u64>(c + CONTROL_FEATURES + ((<usize>i) << 3));
    if (value != 0) addFeature(t, unchecked(CONTROL_FEATURE[i]), value);
  }
  const action = load<u32>(c, CONTROL_ACTION);
  const key = objectKey(t.node, load<u32>(c, CONTROL_CTX), load<u32>(c, CONTROL_ID));
  const index = load<u32>(c, CONTROL_INDEX);
  if (action == A_BIND_QP) bindQp(t, c, key, qpAt(index));
  else if (action == A_BIND_CQ) {
    const cq = changetype<Cq>(alloc(CQ_BYTES));
    cq.ordinal = index;
    cq.node = t.node;
    cq.creator = t.index + 1;
    hashSet(cqMap, key, <u32>changetype<usize>(cq));
    created(h, <u32>changetype<usize>(cq), KIND_CQ);
  } else if (action == A_BIND_SRQ) {
    const rq = newQueue(t, 1, load<u32>(c, CONTROL_A));
    hashSet(srqMap, key, <u32>changetype<usize>(rq));
    created(h, <u32>changetype<usize>(rq), KIND_RQ);
  } else if (action == A_BIND_MR) {
    hashSet(lkeyMap, key, <u32>changetype<usize>(mrAt(index)));
    store<u32>(h, <u32>changetype<usize>(mrAt(index)), CALL_INDEX);
    forgetMr(t.node);
  } else if (action == A_UNBIND_QP) {
    hashSet(qpMap, key, 0);
    forgetQp(t.node);
  } else if (action == A_UNBIND_CQ) hashSet(cqMap, key, 0);
  else if (action == A_UNBIND_SRQ) hashSet(srqMap, key, 0);
  else if (action == A_UNBIND_MR) {
    hashSet(lkeyMap, key, 0);
    store<u32>(h, <u32>changetype<usize>(mrAt(index)), CALL_INDEX);
    forgetMr(t.node);
  } else if (action == A_QP_STATE) {
    const qp = qpAt(index);
    const state = load<u32>(c, CONTROL_A),
      mtu = load<u32>(c, CONTROL_B),
      maxRd = load<u32>(c, CONTROL_C);
    if (state != NONE) qp.state = state;
    if (mtu != 0) qp.mtu = mtu;
    if (maxRd != 0) qp.max_rd = maxRd;
    if (qp.creator != t.index + 1) {
      store<u32>(h, <u32>changetype<usize>(qp), CALL_OBJECT);
      store<u32>(h, KIND_QP, CALL_OBJECT_KIND);
    }
  }
  return true;
}

/** The call makes an object ready (R2.39). */
function created(h: usize, object: u32, kind: u32): void {
  store<u32>(h, object, CALL_CREATED);
  store<u32>(h, kind, CALL_CREATED_KIND);
}
/** A receive queue that the thread creates (R2.39). */
function newQueue(t: Thread, shared: u32, capacity: u32): RecvQueue {
  const rq = changetype<RecvQueue>(alloc(RQ_BYTES));
  rq.creator = t.index + 1;
  rq.shared = shared;
  rq.capacity = capacity;
  return rq;
}
/**
 * A control record of create_qp: a = send CQ, b = receive CQ, c =
 * SRQ, as ids within the context (NONE for no SRQ). One of create_srq: a = WRs asked for.
 */
function bindQp(t: Thread, c: usize, key: u64, qp: Qp): void {
  const ctx = load<u32>(c, CONTROL_CTX);
  qp.send_cq = hashGet(cqMap, objectKey(t.node, ctx, load<u32>(c, CONTROL_A)), 0);
  qp.recv_cq = hashGet(cqMap, objectKey(t.node, ctx, load<u32>(c, CONTROL_B)), 0);
  const srq = load<u32>(c, CONTROL_C);
  qp.rq =
    srq == NONE
      ? newQueue(t, 0, qp.recv_wr)
      : changetype<RecvQueue>(<usize>hashGet(srqMap, objectKey(t.node, ctx, srq), 0));
  qp.creator = t.index + 1;
  hashSet(qpMap, key, <u32>changetype<usize>(qp));
  forgetQp(t.node);
  created(openHeader(t), <u32>changetype<usize>(qp), KIND_QP);
}

/** Remembered look-ups of a node's threads are void after one of its objects came or went. */
function forgetQp(node: u32): void {
  for (let i: u32 = 0; i < threadCount; i++) {
    const t = threadAt(i);
    if (t.node == node) t.last_qp = 0;
  }
}
function forgetMr(node: u32): void {
  for (let i: u32 = 0; i < threadCount; i++) {
    const t = threadAt(i);
    if (t.node == node) t.last_mr = 0;
  }
}
