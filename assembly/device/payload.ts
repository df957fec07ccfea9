// Payload bursts: out of one node's memory, over its link (R4.2.1 to
// R4.2.11; READ responses run it from the responder, R4.3.2).

import {
  C_WIRE_BYTES,
  C_WIRE_PACKETS,
  L_DMA_PAYLOAD,
  L_WIRE_FLY,
  L_WIRE_SERIALIZE,
  O_RDMA_READ,
  O_RDMA_WRITE,
  O_RDMA_WRITE_WITH_IMM,
  O_SEND_WITH_IMM,
  O_SEND_WITH_INV,
  P_FLY,
  P_HEADER_BYTES,
  P_MPS,
  ST_LINK,
  ST_READ_DATA,
  ST_RECEIVE,
  ST_RESPONSE_RECEIVE,
} from "../gen/abi";
import { Flow, Op } from "../world/operation";
import { count, deviceClock, Node, param, R_DOWN, R_LINK, R_UP } from "../world/state";
import { requesterDone } from "./complete";
import { ACK_SUB, newFlow, startAtTail } from "./flow";
import { enterWire, leaveWire } from "./gate";
import { admitNext, enterLine, leaveLine, servedOnLink } from "./line";
import { loops, readsPayload } from "./requester";
import {
  completionTime,
  ctl,
  fifo,
  headOf,
  lat,
  occupy,
  readRtt,
  requestTime,
  wireBytes,
  wireTime,
  writeTime,
} from "./stage";
import { countRead, translateLocal, translateRemote } from "./translate";

/** Extended headers in bytes (R4.14). */
// @ts-ignore: decorator
@inline
const RETH: u64 = 16;
// @ts-ignore: decorator
@inline
const AETH: u64 = 4;
// @ts-ignore: decorator
@inline
const IMM: u64 = 4;
// @ts-ignore: decorator
@inline
const DETH: u64 = 8;
// @ts-ignore: decorator
@inline
const UD: u32 = 2;

/** The node whose memory the payload leaves. */
// @ts-ignore: decorator
@inline
function source(op: Op): Node {
  return op.opcode == O_RDMA_READ ? op.dst : op.src;
}
// @ts-ignore: decorator
@inline
export function isLast(fl: Flow): bool {
  return fl.burst + 1 >= fl.op.bursts;
}

/** False when the first burst waits in the payload line (R4.2.1). */
export function readRequest(fl: Flow): bool {
  ctl(deviceClock(source(fl.op), R_UP), fl, L_DMA_PAYLOAD, requestTime(fl.bytes), writeTime(param(P_MPS)));
  lat(fl, L_DMA_PAYLOAD, readRtt());
  fl.stage = ST_READ_DATA;
  return enterLine(fl);
}

/** False when the burst is parked at the wire gate (R4.2.5, R4.2.6). */
export function readData(fl: Flow): bool {
  const op = fl.op;
  const node = source(op);
  if (fl.burst != 0) {
    // Its requests went out while the burst before was moving: they
    // take their share of the link, nobody waits for them.
    occupy(deviceClock(node, R_UP), L_DMA_PAYLOAD, requestTime(fl.bytes), headOf(fl));
    const from = <u64>fl.burst * <u64>op.burst;
    if (op.opcode != O_RDMA_READ) translateLocal(fl, op, from, fl.bytes);
    else if (op.peer != 0) translateRemote(fl, op, from, fl.bytes);
  }
  const first = fl.bytes < op.mtu ? fl.bytes : op.mtu;
  fifo(deviceClock(node, R_DOWN), fl, L_DMA_PAYLOAD, completionTime(first), completionTime(fl.bytes));
  countRead(fl.bytes);
  if (!isLast(fl)) {
    const next = newFlow(op, (<u64>fl.burst + 1) << 1);
    startAtTail(next, fl);
    next.burst = fl.burst + 1;
    const left = op.moved - next.burst * op.burst;
    next.bytes = left < op.burst ? left : op.burst;
    next.stage = ST_READ_DATA;
    admitNext(next);
  } else leaveLine(fl);
  fl.stage = ST_LINK;
  return op.opcode == O_RDMA_READ || enterWire(fl);
}

/** The burst goes over the link of the node that it leaves, where it leaves it (R4.2.11, R4.16, R4.17, R4.28). */
export function link(fl: Flow): void {
  const op = fl.op;
  const read = op.opcode == O_RDMA_READ;
  const header = param(P_HEADER_BYTES) + (op.kind == UD ? DETH : 0);
  const mtu = <u64>op.mtu,
    n = <u64>fl.bytes;
  const last = isLast(fl);
  const packets = n <= mtu ? 1 : (n + mtu - 1) / mtu;
  let front: u64 = 0,
    back: u64 = 0;
  if (read) {
    if (fl.burst == 0) front = AETH;
    if (last && !(fl.burst == 0 && packets == 1)) back = AETH;
  } else {
    if (fl.burst == 0 && (op.opcode == O_RDMA_WRITE || op.opcode == O_RDMA_WRITE_WITH_IMM)) front = RETH;
    if (
      last &&
      (op.opcode == O_SEND_WITH_IMM || op.opcode == O_SEND_WITH_INV || op.opcode == O_RDMA_WRITE_WITH_IMM)
    )
      back = IMM;
  }
  const all = wireBytes(n, mtu, header) + front + back;
  const first = packets == 1 ? all : mtu + header + front;
  fl.packets = <u32>packets;
  if (!loops(op)) {
    fifo(deviceClock(source(op), R_LINK), fl, L_WIRE_SERIALIZE, wireTime(first), wireTime(all));
    count(C_WIRE_PACKETS, packets);
    count(C_WIRE_BYTES, all);
  }
  if (n != 0 && (read || readsPayload(op))) servedOnLink(fl);
  if (last && !read) leaveWire(op, fl);
  if (last && op.kind != 0 && !read) {
    const done = newFlow(op, ACK_SUB);
    startAtTail(done, fl);
    requesterDone(done);
  }
  if (!loops(op)) lat(fl, L_WIRE_FLY, param(P_FLY));
  fl.stage = read ? ST_RESPONSE_RECEIVE : ST_RECEIVE;
}
