// Records of the simulated machine. Scalars first; embedded clocks follow at fixed offsets (named below each record).
import { alloc } from "../lib/arena";
import { CLOCK_BYTES, OWN_BYTES } from "../model/clock";
import { Cache } from "../model/cache";
import { CPU_RESOURCES } from "../gen/abi";

// Device resources of a node, in the order of their clocks.
// @ts-ignore: decorator
@inline export const R_DOWN: usize = 0;
// @ts-ignore: decorator
@inline export const R_UP: usize = 1;
// @ts-ignore: decorator
@inline export const R_TX: usize = 2;
// @ts-ignore: decorator
@inline export const R_RX: usize = 3;
// @ts-ignore: decorator
@inline export const R_LINK: usize = 4;

@unmanaged
export class Node {
  index: u32;
  virtual: u32;
  onesided_bytes: u64;
  qpc: Cache;
  cqc: Cache;
  mpt: Cache;
  mtt: Cache;
  iotlb: Cache;
  pad: u32;
}
// @ts-ignore: decorator
@inline const NODE_DEVICE: usize = 64;
// @ts-ignore: decorator
@inline const NODE_CPU: usize = NODE_DEVICE + 5 * CLOCK_BYTES;
/** CPU resource: clock, then { holder u32, queue head u32, queue tail u32 }. */
// @ts-ignore: decorator
@inline export const CPU_BYTES: usize = CLOCK_BYTES + 16;
// @ts-ignore: decorator
@inline export const NODE_BYTES: usize = NODE_CPU + <usize>CPU_RESOURCES * CPU_BYTES;

// @ts-ignore: decorator
@inline
export function deviceClock(node: Node, resource: usize): usize {
  return changetype<usize>(node) + NODE_DEVICE + resource * CLOCK_BYTES;
}
// @ts-ignore: decorator
@inline
export function cpuResource(node: Node, resource: u32): usize {
  return changetype<usize>(node) + NODE_CPU + <usize>resource * CPU_BYTES;
}

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
}
// @ts-ignore: decorator
@inline export const RQ_READY: usize = 48;
// @ts-ignore: decorator
@inline export const RQ_BYTES: usize = RQ_READY + CLOCK_BYTES;

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
  events_taken: u32; // index of the oldest event in the list
  events_made: u32;
}
// @ts-ignore: decorator
@inline export const CQ_READY: usize = 64;
// @ts-ignore: decorator
@inline export const CQ_BYTES: usize = CQ_READY + CLOCK_BYTES;

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
}
// @ts-ignore: decorator
@inline export const QP_GATE: usize = 256;
// @ts-ignore: decorator
@inline export const QP_RX: usize = QP_GATE + CLOCK_BYTES;
// @ts-ignore: decorator
@inline export const QP_RETIRE: usize = QP_RX + CLOCK_BYTES;
// @ts-ignore: decorator
@inline export const QP_WRITES: usize = QP_RETIRE + CLOCK_BYTES; // when the last write was delivered
// @ts-ignore: decorator
@inline export const QP_READY: usize = QP_WRITES + CLOCK_BYTES;
// @ts-ignore: decorator
@inline export const QP_POLLED: usize = QP_READY + CLOCK_BYTES; // end of the last poll that took a CQE
// @ts-ignore: decorator
@inline export const QP_WIRE: usize = QP_POLLED + CLOCK_BYTES; // when the last operation left on the link
// @ts-ignore: decorator
@inline export const QP_PEER_RX: usize = QP_WIRE + CLOCK_BYTES; // QP_RX of its simulated peer
/** When the last operation of each payload line was done. */
// @ts-ignore: decorator
@inline export const QP_LINE: usize = QP_PEER_RX + CLOCK_BYTES;
// @ts-ignore: decorator
@inline export const QP_RESPOND: usize = QP_LINE + CLOCK_BYTES;
// @ts-ignore: decorator
@inline export const QP_PEER_RESPOND: usize = QP_RESPOND + CLOCK_BYTES;
// @ts-ignore: decorator
@inline export const QP_BYTES: usize = QP_PEER_RESPOND + CLOCK_BYTES;

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
@inline export const MR_BYTES: usize = 48;

