import { NO_ENUM } from "../../abi/columns.js";
import { FLAGS, QP_STATES, QP_TYPES, VERB_ID, type Verb } from "../../abi/verbs.js";
import type { VerbsRow } from "../../trace/table/rows.js";
import type { Event } from "./event.js";

type Fill = (row: VerbsRow, event: Event) => void;

const QP = 1,
  CQ = 2,
  SRQ = 4,
  PD = 8;
function ids(which: number): Fill {
  return (row, e) => {
    if (which & QP) row.qp = e.id("qp");
    if (which & CQ) row.cq = e.id("cq");
    if (which & SRQ) row.srq = e.id("srq");
    if (which & PD) row.pd = e.id("pd");
  };
}

const regMr: Fill = (row, e) => {
  row.pd = e.id("pd");
  row.mr = e.id("mr");
  row.lkey = e.id("lkey");
  row.rkey = e.id("rkey");
  row.addr = e.big("addr");
  row.size = e.big("len");
  row.remote_addr = e.big("iova", row.addr);
  row.access = e.uint("access");
};
const deregMr: Fill = (row, e) => {
  row.mr = e.id("mr");
  row.lkey = e.id("lkey");
  row.size = e.big("len", 0n);
};
const createCq: Fill = (row, e) => {
  row.cq = e.id("cq");
  row.cqe = e.uint("cqe_req");
};
const createSrq: Fill = (row, e) => {
  row.pd = e.id("pd");
  row.srq = e.id("srq");
  row.cap_recv_wr = e.uint("max_wr_req", e.uint("max_wr"));
  row.cap_recv_sge = e.uint("max_sge_req", e.uint("max_sge"));
};
const createQp: Fill = (row, e) => {
  row.pd = e.id("pd");
  row.qp = e.id("qp");
  row.cq = e.id("scq");
  row.rcq = e.id("rcq");
  row.srq = e.id("srq");
  row.qp_type = (QP_TYPES as readonly string[]).indexOf(e.text("type"));
  if (row.qp_type < 0) throw e.error("type", `must be ${QP_TYPES.join(", ")} (others are not modelled)`);
  if (e.int("sq_sig_all", 0) !== 0) row.flags |= FLAGS.signaled;
  const asked = e.object("req");
  row.cap_send_wr = asked.uint("max_send_wr");
  row.cap_recv_wr = asked.uint("max_recv_wr");
  row.cap_send_sge = asked.uint("max_send_sge");
  row.cap_recv_sge = asked.uint("max_recv_sge");
  row.cap_inline = asked.uint("max_inline");
};
const modifyQp: Fill = (row, e) => {
  row.qp = e.id("qp");
  row.attr_mask = e.uint("mask");
  if (e.has("state")) {
    row.qp_state = (QP_STATES as readonly string[]).indexOf(e.text("state"));
    if (row.qp_state < 0) throw e.error("state", `must be ${QP_STATES.join(", ")}`);
  } else row.qp_state = NO_ENUM;
  row.peer_qp = e.id("dest_qp");
  row.path_mtu = e.uint("path_mtu", 0);
  row.max_rd_atomic = e.uint("max_rd_atomic", 0, 0xffff);
  row.rq_psn = e.id("rq_psn");
  row.sq_psn = e.id("sq_psn");
};
/** The ibv_send_flags of ibv_bind_mw. */
const bindMw: Fill = (row, e) => {
  const bits = e.uint("fl", 0);
  row.qp = e.id("qp");
  row.opcode = "BIND_MW";
  row.wr_id = e.big("wr_id", 0n);
  row.flags =
    (bits & 2 ? FLAGS.signaled : 0) |
    (bits & 8 ? FLAGS.inline : 0) |
    (bits & 1 ? FLAGS.fence : 0) |
    (bits & 4 ? FLAGS.solicited : 0);
  row.remote_addr = e.big("addr", 0n);
};

/** What a call's events fill in besides time, thread, context and status. */
const CONTROL: Partial<Record<Verb, Fill>> = {
  get_device_list: (row, e) => {
    row.devices = e.uint("devices", 0, 0xffff);
  },
  query_device: () => undefined,
  query_port: () => undefined,
  query_gid: () => undefined,
  query_pkey: () => undefined,
  open_device: () => undefined,
  close_device: () => undefined,
  get_async_event: () => undefined,
  alloc_pd: ids(PD),
  dealloc_pd: ids(PD),
  create_ah: ids(PD),
  destroy_ah: () => undefined,
  reg_mr: regMr,
  rereg_mr: deregMr,
  dereg_mr: deregMr,
  create_comp_channel: () => undefined,
  destroy_comp_channel: () => undefined,
  create_cq: createCq,
  resize_cq: createCq,
  destroy_cq: ids(CQ),
  get_cq_event: ids(CQ),
  ack_cq_events: ids(CQ),
  req_notify_cq: (row, e) => {
    row.cq = e.id("cq");
    if (e.int("solicited_only", 0) !== 0) row.flags |= FLAGS.solicited;
  },
  create_srq: createSrq,
  modify_srq: ids(SRQ),
  query_srq: ids(SRQ),
  destroy_srq: ids(SRQ),
  create_qp: createQp,
  modify_qp: modifyQp,
  query_qp: ids(QP),
  destroy_qp: ids(QP),
  attach_mcast: ids(QP),
  detach_mcast: ids(QP),
  alloc_mw: (row, e) => {
    row.pd = e.id("pd");
    row.rkey = e.id("rkey");
  },
  dealloc_mw: (row, e) => {
    row.rkey = e.id("rkey");
  },
};

const ALIASES: Record<string, Verb> = {
  bind_mw: "post_send", // ibv_bind_mw posts a work request
  create_qp_ex: "create_qp",
  create_cq_ex: "create_cq",
  create_srq_ex: "create_srq",
  reg_mr_iova: "reg_mr",
  reg_mr_iova2: "reg_mr",
};

/** The control verb of an event, and what fills its row; undefined for an event that is none. */
export function controlVerb(ev: string): { verb: Verb; fill: Fill } | undefined {
  const verb = ALIASES[ev] ?? ev;
  if (!(verb in VERB_ID)) return undefined;
  const fill =
    ev === "bind_mw" ? bindMw : verb.startsWith("rdma_") ? (): void => undefined : CONTROL[verb as Verb];
  return fill && { verb: verb as Verb, fill };
}

/** A failed call's errno; a library call that returns -1 does not say it. */
export function statusOf(event: Event): number {
  const rc = event.int("rc", 0);
  return rc === 0 ? 0 : rc > 0 && rc < 0xffff ? rc : 0xffff;
}
