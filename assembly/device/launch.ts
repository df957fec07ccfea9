// Work that enters the device: the WRs of a call, an arm, a message of the simulated peer.

import {
  C_OPS_INJECTED,
  F_DOORBELL,
  F_PAYLOAD_BYTES,
  F_SGE,
  F_WQE_UNITS,
  F_WR,
  I_COST,
  I_END,
  I_LAUNCH,
  INSTR_ARG,
  INSTR_COEF,
  INSTR_OP,
  INSTR_SIZE,
  L_HCA_DOORBELL,
  O_ATOMIC_CMP_AND_SWP,
  O_ATOMIC_FETCH_AND_ADD,
  O_RDMA_WRITE_WITH_IMM,
  O_RECV_RDMA_WITH_IMM,
  O_SEND,
  P_BURST_BYTES,
  P_DOORBELL_LATENCY,
  P_MTU,
  ST_ARM,
  ST_RING,
  ST_STEP,
} from "../gen/abi";
import { move } from "../lib/mem";
import { take } from "../lib/pool";
import { CHARGES, costOf, followLedger } from "../model/charges";
import { scaled, timeOf } from "../model/clock";
import { sizeClass } from "../world/account";
import { CALL_FLAGS, CALL_ITEMS, CALL_QP, SEND_ITEM } from "../world/call";
import { Cq, Qp } from "../world/objects";
import { FLOW_BYTES, Flow, HEAD_OWN, OP_SGES, Op, SGE_BYTES } from "../world/operation";
import { form, guarded, PEER_PROGRAM, programAt } from "../world/program";
import { count, FREE_FLOW, nodeAt, nodeCount, param } from "../world/state";
import { clockOf, ownOf, Thread } from "../world/thread";
import { newFlow, newOp, queue, startAtThread, tieOf } from "./flow";
import { lat } from "./stage";

/**
 * Operations are numbered as their calls begin; arms and injected messages as they are made (R3.8, R4.6.4).
 */
let nextNumber: u64 = 0;
const PEER_FEATURES: usize = memory.data(256);

/** The first of `n` new numbers (R3.8). */
export function numbers(n: u64): u64 {
  const first = nextNumber;
  nextNumber += n;
  return first;
}

/** MTU, bytes moved and bursts (R4.2.7, R4.15, R4.19). */
function shape(op: Op, mtu: u32): void {
  op.mtu = mtu != 0 ? mtu : <u32>param(P_MTU);
  const atomic = op.opcode == O_ATOMIC_CMP_AND_SWP || op.opcode == O_ATOMIC_FETCH_AND_ADD;
  op.moved = atomic ? 8 : op.length;
  let burst = (<u32>param(P_BURST_BYTES) / op.mtu) * op.mtu;
  if (burst == 0) burst = op.mtu;
  const inl = (op.flags & 2) != 0;
  if (inl && op.moved > burst) burst = op.moved;
  op.burst = burst;
  op.bursts = op.moved <= burst ? 1 : (op.moved + burst - 1) / burst;
  op.size_class = sizeClass(op.length);
}

/**
 * post_send: every accepted WR of the call becomes an operation;
 * the first carries the doorbell (R4.1.1, R4.1.5).
 */
