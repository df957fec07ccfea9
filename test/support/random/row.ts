import { NO_ENUM, NO_ID } from "../../../src/abi/columns.js";
import type { VerbsRowLike } from "../../oracle/rows.js";

/** A row of verbs/1 in which nothing applies but what is given. */
export function row(given: Partial<VerbsRowLike> & { verb: string }): VerbsRowLike {
  return {
    t: 0n, dur: 0, node: 0, tid: 0, call: 0, ctx: 0, pd: NO_ID, qp: NO_ID, cq: NO_ID, rcq: NO_ID, srq: NO_ID, mr: NO_ID, lkey: NO_ID, rkey: NO_ID,
    peer_qp: NO_ID, wr_id: 0n, opcode: "NONE", flags: 0, length: 0, num_sge: 0, sge: [], remote_addr: 0n, imm: 0, status: 0, addr: 0n, size: 0n,
    access: 0, runs: [], cqe: 0, cap_send_wr: 0, cap_recv_wr: 0, cap_send_sge: 0, cap_recv_sge: 0, cap_inline: 0, qp_type: NO_ENUM,
    qp_state: NO_ENUM, attr_mask: 0, path_mtu: 0, max_rd_atomic: 0, rq_psn: NO_ID, sq_psn: NO_ID, await_writes: 0, devices: 0,
    ...given,
  };
}
