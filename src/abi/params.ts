import { DEVICE_PARAMS } from "./device-values.js";

/** Another number means another layout or another meaning of what core and driver share (docs/abi.md). */
export const ABI_VERSION = 3;

/**
 * Slots (u64 each) of the parameter block that the driver writes before a replay: the run, what the device
 * reads of a testbed (DEVICE_VALUES), and a path's switches.
 * Times in ps (those that are multiplied by a count
 * × 65536), sizes in bytes, `c_` in ps per byte × 65536.
 */
export const PARAMS = [
  "nodes",
  "threads",
  "think",
  ...DEVICE_PARAMS,
  "iommu_on",
  "mtt_optimal",
  "bf_uc",
] as const;
export type Param = (typeof PARAMS)[number];

/** Instructions of a compiled path program: 64 bytes each. */
export const INSTR = {
  size: 64,
  ops: ["END", "COST", "COUNT", "ACQUIRE", "RELEASE", "LAUNCH", "WAIT"],
  /** byte offsets */
  op: 0,
  arg: 1,
  terms: 2,
  guard: 4,
  coef: 8,
  constant: 16,
  term: 24,
  max_terms: 5,
} as const;

/** Queue pairs as the driver declares them before the first row: u32 words. */
export const QP_ENTRY = [
  "node",
  "ordinal",
  "ctx",
  "number",
  "kind",
  "partner",
  "sig_all",
  "simulated",
  "send_wr",
  "recv_wr",
  "inline",
] as const;

/** Control records that the driver resolves for the control rows of a batch: 128 bytes each. */
export const CONTROL = {
  size: 128,
  actions: [
    "NONE",
    "BIND_QP",
    "BIND_CQ",
    "BIND_SRQ",
    "BIND_MR",
    "UNBIND_QP",
    "UNBIND_CQ",
    "UNBIND_SRQ",
    "UNBIND_MR",
    "QP_STATE",
  ],
  row: 0,
  action: 4,
  index: 8,
  ctx: 12,
  id: 16,
  a: 20,
  b: 24,
  c: 28,
  /** then features as u64: pages runs mr_bytes buf_pages db_pages db_new sq_slots port devices */
  features: 32,
  feature_names: [
    "pages",
    "runs",
    "mr_bytes",
    "buf_pages",
    "db_pages",
    "db_new",
    "sq_slots",
    "port",
    "devices",
  ],
} as const;

/**
 * What the driver says of single rows of a batch, in their order: 16 bytes each. A marked post_send is one whose
 * completion failed; in the wait of a marked get_cq_event the simulated peer of `qp` (index of QP_ENTRY) sends
 * `length` bytes, which its receiver sees as `opcode`.
 */
export const MARK = { size: 16, row: 0, qp: 4, opcode: 8, length: 12 } as const;

/** What a batch descriptor holds: u32 words. Column words are byte addresses in linear memory. */
export const BATCH = [
  "rows",
  "base_row",
  "control_count",
  "control",
  "t",
  "dur",
  "node",
  "tid",
  "call",
  "verb",
  "ctx",
  "qp",
  "cq",
  "srq",
  "rkey",
  "peer_qp",
  "wr_id",
  "opcode",
  "flags",
  "length",
  "remote_addr",
  "status",
  "size",
  "await_writes",
  "sge_offsets",
  "sge_addr",
  "sge_length",
  "sge_lkey",
  "verb_map",
  "opcode_map",
  "num_sge",
  "mark_count",
  "marks",
] as const;

/**
 * Error codes of the core; the driver turns them into sentences. The
 * error block is u64 words: code, row, value, value2.
 */
export const ERRORS = [
  "NONE",
  "UNKNOWN_THREAD",
  "MIXED_CALL",
  "UNKNOWN_QP",
  "QP_STATE",
  "UNKNOWN_CQ",
  "UNKNOWN_SRQ",
  "UNKNOWN_LKEY",
  "OUTSIDE_MR",
  "TOO_MANY_SGES",
  "COMPLETION_WITHOUT_POST",
  "WR_ID_MISMATCH",
  "RECV_WITHOUT_POST",
  "BAD_VERB",
  "BAD_OPCODE",
  "INVARIANT",
  "TOO_LATE",
  "TOO_LONG",
  "UD_TOO_LONG",
  "SGE_COUNT",
  "SGE_SUM",
] as const;
/** Results of `run`. */
export const RUN = ["DONE", "NEED_MORE", "DEADLOCK", "ERROR", "NEED_ACCESSES", "LOG_FULL"] as const;

/** Kinds of log records, and the bytes of one (assembly/world/log.ts). */
export const LOG = ["CALL", "STEP", "STAGE", "HOLD", "OPERATION", "POLLED", "CHARGE"] as const;
export const LOG_BYTES = 48;
