// The responder's half: receive engine, receive WQEs, payload into memory,
// acknowledgements (R4.2.12 to R4.2.20, R4.3.1 to R4.3.5).

import {
  C_ACKS,
  C_RKEY_UNKNOWN,
  CAUSE_ARRIVAL,
  CAUSE_RECEIVE,
  L_DMA_PAYLOAD,
  L_HCA_PROCESS,
  L_HCA_WQE_FETCH,
  L_LIB_POST,
  O_RDMA_READ,
  O_RDMA_WRITE,
  O_RDMA_WRITE_WITH_IMM,
  P_HEADER_BYTES,
  P_RQ_FETCH,
  P_WRITE_LATENCY,
  ST_ACK_LINK,
  ST_ACK_RECEIVE,
  ST_ATOMIC_REQUEST,
  ST_LINK,
  ST_READ_REQUEST,
  ST_RESPONSE_WRITE,
  ST_WRITE,
} from "../gen/abi";
import { clockCopy, takeOver, timeOf } from "../model/clock";
import { Cq, QP_PEER_RX, QP_RX, QP_WRITES, Qp, RecvQueue } from "../world/objects";
import { Flow, HEAD_OWN, Op, RecvWqe, TAIL, TAIL_OWN } from "../world/operation";
import {
  count,
  deviceClock,
  param,
  R_DOWN,
  R_LINK,
  R_RX,
  R_UP,
  TOTAL_UNMATCHED,
  total,
} from "../world/state";
import { WAIT_WRITES, wake } from "../world/thread";
import { becomeCqe, requesterDone } from "./complete";
import { ACK_SUB, endFlow, newFlow, queue, startAtTail } from "./flow";
import { joinLine } from "./line";
import { isLast } from "./payload";
import { fits, park, takeWqe } from "./receives";
import { control } from "./requester";
import {
  completionTime,
  countWrite,
  fifo,
  headOf,
  join,
  lat,
  occupy,
  receiveTime,
  requestTime,
  writeTime,
} from "./stage";
import { countRead, lookupQpc, translateLocal, translateReceive, translateRemote } from "./translate";

/** Extended header of an acknowledgement. */
// @ts-ignore: decorator
@inline
export const AETH: u64 = 4;
// @ts-ignore: decorator
@inline
const SOLICITED: u32 = 8;

// @ts-ignore: decorator
@inline
function takesWqe(op: Op): bool {
  return op.opcode != O_RDMA_WRITE;
}
// @ts-ignore: decorator
@inline
function peerOf(op: Op): Qp {
  return changetype<Qp>(<usize>op.peer);
}

/** A burst of a SEND or RDMA WRITE arrives. False when it is parked or has ended (R4.2.12, R4.2.13). */
export function receive(fl: Flow): bool {
  const op = fl.op;
  fifo(deviceClock(op.dst, R_RX), fl, L_HCA_PROCESS, receiveTime(1), receiveTime(fl.packets));
  if (op.peer == 0) return settleBurst(fl);
  const qp = peerOf(op);
  if (fl.burst == 0) lookupQpc(fl, op.dst, qp.ordinal);
  if (takesWqe(op) && op.wqe == 0) {
    const rq = qp.rq;
    if (rq.waiting == 0 && rq.first != 0) takeWqe(rq, op);
    else {
      park(rq, op, fl);
      return false;
    }
  }
  return settleBurst(fl);
}

/**
 * A receive WQE is posted at `clock`: it serves the operation
 * that waits longest, or joins the queue (R4.2.13).
 */
export function addWqe(rq: RecvQueue, wqe: RecvWqe, clock: usize): void {
  if (rq.waiting == 0) {
    wqe.next = 0;
    const ptr = <u32>changetype<usize>(wqe);
    if (rq.last != 0) changetype<RecvWqe>(<usize>rq.last).next = ptr;
    else rq.first = ptr;
    rq.last = ptr;
    return;
  }
  const op = changetype<Op>(<usize>rq.waiting);
  rq.waiting = op.wait_next;
  if (rq.waiting == 0) rq.waiting_last = 0;
  op.wqe = <u32>changetype<usize>(wqe);
  fits(wqe, op);
  total(TOTAL_UNMATCHED, -1);
  let ptr = op.parked;
  op.parked = 0;
  while (ptr != 0) {
    const fl = changetype<Flow>(<usize>ptr);
    ptr = fl.next;
    takeOver(headOf(fl), changetype<usize>(fl) + HEAD_OWN, clock, L_LIB_POST, CAUSE_RECEIVE);
    if (!fl.single)
      takeOver(
        changetype<usize>(fl) + TAIL,
        changetype<usize>(fl) + TAIL_OWN,
        clock,
        L_LIB_POST,
        CAUSE_RECEIVE,
      );
    if (settleBurst(fl)) queue(fl);
  }
}

/**
 * From the receive WQE (of one SGE on the virtual node, R4.6.3)
 * to the write of the burst (R4.2.14 to R4.2.17).
 */
function settleBurst(fl: Flow): bool {
  const op = fl.op;
  const burstFrom = <u64>fl.burst * <u64>op.burst;
  if (takesWqe(op) && fl.burst == 0) {
    const sges: u64 = op.wqe != 0 ? changetype<RecvWqe>(<usize>op.wqe).entries : 1;
    const bytes = 16 * (sges != 0 ? sges : 1);
    occupy(deviceClock(op.dst, R_UP), L_HCA_WQE_FETCH, requestTime(bytes), headOf(fl));
    occupy(deviceClock(op.dst, R_DOWN), L_HCA_WQE_FETCH, completionTime(bytes), headOf(fl));
    countRead(bytes);
    lat(fl, L_HCA_WQE_FETCH, param(P_RQ_FETCH));
  }
  if (op.peer != 0) {
    if (op.opcode == O_RDMA_WRITE || op.opcode == O_RDMA_WRITE_WITH_IMM) remote(fl, burstFrom, fl.bytes);
    else translateReceive(fl, op, burstFrom, fl.bytes);
  }
  inOrder(fl);
  if (op.kind == 0 && isLast(fl)) {
    const ack = newFlow(op, ACK_SUB);
    startAtTail(ack, fl);
    ack.stage = ST_ACK_LINK;
    queue(ack);
  }
  fl.stage = ST_WRITE;
  return true;
}