export function launchSends(t: Thread, call: usize, items: usize): void {
  const n = load<u32>(call, CALL_ITEMS);
  if (n == 0) return;
  const qp = changetype<Qp>(<usize>load<u32>(call, CALL_QP));
  let item = items;
  let first: Op = changetype<Op>(0);
  let last: Op = changetype<Op>(0);
  for (let i: u32 = 0; i < n; i++) {
    const op = newOp();
    const sges = <u32>load<u16>(item, 2);
    op.number = t.number + i;
    op.call_start = t.call_start;
    op.opcode = load<u8>(item);
    op.flags = load<u8>(item, 1);
    op.units = load<u32>(item, 4);
    op.length = load<u32>(item, 8);
    op.remote_mr = load<u32>(item, 12);
    op.remote_offset = load<u64>(item, 16);
    op.num_sge = sges;
    op.src = qp.node;
    op.qp = <u32>changetype<usize>(qp);
    op.peer = load<u32>(item, 24);
    op.dst = op.peer != 0 ? changetype<Qp>(<usize>op.peer).node : nodeAt(nodeCount);
    op.kind = qp.kind;
    move(changetype<usize>(op) + OP_SGES, item + SEND_ITEM, <usize>sges * SGE_BYTES);
    op.max_rd = load<u16>(item, 30);
    op.index = load<u32>(item, 32);
    shape(op, load<u16>(item, 28));
    item += SEND_ITEM + <usize>sges * SGE_BYTES;
    const ptr = <u32>changetype<usize>(op);
    if (qp.sq_last != 0) changetype<Op>(<usize>qp.sq_last).sq_next = ptr;
    qp.sq_last = ptr;
    if (qp.gate_head == 0) qp.gate_head = ptr;
    if (qp.wire_head == 0) qp.wire_head = ptr;
    if (qp.retire_head == 0) qp.retire_head = ptr;
    if (i == 0) first = op;
    else last.call_next = ptr;
    last = op;
  }
  first.bf_bytes = load<u32>(call, CALL_FLAGS);
  first.blueflame = first.bf_bytes != 0 ? 1 : 0;
  const fl = newFlow(first, 0);
  startAtThread(fl, clockOf(t), ownOf(t));
  fl.stage = ST_RING;
  queue(fl);
}

/** req_notify_cq: the arm travels to the device (R4.5.4). */
export function launchArm(t: Thread, cq: Cq, solicited: u32): void {
  const fl = changetype<Flow>(take(FREE_FLOW, FLOW_BYTES));
  fl.tie = tieOf(t.number, 0);
  fl.single = 1;
  fl.stage = ST_ARM;
  fl.cq = <u32>changetype<usize>(cq);
  fl.solicited = solicited;
  startAtThread(fl, clockOf(t), 0);
  lat(fl, L_HCA_DOORBELL, param(P_DOORBELL_LATENCY));
  queue(fl);
}

/** A step of the simulated peer's program: the flow stands at no stage yet. */
function atPeerStep(fl: Flow, instr: usize, n: u64): void {
  fl.stage = ST_STEP;
  fl.burst = <u32>((instr - programAt(PEER_PROGRAM)) / INSTR_SIZE);
  costOf(n);
}

/**
 * The simulated peer answers a wait: it posts a message of `length`
 * bytes at the waiting thread's clock (R4.6.4, R4.6.5).
 */
export function inject(t: Thread, qp: Qp, opcode: u32, length: u32, mtu: u32): void {
  const op = newOp();
  op.number = numbers(1);
  op.call_start = timeOf(clockOf(t));
  op.opcode = opcode == O_RECV_RDMA_WITH_IMM ? O_RDMA_WRITE_WITH_IMM : O_SEND;
  op.flags = 1;
  op.units = 2;
  op.length = length;
  op.src = nodeAt(nodeCount);
  op.dst = qp.node;
  op.peer = <u32>changetype<usize>(qp);
  op.kind = qp.kind;
  op.injected = 1;
  shape(op, mtu);
  const fl = newFlow(op, 0);
  startAtThread(fl, clockOf(t), 0);
  if (CHARGES) followLedger(changetype<usize>(fl) + HEAD_OWN, op.number, 1);
  store<u64>(PEER_FEATURES + (F_WR << 3), 1);
  store<u64>(PEER_FEATURES + (F_SGE << 3), 1);
  store<u64>(PEER_FEATURES + (F_WQE_UNITS << 3), op.units);
  store<u64>(PEER_FEATURES + (F_DOORBELL << 3), 1);
  store<u64>(PEER_FEATURES + (F_PAYLOAD_BYTES << 3), length);
  let instr = programAt(PEER_PROGRAM);
  while (instr != 0) {
    const kind = <u32>load<u8>(instr, INSTR_OP);
    if (kind == I_END || kind == I_LAUNCH) break;
    if (kind == I_COST && guarded(instr, PEER_FEATURES)) {
      const n = form(instr, PEER_FEATURES);
      if (CHARGES) atPeerStep(fl, instr, n);
      lat(fl, load<u8>(instr, INSTR_ARG), scaled(n, load<u64>(instr, INSTR_COEF)));
    }
    instr += INSTR_SIZE;
  }
  if (CHARGES) fl.burst = 0;
  fl.stage = ST_RING;
  count(C_OPS_INJECTED, 1);
  queue(fl);
}
