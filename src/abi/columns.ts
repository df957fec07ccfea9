/**
 * Columns of verbs/1: name, Arrow type, meaning. Every column is
 * present and non-null; `NO_ID` stands for "does not apply".
 * docs/trace-format.md is generated from this list.
 */
export interface Column {
  readonly name: string;
  readonly type: "u8" | "u16" | "u32" | "u64" | "dict" | "sge" | "runs";
  readonly doc: string;
}
export const NO_ID = 0xffffffff;
export const NO_ENUM = 255;

export const VERBS_COLUMNS: readonly Column[] = [
  { name: "t", type: "u64", doc: "start of the call, ns on the node's clock; 0 when not recorded" },
  {
    name: "dur",
    type: "u32",
    doc:
      "ns inside the call (4294967295: that long or longer, R3.6); " +
      "poll_cq_empty: from the first to the end of the last empty poll",
  },
  { name: "node", type: "u16", doc: "machine or process side, numbered from 0" },
  { name: "tid", type: "u32", doc: "thread id, unique within its node" },
  {
    name: "call",
    type: "u32",
    doc: "number of the library call; consecutive rows of one thread with one value are one call",
  },
  { name: "verb", type: "dict", doc: "name of the call (VERBS)" },
  { name: "ctx", type: "u32", doc: "device context within the node; object ids are unique within it" },
  { name: "pd", type: "u32", doc: "protection domain handle" },
  { name: "qp", type: "u32", doc: "QP number" },
  { name: "cq", type: "u32", doc: "CQ handle; create_qp: the send CQ" },
  { name: "rcq", type: "u32", doc: "create_qp: the receive CQ" },
  {
    name: "srq",
    type: "u32",
    doc: "SRQ handle; create_qp: NO_ID when the QP has a receive queue of its own",
  },
  { name: "mr", type: "u32", doc: "memory region handle" },
  { name: "lkey", type: "u32", doc: "lkey of reg_mr, dereg_mr" },
  { name: "rkey", type: "u32", doc: "rkey of reg_mr, or the remote key of a WR" },
  { name: "peer_qp", type: "u32", doc: "modify_qp: destination QP number; UD post_send: remote QP number" },
  { name: "wr_id", type: "u64", doc: "of a WR or completion" },
  { name: "opcode", type: "dict", doc: "of a WR or completion (OPCODES); NONE otherwise" },
  {
    name: "flags",
    type: "u32",
    doc:
      "bits: 1 signaled (create_qp: sq_sig_all), 2 inline, 4 fence, " +
      "8 solicited (req_notify_cq: solicited only)",
  },
  { name: "length", type: "u32", doc: "bytes of the WR (sum over its SGEs, saturates) or of the completion" },
  { name: "num_sge", type: "u16", doc: "entries of `sge`" },
  { name: "sge", type: "sge", doc: "list<struct<addr u64, length u32, lkey u32>>; addr is a gva" },
  { name: "remote_addr", type: "u64", doc: "remote gva of a WR; reg_mr: the iova" },
  {
    name: "imm",
    type: "u32",
    doc:
      "immediate data as `imm_data` lies in memory (network byte order), read as a little-endian number; " +
      "or the invalidated key",
  },
  {
    name: "status",
    type: "u16",
    doc: "0 ok; a completion's wc status, or the errno of a failed call (0xffff when it is not known)",
  },
  { name: "addr", type: "u64", doc: "reg_mr: start gva" },
  { name: "size", type: "u64", doc: "reg_mr, dereg_mr: bytes; poll_cq_empty: number of polls" },
  { name: "access", type: "u32", doc: "reg_mr: access bits of libibverbs" },
  {
    name: "runs",
    type: "runs",
    doc:
      "list<struct<page u64, frame u64, count u32>>: " +
      "physically contiguous page runs of a reg_mr, 4 KiB pages; " +
      "empty when not recorded",
  },
  { name: "cqe", type: "u32", doc: "create_cq, resize_cq: entries asked for" },
  { name: "cap_send_wr", type: "u32", doc: "create_qp: asked max_send_wr" },
  { name: "cap_recv_wr", type: "u32", doc: "create_qp, create_srq: asked max_recv_wr / max_wr" },
  { name: "cap_send_sge", type: "u32", doc: "create_qp: asked max_send_sge" },
  { name: "cap_recv_sge", type: "u32", doc: "create_qp, create_srq: asked max_recv_sge / max_sge" },
  { name: "cap_inline", type: "u32", doc: "create_qp: asked max_inline_data" },
  { name: "qp_type", type: "u8", doc: "create_qp: 0 RC, 1 UC, 2 UD; 255 otherwise" },
  {
    name: "qp_state",
    type: "u8",
    doc: "modify_qp: 0 RESET, 1 INIT, 2 RTR, 3 RTS, 4 SQD, 5 SQE, 6 ERR; 255 when not in the mask",
  },
  { name: "attr_mask", type: "u32", doc: "modify_qp: attribute mask of libibverbs" },
  { name: "path_mtu", type: "u32", doc: "modify_qp: bytes; 0 when not in the mask" },
  {
    name: "max_rd_atomic",
    type: "u16",
    doc: "modify_qp: outstanding READs and atomics as requester; 0 when not in the mask",
  },
  { name: "rq_psn", type: "u32", doc: "modify_qp: first expected PSN; NO_ID when not in the mask" },
  { name: "sq_psn", type: "u32", doc: "modify_qp: first PSN sent; NO_ID when not in the mask" },
  {
    name: "await_writes",
    type: "u32",
    doc:
      "RDMA WRITEs that must have arrived through this row's QP before the call " +
      "starts (inferred from both nodes' clocks); 0 for none",
  },
  { name: "devices", type: "u16", doc: "get_device_list: devices found" },
];
/** Width in bytes of a fixed-width column; a dict column is its int8 index. */
export const WIDTH: Record<Column["type"], number> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  dict: 1,
  sge: 0,
  runs: 0,
};
/** Bytes of one child element of the list columns, per child buffer in order. */
export const SGE_CHILDREN = [8, 4, 4] as const;
export const RUN_CHILDREN = [8, 8, 4] as const;
