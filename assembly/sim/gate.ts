// The order gate of a send queue: WRs are processed in order of post; fences and the READ depth hold the queue (docs/model.md 4.1).
import { takeOver } from "../model/clock";
import { Flow, HEAD_OWN, Op, QP_GATE, Qp } from "./state";
import { headOf } from "./stage";
import { ST_ENGINE } from "./stages";
import { L_HCA_PROCESS, O_ATOMIC_CMP_AND_SWP, O_ATOMIC_FETCH_AND_ADD, O_RDMA_READ } from "../gen/abi";

// @ts-ignore: decorator
@inline const FENCE: u32 = 4;

/** `fl` asks to pass. True: it goes on to the engine, its head not before the predecessor left. False: it is parked. */
export function enterGate(qp: Qp, op: Op, fl: Flow): bool {
  if (qp.gate_head != <u32>changetype<usize>(op)) {
    op.gated = <u32>changetype<usize>(fl);
    op.gate_reason = 1;
    return false;
  }
  return openGate(qp, op, fl);
}

/** As enterGate, for the first operation of the queue. */
export function openGate(qp: Qp, op: Op, fl: Flow): bool {
  const reads = op.opcode == O_RDMA_READ || op.opcode == O_ATOMIC_CMP_AND_SWP || op.opcode == O_ATOMIC_FETCH_AND_ADD;
  if (((op.flags & FENCE) != 0 && qp.rd_outstanding != 0) || (reads && qp.max_rd != 0 && qp.rd_outstanding >= qp.max_rd)) {
    op.gated = <u32>changetype<usize>(fl);
    op.gate_reason = 2;
    return false;
  }
  takeOver(headOf(fl), changetype<usize>(fl) + HEAD_OWN, changetype<usize>(qp) + QP_GATE, L_HCA_PROCESS);
  fl.stage = ST_ENGINE;
  return true;
}