// @ts-ignore: decorator
@inline export const MAX_SGES: u32 = 32;
/** SGE of an operation or receive WQE: { mr u32, length u32, offset in the MR u64 }. */
// @ts-ignore: decorator
@inline export const SGE_BYTES: usize = 16;

@unmanaged
export class RecvWqe {
  next: u32;
  num_sge: u32;
  pad: u64;
}
// @ts-ignore: decorator
@inline export const RECV_SGES: usize = 16;
// @ts-ignore: decorator
@inline export const RECV_BYTES: usize = RECV_SGES + <usize>MAX_SGES * SGE_BYTES;

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
@inline export const OP_SGES: usize = 208;
// @ts-ignore: decorator
@inline export const OP_BYTES: usize = OP_SGES + <usize>MAX_SGES * SGE_BYTES;

/** A burst, an acknowledgement, a completion or an arm on its way. A written CQE is the flow that wrote it. */
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
@inline export const HEAD: usize = 96;
// @ts-ignore: decorator
@inline export const HEAD_OWN: usize = HEAD + CLOCK_BYTES;
// @ts-ignore: decorator
@inline export const TAIL: usize = HEAD_OWN + OWN_BYTES;
// @ts-ignore: decorator
@inline export const TAIL_OWN: usize = TAIL + CLOCK_BYTES;
// @ts-ignore: decorator
@inline export const FLOW_BYTES: usize = TAIL_OWN + OWN_BYTES;

// free lists (addresses of u32 heads)
export const FREE_FLOW: usize = memory.data(16);
export const FREE_OP: usize = memory.data(16);
export const FREE_RECV: usize = memory.data(16);
export const FREE_EVENT: usize = memory.data(16);

/** Parameter block and counters: u64 each. */
export const PARAMS_PTR: usize = memory.data(512);
export const COUNTERS_PTR: usize = memory.data(1024);
/** code, row, value, second value */
export const ERROR_PTR: usize = memory.data(64);

// @ts-ignore: decorator
@inline
export function param(slot: u32): u64 {
  return load<u64>(PARAMS_PTR + (<usize>slot << 3));
}
// @ts-ignore: decorator
@inline
export function count(counter: u32, n: u64): void {
  const slot = COUNTERS_PTR + (<usize>counter << 3);
  store<u64>(slot, load<u64>(slot) + n);
}
/** Totals that are no counters: u64 each. */
export const TOTALS_PTR: usize = memory.data(64);
// @ts-ignore: decorator
@inline export const TOTAL_SPIN: usize = 0;
// @ts-ignore: decorator
@inline export const TOTAL_REFUSED: usize = 8;
/** Start of the first post_send call + 1, and the latest completion or poll: the window in which data moved. */
// @ts-ignore: decorator
@inline export const TOTAL_FIRST: usize = 16;
// @ts-ignore: decorator
@inline export const TOTAL_LAST: usize = 24;
// @ts-ignore: decorator
@inline export const TOTAL_AWAITS: usize = 32;
// @ts-ignore: decorator
@inline
export function total(at: usize, n: u64): void {
  store<u64>(TOTALS_PTR + at, load<u64>(TOTALS_PTR + at) + n);
}
// @ts-ignore: decorator
@inline
export function totalMax(at: usize, n: u64): void {
  if (n > load<u64>(TOTALS_PTR + at)) store<u64>(TOTALS_PTR + at, n);
}

/** Records the first error; later ones are consequences. */
export function fail(code: u32, row: u64, value: u64, second: u64): void {
  if (load<u64>(ERROR_PTR) != 0) return;
  store<u64>(ERROR_PTR, code);
  store<u64>(ERROR_PTR, row, 8);
  store<u64>(ERROR_PTR, value, 16);
  store<u64>(ERROR_PTR, second, 24);
}
// @ts-ignore: decorator
@inline
export function failed(): bool {
  return load<u64>(ERROR_PTR) != 0;
}

/** Node i; the last one is the simulated peer. */
export let nodes: usize = 0;
export let nodeCount: u32 = 0;
export function nodesInit(n: u32): void {
  nodeCount = n;
  nodes = alloc(<usize>(n + 1) * NODE_BYTES);
}
// @ts-ignore: decorator
@inline
export function nodeAt(i: u32): Node {
  return changetype<Node>(nodes + <usize>i * NODE_BYTES);
}
