import { NO_ENUM, NO_ID } from "../../abi/columns.js";
import type { Opcode, Verb } from "../../abi/verbs.js";

export interface Sge {
  addr: bigint;
  length: number;
  lkey: number;
}
export interface PageRun {
  page: bigint;
  frame: bigint;
  count: number;
}

/** One row of verbs/1 with every column; see abi/columns.ts for their meaning. */
export interface VerbsRow {
  t: bigint;
  dur: number;
  node: number;
  tid: number;
  call: number;
  verb: Verb;
  ctx: number;
  pd: number;
  qp: number;
  cq: number;
  rcq: number;
  srq: number;
  mr: number;
  lkey: number;
  rkey: number;
  peer_qp: number;
  wr_id: bigint;
  opcode: Opcode;
  flags: number;
  length: number;
  num_sge: number;
  sge: Sge[];
  remote_addr: bigint;
  imm: number;
  status: number;
  addr: bigint;
  size: bigint;
  access: number;
  runs: PageRun[];
  cqe: number;
  cap_send_wr: number;
  cap_recv_wr: number;
  cap_send_sge: number;
  cap_recv_sge: number;
  cap_inline: number;
  qp_type: number;
  qp_state: number;
  attr_mask: number;
  path_mtu: number;
  max_rd_atomic: number;
  rq_psn: number;
  sq_psn: number;
  await_writes: number;
  devices: number;
}

export function emptyRow(verb: Verb): VerbsRow {
  return {
    t: 0n,
    dur: 0,
    node: 0,
    tid: 0,
    call: 0,
    verb,
    ctx: 0,
    pd: NO_ID,
    qp: NO_ID,
    cq: NO_ID,
    rcq: NO_ID,
    srq: NO_ID,
    mr: NO_ID,
    lkey: NO_ID,
    rkey: NO_ID,
    peer_qp: NO_ID,
    wr_id: 0n,
    opcode: "NONE",
    flags: 0,
    length: 0,
    num_sge: 0,
    sge: [],
    remote_addr: 0n,
    imm: 0,
    status: 0,
    addr: 0n,
    size: 0n,
    access: 0,
    runs: [],
    cqe: 0,
    cap_send_wr: 0,
    cap_recv_wr: 0,
    cap_send_sge: 0,
    cap_recv_sge: 0,
    cap_inline: 0,
    qp_type: NO_ENUM,
    qp_state: NO_ENUM,
    attr_mask: 0,
    path_mtu: 0,
    max_rd_atomic: 0,
    rq_psn: NO_ID,
    sq_psn: NO_ID,
    await_writes: 0,
    devices: 0,
  };
}