/** Translates through the rkey (R4.2.15, R4.6.2). */
function remote(fl: Flow, from: u64, bytes: u64): void {
  if (fl.op.remote_mr == 0 && fl.burst == 0 && bytes != 0 && !fl.op.injected) count(C_RKEY_UNKNOWN, 1);
  translateRemote(fl, fl.op, from, bytes);
}

/** Messages of a QP leave the receive side in order (R4.2.16). */
function inOrder(fl: Flow): void {
  const op = fl.op;
  const last = op.peer != 0 ? <usize>op.peer + QP_RX : <usize>op.qp + QP_PEER_RX;
  takeOver(headOf(fl), changetype<usize>(fl) + HEAD_OWN, last, L_HCA_PROCESS, CAUSE_ARRIVAL);
  if (!fl.single)
    takeOver(
      changetype<usize>(fl) + TAIL,
      changetype<usize>(fl) + TAIL_OWN,
      last,
      L_HCA_PROCESS,
      CAUSE_ARRIVAL,
    );
  clockCopy(last, headOf(fl));
}

/** The burst is written to the responder's memory (R4.2.18). */
export function write(fl: Flow): bool {
  const op = fl.op;
  const first = fl.bytes < op.mtu ? fl.bytes : op.mtu;
  fifo(deviceClock(op.dst, R_UP), fl, L_DMA_PAYLOAD, writeTime(first), writeTime(fl.bytes));
  if (fl.bytes != 0) countWrite(fl.bytes);
  if (isLast(fl)) return deliver(fl);
  endFlow(fl);
  return false;
}

/** The whole message is in memory. The flow ends or goes on as a CQE (R4.2.19). */
function deliver(fl: Flow): bool {
  join(fl);
  const op = fl.op;
  if (op.opcode == O_RDMA_WRITE) {
    lat(fl, L_DMA_PAYLOAD, param(P_WRITE_LATENCY));
    op.dst.onesided_bytes += op.length;
    if (op.peer != 0) {
      const qp = peerOf(op);
      qp.writes_delivered++;
      if (timeOf(headOf(fl)) >= timeOf(changetype<usize>(qp) + QP_WRITES))
        clockCopy(changetype<usize>(qp) + QP_WRITES, headOf(fl));
      wake(
        changetype<usize>(qp) + offsetof<Qp>("write_waiters"),
        WAIT_WRITES,
        qp.writes_delivered,
        false,
        timeOf(headOf(fl)),
      );
    }
    endFlow(fl);
    return false;
  }
  if (op.peer == 0) {
    endFlow(fl);
    return false;
  }
  const qp = peerOf(op);
  becomeCqe(fl, qp, changetype<Cq>(<usize>qp.recv_cq), 1, op.opcode, (op.flags & SOLICITED) != 0);
  return false;
}

/** The acknowledgement leaves, and then arrives (R4.2.20). */
export function ackLink(fl: Flow): void {
  control(fl, deviceClock(fl.op.dst, R_LINK), param(P_HEADER_BYTES) + AETH);
  count(C_ACKS, 1);
  fl.stage = ST_ACK_RECEIVE;
}
export function ackReceive(fl: Flow): void {
  fifo(deviceClock(fl.op.src, R_RX), fl, L_HCA_PROCESS, receiveTime(1), receiveTime(1));
  requesterDone(fl);
}

/** A READ or atomic request arrives (R4.3.1, R4.3.2). */
export function requestReceive(fl: Flow): void {
  const op = fl.op;
  fifo(deviceClock(op.dst, R_RX), fl, L_HCA_PROCESS, receiveTime(1), receiveTime(1));
  const read = op.opcode == O_RDMA_READ;
  fl.burst = 0;
  fl.bytes = op.burst < op.moved ? op.burst : op.moved;
  if (op.peer != 0) lookupQpc(fl, op.dst, peerOf(op).ordinal);
  inOrder(fl);
  if (op.peer != 0) remote(fl, 0, fl.bytes);
  fl.stage = !read ? ST_ATOMIC_REQUEST : op.moved != 0 ? ST_READ_REQUEST : ST_LINK;
  if (fl.stage == ST_READ_REQUEST) joinLine(op);
}

/** READ data or an atomic's result arrives at the requester (R4.3.3, R4.3.5). */
export function responseReceive(fl: Flow): void {
  const op = fl.op;
  fifo(deviceClock(op.src, R_RX), fl, L_HCA_PROCESS, receiveTime(1), receiveTime(fl.packets));
  translateLocal(fl, op, <u64>fl.burst * <u64>op.burst, fl.bytes);
  fl.stage = ST_RESPONSE_WRITE;
}
/** READ data or an atomic's result is written to the requester's memory (R4.3.3, R4.3.5). */
export function responseWrite(fl: Flow): void {
  const op = fl.op;
  const first = fl.bytes < op.mtu ? fl.bytes : op.mtu;
  fifo(deviceClock(op.src, R_UP), fl, L_DMA_PAYLOAD, writeTime(first), writeTime(fl.bytes));
  if (fl.bytes != 0) countWrite(fl.bytes);
  if (isLast(fl)) requesterDone(fl);
  else endFlow(fl);
}
