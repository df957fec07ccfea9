/** The recorder's file, byte for byte as docs/capture-format.md says it; capture/file/format.h is its other end. */
export const MAGIC = "VERBSCAP";
export const VERSION = 1;
/** Bytes of a slot, of the head of the file and of the head of a block. */
export const SLOT = 64;
/** Bytes of a page run; entries of a scatter/gather list in a slot. */
export const RUN = 20,
  SGES_PER_SLOT = 4;
export const BLOCK_MAGIC = 0x314b4c42,
  FOOTER_MAGIC = 0x31444e45;
export const HEAD_FLAGS = { framesVisible: 1, forked: 2, pagesOff: 4 } as const;
export const FLAG = { first: 0x80, datagram: 0x20 } as const;
/** `rc` of a call that failed without an errno. */
export const RC_UNKNOWN = 255;
/** Context of a call that has none. */
export const NO_CONTEXT = 255;

const CONTROL = [
  "open_device",
  "close_device",
  "get_device_list",
  "query_device",
  "query_port",
  "query_gid",
  "query_pkey",
  "alloc_pd",
  "dealloc_pd",
  "reg_mr",
  "dereg_mr",
  "rereg_mr",
  "mr_pages",
  "mr_vma",
  "create_comp_channel",
  "destroy_comp_channel",
  "create_cq",
  "resize_cq",
  "destroy_cq",
  "get_cq_event",
  "ack_cq_events",
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
];
const RDMA_CM = [
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
];
const DATA = [
  "post_send",
  "post_recv",
  "post_srq_recv",
  "completion",
  "poll_cq_empty",
  "req_notify_cq",
  "failed_poll",
];
const numbered = (first: number, names: readonly string[]): [number, string][] =>
  names.map((name, i) => [first + i, name]);
/** Names of a record's kinds, by number. */
export const KINDS: ReadonlyMap<number, string> = new Map([
  ...numbered(1, DATA),
  ...numbered(16, CONTROL),
  ...numbered(64, RDMA_CM),
]);

/** Calls that give out an object count from when they end, for until then another thread may free its number. */
export const countsFromItsEnd = (kind: string): boolean =>
  /^(open|alloc|create|reg|rdma)_/.test(kind) || kind === "mr_pages" || kind === "mr_vma";

/** Names of libibverbs' numbers: ibv_wr_opcode, ibv_wc_opcode, ibv_qp_type. */
export const WR_OPCODES: Readonly<Record<number, string>> = {
  0: "RDMA_WRITE",
  1: "RDMA_WRITE_WITH_IMM",
  2: "SEND",
  3: "SEND_WITH_IMM",
  4: "RDMA_READ",
  5: "ATOMIC_CMP_AND_SWP",
  6: "ATOMIC_FETCH_AND_ADD",
  7: "LOCAL_INV",
  8: "BIND_MW",
  9: "SEND_WITH_INV",
};
export const WC_OPCODES: Readonly<Record<number, string>> = {
  0: "SEND",
  1: "RDMA_WRITE",
  2: "RDMA_READ",
  3: "COMP_SWAP",
  4: "FETCH_ADD",
  5: "BIND_MW",
  6: "LOCAL_INV",
  128: "RECV",
  129: "RECV_RDMA_WITH_IMM",
};
export const QP_TYPE_NAMES: Readonly<Record<number, string>> = { 2: "RC", 3: "UC", 4: "UD" };
/** ibv_send_flags, bit by bit. */
export const SEND_FLAG_NAMES = ["fence", "signaled", "solicited", "inline", "ip_csum"] as const;
/** What the recorder measures its own cost of, in the order of its numbers. */
export const COST_CALLS = [
  "post_send",
  "post_recv",
  "post_srq_recv",
  "poll_cq",
  "an empty poll_cq",
  "req_notify_cq",
  "wr_complete",
  "start_poll",
];
