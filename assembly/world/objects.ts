// Records of queue pairs, completion queues, receive queues and memory
// regions. Scalars first; embedded clocks follow at fixed offsets.
import { CLOCK_BYTES } from "../model/clock";
import { Node } from "./state";

/** A receive queue, own or shared: posted WQEs and the operations that wait for one. */
@unmanaged
export class RecvQueue {
  first: u32; // oldest posted WQE
  last: u32;
  waiting: u32; // oldest operation without a WQE
  waiting_last: u32;
  posted: u64; // while resolving: WQEs posted so far
  consumed: u64; // while resolving: receive completions so far
  creator: u32; // thread that created it
  ready: u32; // its create call has ended
  ready_waiters: u32; // threads that wait for `ready`
  shared: u32; // an SRQ
  capacity: u32; // WRs asked for
  pad: u32;
}
// @ts-ignore: decorator
@inline
export const RQ_READY: usize = 64;
// @ts-ignore: decorator
@inline
export const RQ_BYTES: usize = RQ_READY + CLOCK_BYTES;

@unmanaged
export class Cq {
  ordinal: u32; // within its node: the key of the CQC
  node: u32;
  armed: u32; // 0, 1 any, 2 solicited only
  creator: u32;
  ready: u32;
  ready_waiters: u32;
  first: u32; // written CQEs, oldest first; polled ones leave lazily
  last: u32;
  events_first: u32; // events not yet taken
  events_last: u32;
  event_waiters: u32; // threads blocked in get_cq_event
  events_resolved: u32; // get_cq_event rows seen
  events_assumed: u32; // numbers whose waits did not wait, a list
  events_made: u32;
}
// @ts-ignore: decorator
@inline
export const CQ_READY: usize = 64;
// @ts-ignore: decorator
@inline
export const CQ_ARM: usize = CQ_READY + CLOCK_BYTES; // clock of the arm that waits
// @ts-ignore: decorator
@inline
export const CQ_BYTES: usize = CQ_ARM + CLOCK_BYTES;

@unmanaged
export class Qp {
  node: Node;
  ordinal: u32; // within its node: the key of the QPC
  number: u32;
  kind: u32; // 0 RC, 1 UC, 2 UD
  ctx: u32;
  partner: u32; // Qp, 0 when the peer is missing (or UD)
  simulated: u32; // its peer is the virtual node
  send_cq: u32;
  recv_cq: u32;
  rq: RecvQueue;
  sig_all: u32;
  state: u32;
  mtu: u32; // while resolving: of the rows that follow
  max_rd: u32;
  creator: u32;
  ready: u32;
  ready_waiters: u32;
  // resolving: ring of send WRs that no completion has retired { wr_id u64, signalled u32, read bytes u32 }
  ring: u32;
  ring_mask: u32;
  ring_head: u32;
  ring_tail: u32;
  signalled_posted: u32;
  sends_polled: u32;
  recvs_polled: u32;
  last_poller: u32;
  polled_resolved: u32;
  // simulation
  gate_head: u32; // first operation that has not passed the engine
  sq_last: u32; // newest operation of the send queue
  wire_head: u32; // first operation that has not left on the link
  line: u32; // payload lines (line.ts), four words each: as requester,
  line_last: u32;
  line_unsent: u32;
  line_blocked: u32;
  respond: u32; // as responder to READs,
  respond_last: u32;
  respond_unsent: u32;
  respond_blocked: u32;
  peer_respond: u32; // and that of its simulated peer
  peer_respond_last: u32;
  peer_respond_unsent: u32;
  peer_respond_blocked: u32;
  retire_head: u32; // first operation that is not retired
  rd_outstanding: u32;
  writes_delivered: u32;
  polled: u32;
  write_waiters: u32;
  poll_waiters: u32; // threads awaiting a polled count
  cqe_waiters: u32; // threads blocked on a completion of this QP
  send_first: u32; // written send CQEs not yet polled, oldest first
  send_last: u32;
  recv_first: u32;
  recv_last: u32;
  recv_count: u32; // receive CQEs ever written
  ahead: u32; // messages that waits injected and no poll has asked for (R4.6.7)
  send_wr: u32; // what create_qp asked for (R2.43)
  recv_wr: u32;
  inline_bytes: u32;
}
// @ts-ignore: decorator
@inline
export const QP_GATE: usize = 256;
// @ts-ignore: decorator
@inline
export const QP_RX: usize = QP_GATE + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const QP_RETIRE: usize = QP_RX + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const QP_WRITES: usize = QP_RETIRE + CLOCK_BYTES; // when the last write was delivered
// @ts-ignore: decorator
@inline
export const QP_READY: usize = QP_WRITES + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const QP_POLLED: usize = QP_READY + CLOCK_BYTES; // end of the last poll that took a CQE
// @ts-ignore: decorator
@inline
export const QP_WIRE: usize = QP_POLLED + CLOCK_BYTES; // when the last operation left on the link
// @ts-ignore: decorator
@inline
export const QP_PEER_RX: usize = QP_WIRE + CLOCK_BYTES; // QP_RX of its simulated peer
/** When the last operation of each payload line was done. */
// @ts-ignore: decorator
@inline
export const QP_LINE: usize = QP_PEER_RX + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const QP_RESPOND: usize = QP_LINE + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const QP_PEER_RESPOND: usize = QP_RESPOND + CLOCK_BYTES;
// @ts-ignore: decorator
@inline
export const QP_BYTES: usize = QP_PEER_RESPOND + CLOCK_BYTES;

@unmanaged
export class Mr {
  start: u64;
  bytes: u64;
  ordinal: u32; // within its node: the key of MPT and MTT
  large: u32; // 1 when its frames allow 2 MiB MTT entries
  node: u32;
  rkey: u32;
  next_same: u32; // region registered before it with the same rkey
  ctx: u32;
}
// @ts-ignore: decorator
@inline
export const MR_BYTES: usize = 48;
