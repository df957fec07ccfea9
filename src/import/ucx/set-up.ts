import { NO_ID } from "../../abi/columns.js";
import { QP_STATES, QP_TYPES, type Verb } from "../../abi/verbs.js";
import type { VerbsRow } from "../../trace/table/rows.js";
import { ACCESS, DEPTH, GRH_BYTES, TO_INIT, TO_RTR } from "../verbs/inferred.js";
import type { Program, Qp } from "./program.js";

/** What a replay takes of a QP (model.md, R2.44). */
const QUEUE = 1 << 24,
  ENTRIES = 1024,
  INLINE = 65_536;
const upTo = (n: number, most: number): number => (n <= most ? n : 0);

/** Rows of what the process must have made before its first work request. */
export function* setUp(program: Program, row: (verb: Verb) => VerbsRow): Generator<VerbsRow> {
  yield row("open_device");
  yield { ...row("alloc_pd"), pd: 0 };
  for (const [key, { low, high }] of program.local.extents)
    yield {
      ...row("reg_mr"),
      pd: 0,
      mr: key,
      lkey: key,
      rkey: key,
      addr: BigInt(low),
      remote_addr: BigInt(low),
      size: BigInt(high - low),
      access: ACCESS,
    };
  for (const qp of program.qps) if (qp.used) yield* makeQp(qp, row);
}

function* makeQp(qp: Qp, row: (verb: Verb) => VerbsRow): Generator<VerbsRow> {
  const { created, connected } = qp;
  for (const cq of [qp.send_cq, qp.recv_cq]) yield { ...row("create_cq"), cq, cqe: 2 * DEPTH };
  yield {
    ...row("create_qp"),
    pd: 0,
    qp: qp.number,
    cq: qp.send_cq,
    rcq: qp.recv_cq,
    qp_type: QP_TYPES.indexOf(qp.ud ? "UD" : "RC"),
    cap_send_wr: upTo(created?.send_wr ?? 0, QUEUE),
    cap_recv_wr: upTo(created?.recv_wr ?? 0, QUEUE),
    cap_send_sge: upTo(created?.send_sge ?? 0, ENTRIES),
    cap_recv_sge: upTo(created?.recv_sge ?? 0, ENTRIES),
    cap_inline: upTo(created?.inline ?? 0, INLINE),
  };
  yield { ...row("modify_qp"), qp: qp.number, qp_state: QP_STATES.indexOf("INIT"), attr_mask: TO_INIT };
  yield {
    ...row("modify_qp"),
    qp: qp.number,
    qp_state: QP_STATES.indexOf("RTR"),
    attr_mask: TO_RTR,
    peer_qp: qp.ud || qp.alone ? NO_ID : (connected?.peer ?? NO_ID),
    path_mtu: qp.mtu,
  };
  yield {
    ...row("modify_qp"),
    qp: qp.number,
    qp_state: QP_STATES.indexOf("RTS"),
    max_rd_atomic: upTo(connected?.reads ?? 0, 255),
  };
  for (let i = 0; i < Math.min(DEPTH, qp.arrivals); i++) yield receive(row("post_recv"), qp, i);
}

/** Makes `row` the receive with this number among those of its QP. */
export function receive(row: VerbsRow, qp: Qp, number: number): VerbsRow {
  row.qp = qp.number;
  row.wr_id = BigInt(number);
  row.length = qp.longest + (qp.ud ? GRH_BYTES : 0);
  row.num_sge = row.length > 0 ? 1 : 0;
  return row;
}
