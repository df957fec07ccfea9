// Payload lines: a QP reads the payload of one message at a time (docs/model.md 4.2 step 1).
//   line: { first u32, last u32 } in the Qp record, and the clock at which its last operation was done
import { clockCopy, takeOver } from "../model/clock";
import { Flow, HEAD_OWN, Op, QP_LINE, QP_PEER_RESPOND, QP_RESPOND, Qp, TAIL } from "./state";
import { headOf } from "./stage";
import { queue } from "./flow";
import { L_DMA_PAYLOAD, O_RDMA_READ } from "../gen/abi";

/** Address of the line's words, or 0 for an operation that stands in none. */
function lineOf(op: Op): usize {
  if (op.opcode != O_RDMA_READ) return op.qp != 0 ? <usize>op.qp + offsetof<Qp>("line") : 0;
  return op.peer != 0 ? <usize>op.peer + offsetof<Qp>("respond") : <usize>op.qp + offsetof<Qp>("peer_respond");
}
function clockOfLine(op: Op): usize {
  if (op.opcode != O_RDMA_READ) return <usize>op.qp + QP_LINE;
  return op.peer != 0 ? <usize>op.peer + QP_RESPOND : <usize>op.qp + QP_PEER_RESPOND;
}

/** The operation stands in line from now on. */
export function joinLine(op: Op): void {
  const line = lineOf(op);
  if (line == 0) return;
  const me = <u32>changetype<usize>(op), last = load<u32>(line, 4);
  if (last != 0) changetype<Op>(<usize>last).line_next = me;
  else store<u32>(line, me);
  store<u32>(line, me, 4);
}

/** Its first burst asks to be read. True: its turn has come; false: it is parked. */
export function enterLine(fl: Flow): bool {
  const op = fl.op, line = lineOf(op);
  if (line == 0) return true;
  if (load<u32>(line) != <u32>changetype<usize>(op)) {
    op.line_parked = <u32>changetype<usize>(fl);
    return false;
  }
  takeOver(headOf(fl), changetype<usize>(fl) + HEAD_OWN, clockOfLine(op), L_DMA_PAYLOAD);
  return true;
}

/** Its last burst has been read, done at the tail of `fl`: the next one's turn. */
export function leaveLine(fl: Flow): void {
  const op = fl.op, line = lineOf(op);
  if (line == 0) return;
  const clock = clockOfLine(op);
  clockCopy(clock, fl.single ? headOf(fl) : changetype<usize>(fl) + TAIL);
  store<u32>(line, op.line_next);
  if (op.line_next == 0) {
    store<u32>(line, 0, 4);
    return;
  }
  const next = changetype<Op>(<usize>op.line_next);
  if (next.line_parked == 0) return;
  const waiting = changetype<Flow>(<usize>next.line_parked);
  next.line_parked = 0;
  takeOver(headOf(waiting), changetype<usize>(waiting) + HEAD_OWN, clock, L_DMA_PAYLOAD);
  queue(waiting);
}
