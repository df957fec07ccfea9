/**
 * Verbs as the trace names them; the index is the id in the core. The order is part of the ABI: append only.
 */
export const VERBS = [
  "post_send",
  "post_recv",
  "post_srq_recv",
  "poll_cq",
  "poll_cq_empty",
  "req_notify_cq",
  "get_cq_event",
  "ack_cq_events",
  "get_device_list",
  "open_device",
  "close_device",
  "query_device",
  "query_port",
  "query_gid",
  "query_pkey",
  "alloc_pd",
  "dealloc_pd",
  "reg_mr",
  "dereg_mr",
  "rereg_mr",
  "create_comp_channel",
  "destroy_comp_channel",
  "create_cq",
  "resize_cq",
  "destroy_cq",
  "create_srq",
  "modify_srq",
  "query_srq",
  "destroy_srq",
  "create_qp",
  "modify_qp",
  "query_qp",
  "destroy_qp",
  "create_ah",
  "destroy_ah",
  "attach_mcast",
  "detach_mcast",
  "alloc_mw",
  "bind_mw",
  "dealloc_mw",
  "get_async_event",
  "rdma_create_id",
  "rdma_destroy_id",
  "rdma_bind_addr",
  "rdma_listen",
  "rdma_resolve_addr",
  "rdma_resolve_route",
  "rdma_connect",
  "rdma_accept",
  "rdma_reject",
  "rdma_disconnect",
  "rdma_get_cm_event",
  "rdma_ack_cm_event",
] as const;
export type Verb = (typeof VERBS)[number];
export const VERB_ID = Object.fromEntries(VERBS.map((v, i) => [v, i])) as Record<Verb, number>;

/** The path document's program that a verb runs: every librdmacm call shares one. */
export function programOf(verb: Verb): string {
  return verb.startsWith("rdma_") ? "rdma_cm" : verb;
}
/** Names of all programs, in id order. `poll_cq_empty` has none: empty polls are spin. */
export const PROGRAMS = [...new Set(VERBS.filter((v) => v !== "poll_cq_empty").map(programOf))];

/** Opcodes of send work requests and of completions (a receive completion is RECV or RECV_RDMA_WITH_IMM). */
export const OPCODES = [
  "NONE",
  "SEND",
  "SEND_WITH_IMM",
  "SEND_WITH_INV",
  "RDMA_WRITE",
  "RDMA_WRITE_WITH_IMM",
  "RDMA_READ",
  "ATOMIC_CMP_AND_SWP",
  "ATOMIC_FETCH_AND_ADD",
  "LOCAL_INV",
  "BIND_MW",
  "RECV",
  "RECV_RDMA_WITH_IMM",
] as const;
export type Opcode = (typeof OPCODES)[number];
export const OPCODE_ID = Object.fromEntries(OPCODES.map((o, i) => [o, i])) as Record<Opcode, number>;

/** Bits of the `flags` column. */
export const FLAGS = { signaled: 1, inline: 2, fence: 4, solicited: 8 } as const;

/** QP states, in the `qp_state` column of modify_qp rows. */
export const QP_STATES = ["RESET", "INIT", "RTR", "RTS", "SQD", "SQE", "ERR"] as const;
/** QP types, in the `qp_type` column of create_qp rows. */
export const QP_TYPES = ["RC", "UC", "UD"] as const;
/** Names of a completion's `status`, by its number (ibv_wc_status, without IBV_WC_). */
export const WC_STATUS = [
  "SUCCESS",
  "LOC_LEN_ERR",
  "LOC_QP_OP_ERR",
  "LOC_EEC_OP_ERR",
  "LOC_PROT_ERR",
  "WR_FLUSH_ERR",
  "MW_BIND_ERR",
  "BAD_RESP_ERR",
  "LOC_ACCESS_ERR",
  "REM_INV_REQ_ERR",
  "REM_ACCESS_ERR",
  "REM_OP_ERR",
  "RETRY_EXC_ERR",
  "RNR_RETRY_EXC_ERR",
  "LOC_RDD_VIOL_ERR",
  "REM_INV_RD_REQ_ERR",
  "REM_ABORT_ERR",
  "INV_EECN_ERR",
  "INV_EEC_STATE_ERR",
  "FATAL_ERR",
  "RESP_TIMEOUT_ERR",
  "GENERAL_ERR",
  "TM_ERR",
  "TM_RNDV_INCOMPLETE",
] as const;
