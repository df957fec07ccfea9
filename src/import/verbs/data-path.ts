import { FLAGS, OPCODE_ID, type Opcode, type Verb, WC_STATUS } from "../../abi/verbs.js";
import { emptyRow, type VerbsRow } from "../../trace/table/rows.js";
import { statusOf } from "./control.js";
import type { Event } from "./event.js";

const WC_OPCODES = new Map<string, Opcode>(
  Object.entries({
    SEND: "SEND",
    RDMA_WRITE: "RDMA_WRITE",
    RDMA_READ: "RDMA_READ",
    COMP_SWAP: "ATOMIC_CMP_AND_SWP",
    FETCH_ADD: "ATOMIC_FETCH_AND_ADD",
    BIND_MW: "BIND_MW",
    LOCAL_INV: "LOCAL_INV",
    RECV: "RECV",
    RECV_RDMA_WITH_IMM: "RECV_RDMA_WITH_IMM",
  }),
);

/** Time, thread, call and context, which all events of the data path have. */
export function rowOf(verb: Verb, e: Event, node: number): VerbsRow {
  const row = emptyRow(verb);
  row.t = e.big("t");
  row.dur = Math.min(e.int("dur", 0), 0xffffffff);
  row.node = node;
  row.tid = e.uint("tid");
  row.call = e.int("seq") % 2 ** 32;
  row.ctx = e.uint("ctx", 0);
  return row;
}

export function postRow(verb: "post_send" | "post_recv" | "post_srq_recv", e: Event, node: number): VerbsRow {
  const row = rowOf(verb, e, node);
  if (verb === "post_srq_recv") row.srq = e.id("srq");
  else row.qp = e.id("qp");
  row.wr_id = e.big("wr_id");
  row.status = statusOf(e);
  row.sge = e.sges();
  row.num_sge = row.sge.length;
  row.length = Math.min(
    row.sge.reduce((sum, s) => sum + s.length, 0),
    0xffffffff,
  );
  if (verb !== "post_send") return row;
  const opcode = e.text("op");
  if (!Object.hasOwn(OPCODE_ID, opcode)) throw e.error("op", "must be an opcode that is modelled");
  row.opcode = opcode as Opcode;
  for (const flag of e.text("fl", "").split("|")) {
    if (flag === "" || flag === "ip_csum") continue;
    if (!Object.hasOwn(FLAGS, flag)) throw e.error("fl", `must be made of ${Object.keys(FLAGS).join(", ")}`);
    row.flags |= FLAGS[flag as keyof typeof FLAGS];
  }
  row.remote_addr = e.big("ra", 0n);
  row.rkey = e.id("rk");
  row.imm = e.uint("imm", 0);
  row.peer_qp = e.id("ud_qpn");
  return row;
}

/** One row a completion; they share the call. */
export function pollRows(e: Event, node: number): VerbsRow[] {
  const completions = e.objects("wc");
  if (completions.length === 0) {
    const row = emptyPolls(e, node, 1n, e.int("dur", 0));
    row.status = e.int("rc", 0) < 0 ? 0xffff : 0;
    return [row];
  }
  return completions.map((wc) => {
    const row = rowOf("poll_cq", e, node);
    row.cq = e.id("cq");
    row.qp = wc.id("qp");
    row.wr_id = wc.big("wr_id");
    row.status = statusOfCompletion(wc);
    const opcode = WC_OPCODES.get(String(wc.value("op")));
    if (!opcode && row.status === 0) throw wc.error("op", "must be an opcode that is modelled");
    row.opcode = opcode ?? "NONE";
    row.length = row.status === 0 ? wc.uint("len", 0) : 0;
    row.imm = wc.uint("imm", 0);
    return row;
  });
}
function statusOfCompletion(wc: Event): number {
  const status = wc.value("st");
  const number =
    typeof status === "string" ? (WC_STATUS as readonly string[]).indexOf(status) : Number(status);
  if (!(number >= 0 && number <= 0xffff)) throw wc.error("st", "must be a completion status of libibverbs");
  return number;
}

export function emptyPollRow(e: Event, node: number): VerbsRow {
  const count = e.big("count");
  if (count === 0n) throw e.error("count", "must be at least 1");
  const last = Number(e.big("t_last") - e.big("t")) + Math.round(e.int("sum_dur", 0) / Number(count));
  return emptyPolls(e, node, count, last);
}
function emptyPolls(e: Event, node: number, count: bigint, dur: number): VerbsRow {
  const row = rowOf("poll_cq_empty", e, node);
  row.cq = e.id("cq");
  row.size = count;
  row.dur = Math.min(Math.max(dur, 0), 0xffffffff);
  return row;
}
