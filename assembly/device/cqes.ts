// The CQEs that were written: found by QP and side, let go when they were polled.
import { Cq, Qp } from "../world/objects";
import { Flow } from "../world/operation";
import { freeFlow } from "./flow";

/** The written CQE `index` of a QP's side, or null while it is not there (R2.33, R2.34). */
export function findCqe(qp: Qp, side: u32, index: u32): Flow | null {
  let ptr = side == 0 ? qp.send_first : qp.recv_first;
  while (ptr != 0) {
    const fl = changetype<Flow>(<usize>ptr);
    if (fl.index == index) return fl;
    ptr = fl.next;
  }
  return null;
}

/**
 * Takes polled CQEs off the front of the QP's list; each goes back
 * to the pool when the CQ's list lets it go too.
 */
export function dropPolled(qp: Qp, side: u32): void {
  let ptr = side == 0 ? qp.send_first : qp.recv_first;
  while (ptr != 0) {
    const fl = changetype<Flow>(<usize>ptr);
    if (!fl.polled) break;
    const next = fl.next;
    release(fl);
    ptr = next;
  }
  if (side == 0) {
    qp.send_first = ptr;
    if (ptr == 0) qp.send_last = 0;
  } else {
    qp.recv_first = ptr;
    if (ptr == 0) qp.recv_last = 0;
  }
}
export function dropPolledOfCq(cq: Cq): void {
  let ptr = cq.first;
  while (ptr != 0) {
    const fl = changetype<Flow>(<usize>ptr);
    if (!fl.polled) break;
    const next = fl.next_cq;
    release(fl);
    ptr = next;
  }
  cq.first = ptr;
  if (ptr == 0) cq.last = 0;
}
function release(fl: Flow): void {
  if (--fl.lists == 0) freeFlow(fl);
}
