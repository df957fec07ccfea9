// What recordings of data operations alone (packets, logs, tracepoints, schedules) lack, and what stands for it.
import type { Opcode } from "../../abi/verbs.js";

/** Receives that are kept posted to a QP: ib_send_bw keeps 512, ibv_rc_pingpong 500; assumed. */
export const DEPTH = 128;
/** Before a datagram in its receive buffer: a global routing header. */
export const GRH_BYTES = 40;
/** The longest that `dur` can say; one more stands for all that is longer. */
export const LONGEST_NS = 0xfffffffe;
/** ibv_access_flags: local and remote write, remote read, remote atomic. */
export const ACCESS = 1 | 2 | 4 | 8;
/** ibv_qp_attr_mask of a QP's state changes, as rdma-core's examples set them: IBV_QP_DEST_QPN, IBV_QP_PORT. */
export const TO_RTR = 1 << 20,
  TO_INIT = 1 << 5;

/** Path MTUs of InfiniBand and RoCE, bytes. */
export const MTUS: readonly number[] = [256, 512, 1024, 2048, 4096];
/** What every network is set to at least: what fits it does not tell. */
const USUAL_MTU = 1024;
/** The least path MTU that what went in one packet fits; 0 where that does not tell. */
export const mtuFor = (largest_bytes: number): number =>
  largest_bytes > USUAL_MTU ? (MTUS.find((mtu) => mtu >= largest_bytes) ?? 0) : 0;

const COMPLETES: Partial<Record<Opcode, Opcode>> = {
  SEND_WITH_IMM: "SEND",
  SEND_WITH_INV: "SEND",
  RDMA_WRITE_WITH_IMM: "RDMA_WRITE",
};
/** What the sender's completion says of an operation. */
export const completionOf = (opcode: Opcode): Opcode => COMPLETES[opcode] ?? opcode;
