// Records of what travels: work requests, receive WQEs, flows.
// Scalars first; embedded clocks follow at fixed offsets.
import { CLOCK_BYTES } from "../model/clock";
import { OWN_ROOM } from "../model/own";
import { Node } from "./state";

// @ts-ignore: decorator
@inline
export const MAX_SGES: u32 = 32;
/** SGE of an operation or receive WQE: { mr u32, length u32, offset in the MR u64 }. */
// @ts-ignore: decorator
@inline
export const SGE_BYTES: usize = 16;

/** In an operation's flags, beside those of its WR: its completion failed (R2.42). */
// @ts-ignore: decorator
@inline
export const FAILED: u32 = 16;

@unmanaged
export class RecvWqe {
  next: u32;
  num_sge: u32; // those that are recorded
  entries: u32; // those that it has
  length: u32;
}
// @ts-ignore: decorator
@inline
export const RECV_SGES: usize = 16;
// @ts-ignore: decorator
@inline
export const RECV_BYTES: usize = RECV_SGES + <usize>MAX_SGES * SGE_BYTES;

/** One send work request from its post until its last flow has ended. */
@unmanaged
export class Op {
  next_free: u32;
  num_sge: u32;
  number: u64;
  call_start: u64;
  remote_offset: u64;
  src: Node; // requester
  dst: Node; // responder
  qp: u32; // Qp of the requester, 0 for an injected message
  peer: u32; // Qp of the responder, 0 on a simulated peer
  opcode: u32;
  flags: u32;
  units: u32;
  length: u32;
  moved: u32; // bytes that travel as payload: length, or 8 for atomics
  mtu: u32;
  burst: u32; // bytes of a full burst
  bursts: u32;
  kind: u32; // QP type
  blueflame: u32;
  bf_bytes: u32;
  doorbell: u32; // 1 on the WR that brings the doorbell
  call_next: u32; // next WR of the call
  sq_next: u32; // next WR of the send queue
  gated: u32; // the flow parked at the order gate
  gate_reason: u32; // 1: predecessor, 2: fence or READ depth
  done: u32; // the flow that carries the completion
  retired: u32;
  flows: u32; // flows alive
  remote_mr: u32;
  wqe: u32; // receive WQE taken
  parked: u32; // flows waiting for a receive WQE, in burst order
  parked_last: u32;
  wait_next: u32;
  injected: u32;
  size_class: u32;
  max_rd: u32;
  index: u32; // among the signalled WRs of its QP, in recorded order
  left: u32; // has left on the link
  wire_parked: u32; // bursts that wait for their turn on the link, in order
  wire_parked_last: u32;
  line_next: u32; // next operation of its payload line
  line_parked: u32; // its first burst, waiting there
}
// @ts-ignore: decorator
@inline
export const OP_SGES: usize = 208;
// @ts-ignore: decorator
@inline
export const OP_BYTES: usize = OP_SGES + <usize>MAX_SGES * SGE_BYTES;

/**
 * A burst, an acknowledgement, a completion or an arm on its way. A written CQE is the flow that wrote it.
 */
@unmanaged
export class Flow {
  next: u32;
  stage: u32;
  tie: u64;
  op: Op;
  burst: u32;
  bytes: u32; // payload bytes of this burst
  packets: u32;
  single: u32; // head and tail are one clock
  // as a CQE
  qp: u32;
  cq: u32;
  node: u32;
  index: u32; // k-th CQE of its QP and side
  side: u32; // 0 send, 1 receive
  polled: u32;
  lists: u32; // lists that still hold it
  next_cq: u32;
  opcode: u32;
  length: u32;
  solicited: u32;
  call_start: u64;
}
// @ts-ignore: decorator
@inline
export const HEAD: usize = 96;
// @ts-ignore: decorator
@inline
export const HEAD_OWN: usize = HEAD + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const TAIL: usize = HEAD_OWN + OWN_ROOM;
// @ts-ignore: decorator
@inline
export const TAIL_OWN: usize = TAIL + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const FLOW_BYTES: usize = TAIL_OWN + OWN_ROOM;
