import { NO_ID } from "../../abi/columns.js";
import { FLAGS, QP_STATES, QP_TYPES, type Verb } from "../../abi/verbs.js";
import type { Sge, VerbsRow } from "../../trace/table/rows.js";
import { ACCESS, DEPTH, TO_INIT, TO_RTR } from "../verbs/inferred.js";
import type { Program, Qp } from "./program.js";

/** Rows of what the process must have made before its first work request. */
export function* setUp(program: Program, row: (verb: Verb, ctx: number) => VerbsRow): Generator<VerbsRow> {
  for (const ctx of program.devices.keys()) {
    yield row("open_device", ctx);
    yield { ...row("alloc_pd", ctx), pd: ctx };
  }
  for (const qp of program.qps) yield* makeQp(qp, (verb) => row(verb, qp.ctx));
}

function* makeQp(qp: Qp, row: (verb: Verb) => VerbsRow): Generator<VerbsRow> {
  const pd = qp.ctx,
    { key } = qp,
    addr = BigInt(qp.region);
  if (qp.bytes > 0)
    yield {
      ...row("reg_mr"),
      pd,
      mr: key,
      lkey: key,
      rkey: key,
      addr,
      remote_addr: addr,
      size: BigInt(qp.bytes),
      access: ACCESS,
    };
  for (const cq of [qp.send_cq, qp.recv_cq]) yield { ...row("create_cq"), cq, cqe: 2 * DEPTH };
  yield {
    ...row("create_qp"),
    pd,
    qp: qp.number,
    cq: qp.send_cq,
    rcq: qp.recv_cq,
    qp_type: QP_TYPES.indexOf(qp.ud ? "UD" : "RC"),
    flags: qp.signals_all ? FLAGS.signaled : 0,
  };
  yield { ...row("modify_qp"), qp: qp.number, qp_state: QP_STATES.indexOf("INIT"), attr_mask: TO_INIT };
  yield {
    ...row("modify_qp"),
    qp: qp.number,
    qp_state: QP_STATES.indexOf("RTR"),
    attr_mask: TO_RTR,
    peer_qp: qp.dest === 0 || qp.alone ? NO_ID : qp.dest,
    path_mtu: qp.mtu,
  };
  yield { ...row("modify_qp"), qp: qp.number, qp_state: QP_STATES.indexOf("RTS") };
  const first = qp.posted > 0 ? qp.before : Math.min(DEPTH, qp.arrivals);
  for (let i = 0; i < first; i++) yield receive(row("post_recv"), qp, BigInt(i), 1);
}

/** Makes `row` a receive of the longest message that its QP gets. */
export function receive(row: VerbsRow, qp: Qp, wr_id: bigint, num_sge: number): VerbsRow {
  row.qp = qp.number;
  row.wr_id = wr_id;
  row.length = num_sge > 0 ? qp.longest : 0;
  row.num_sge = num_sge;
  row.sge = pieces(qp, row.length, num_sge);
  return row;
}

/** As many SGEs as were posted, which lie one behind the other in the QP's region and are equally long. */
export function pieces(qp: Qp, length: number, num_sge: number): Sge[] {
  const sges: Sge[] = [];
  if (length === 0) return sges;
  for (let i = 0, from = 0; i < num_sge; i++) {
    const to = Math.floor((length * (i + 1)) / num_sge);
    sges.push({ addr: BigInt(qp.region + from), length: to - from, lkey: qp.key });
    from = to;
  }
  return sges;
}
