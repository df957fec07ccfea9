// Receive WQEs that operations take, and operations that wait for one (R4.2.13, R5.5).

import { C_RNR_WAITS, O_RDMA_WRITE_WITH_IMM } from "../gen/abi";
import { RecvQueue } from "../world/objects";
import { Flow, Op, RecvWqe } from "../world/operation";
import { count, TOTAL_SHORT, TOTAL_UNMATCHED, total } from "../world/state";

/** The oldest receive WQE serves the operation (R4.2.13). */
export function takeWqe(rq: RecvQueue, op: Op): void {
  const wqe = changetype<RecvWqe>(<usize>rq.first);
  rq.first = wqe.next;
  if (rq.first == 0) rq.last = 0;
  op.wqe = <u32>changetype<usize>(wqe);
  fits(wqe, op);
}

/** Counts a SEND that is longer than its receive WQE (R5.5). */
export function fits(wqe: RecvWqe, op: Op): void {
  if (op.opcode != O_RDMA_WRITE_WITH_IMM && wqe.length < op.length) total(TOTAL_SHORT, 1);
}

/** The burst waits for a receive WQE (R4.2.13). */
export function park(rq: RecvQueue, op: Op, fl: Flow): void {
  const ptr = <u32>changetype<usize>(fl);
  fl.next = 0;
  if (op.parked == 0) {
    op.parked = ptr;
    if (op.parked_last == 0) {
      count(C_RNR_WAITS, 1);
      total(TOTAL_UNMATCHED, 1);
      op.wait_next = 0;
      const me = <u32>changetype<usize>(op);
      if (rq.waiting_last != 0) changetype<Op>(<usize>rq.waiting_last).wait_next = me;
      else rq.waiting = me;
      rq.waiting_last = me;
    }
  } else changetype<Flow>(<usize>op.parked_last).next = ptr;
  op.parked_last = ptr;
}
