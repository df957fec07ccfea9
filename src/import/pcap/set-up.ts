import { QP_STATES, type Verb } from "../../abi/verbs.js";
import { emptyRow, type VerbsRow } from "../../trace/table/rows.js";
import { ACCESS, DEPTH, TO_INIT, TO_RTR } from "../verbs/inferred.js";
import type { NodeQp, PortNode } from "./nodes.js";

/** A receive of a QP, by its number among those of the QP. */
export interface Receive {
  readonly qp: NodeQp;
  readonly number: number;
}

/** Receives that are posted before the first message. */
const postedFirst = ({ receives }: NodeQp): number => Math.min(DEPTH, receives);

/** Control calls of a node, without time and number, and the receives that are posted between them. */
export function* setUp({ qps, regions }: PortNode): Generator<VerbsRow | Receive, void> {
  yield emptyRow("open_device");
  yield row("alloc_pd", { pd: 0 });
  for (const [rkey, { low, high }] of regions)
    yield row("reg_mr", {
      pd: 0,
      mr: rkey,
      lkey: rkey,
      rkey,
      addr: low,
      remote_addr: low,
      size: high - low,
      access: ACCESS,
    });
  for (const q of qps.values()) {
    const { qpn: qp, cq } = q;
    yield row("create_cq", { cq, cqe: 2 * DEPTH });
    yield row("create_qp", { pd: 0, qp, cq, rcq: cq, qp_type: q.type });
    yield row("modify_qp", { qp, qp_state: QP_STATES.indexOf("INIT"), attr_mask: TO_INIT });
    yield row("modify_qp", {
      qp,
      qp_state: QP_STATES.indexOf("RTR"),
      attr_mask: TO_RTR,
      peer_qp: q.peer,
      path_mtu: q.mtu,
      rq_psn: q.rq_psn,
    });
    yield row("modify_qp", { qp, qp_state: QP_STATES.indexOf("RTS"), sq_psn: q.sq_psn });
    for (let number = 0; number < postedFirst(q); number++) yield { qp: q, number };
  }
}
/** How many those are. */
export function setUpRows({ qps, regions }: PortNode): number {
  let rows = 2 + regions.size;
  for (const qp of qps.values()) rows += 5 + postedFirst(qp);
  return rows;
}

const row = (verb: Verb, values: Partial<VerbsRow>): VerbsRow => ({ ...emptyRow(verb), ...values });
