/**
 * What a step's count may depend on: non-negative integers that describe one library call.
 * A count is a linear form such as `2*pages + 1`; see docs/model.md.
 */
export const FEATURES = {
  wr: "work requests in the call's list (send or receive)",
  sge: "scatter/gather entries over the list",
  wqe_units: "sum of WQE sizes in 16-byte units (prototype 10.1)",
  inline_bytes: "bytes copied into WQEs: inline payload and its 4-byte segment headers",
  payload_bytes: "bytes that the HCA will read from local memory (SEND and RDMA WRITE, not inline)",
  doorbell: "1 when the call rings a 4-byte doorbell",
  blueflame: "1 when the call writes its WQE through BlueFlame",
  bf_bytes: "bytes of the BlueFlame write, rounded up to 64",
  cqe: "CQEs that this poll returns",
  recv_bytes: "bytes that arrived with the polled CQEs: receives, and READ or atomic results retired by them",
  onesided_bytes: "bytes that remote RDMA WRITEs left in this node's memory since its last library call",
  slept: "1 when the wait of this call blocked, 0 when what it waited for was already there",
  pages: "4 KiB pages of the memory region",
  runs: "maximal runs of consecutive frames of the memory region",
  mr_bytes: "bytes of the memory region",
  buf_pages: "4 KiB pages of the queue buffer (CQ, QP, SRQ)",
  db_pages: "1 when the queue has a doorbell record",
  db_new: "1 when the call allocates (or frees) a doorbell-record page",
  sq_slots: "slots of the send queue that are stamped (modify_qp to INIT)",
  port: "1 when modify_qp carries the PORT attribute",
  devices: "devices found by get_device_list",
} as const;
export type Feature = keyof typeof FEATURES;
export const FEATURE_NAMES = Object.keys(FEATURES) as Feature[];
