// The requester's half: doorbell, WQE fetch, engine, requests (R4.1.2 to R4.1.8, R4.3.1).

import {
  C_PCIE_TLPS,
  C_WIRE_BYTES,
  C_WIRE_PACKETS,
  C_WQE_BYTES,
  C_WQE_POSTED,
  L_HCA_DOORBELL,
  L_HCA_PROCESS,
  L_HCA_WQE_FETCH,
  L_WIRE_FLY,
  L_WIRE_SERIALIZE,
  O_BIND_MW,
  O_LOCAL_INV,
  O_RDMA_READ,
  P_BF_UC,
  P_DOORBELL_LATENCY,
  P_FLY,
  P_HEADER_BYTES,
  P_MPS,
  P_PROCESS,
  P_WQE_FETCH,
  ST_ENGINE,
  ST_LINK,
  ST_READ_REQUEST,
  ST_REQUEST_LINK,
  ST_REQUEST_RECEIVE,
  ST_WQE_DATA,
  ST_WQE_REQUEST,
} from "../gen/abi";
import { clockCopy } from "../model/clock";
import { QP_GATE, Qp } from "../world/objects";
import { Flow, Op } from "../world/operation";
import { count, deviceClock, param, R_DOWN, R_LINK, R_TX, R_UP } from "../world/state";
import { requesterDone } from "./complete";
import { newFlow, queue, startAtHead } from "./flow";
import { enterGate, enterWire, holdsReadSlot, leaveWire, openGate } from "./gate";
import { joinLine } from "./line";
import {
  completionTime,
  ctl,
  doorbellTime,
  fifo,
  fullPacketTime,
  headOf,
  lat,
  requestTime,
  wireTime,
  writeTime,
} from "./stage";
import { countRead, lookupQpc, translateLocal } from "./translate";

// @ts-ignore: decorator
@inline
const INLINE: u32 = 2;
// @ts-ignore: decorator
@inline
const RETH: u64 = 16;
// @ts-ignore: decorator
@inline
const ATOMIC_ETH: u64 = 28;
// @ts-ignore: decorator
@inline
const DOORBELL: u64 = 4;

/** Both ends are QPs of one node: nothing leaves its HCA (R4.28). */
// @ts-ignore: decorator
@inline
export function loops(op: Op): bool {
  return op.peer != 0 && changetype<usize>(op.src) == changetype<usize>(op.dst);
}
/** Bytes of a WQE (R2.27). */
export function wqeBytes(op: Op): u64 {
  return (<u64>((op.units + 3) >> 2)) << 6;
}
/** True when the HCA reads the payload from host memory (R4.1.7). */
export function readsPayload(op: Op): bool {
  return op.moved != 0 && (op.flags & INLINE) == 0;
}

/**
 * The doorbell or BlueFlame write of a call arrives; the rest of its list follows behind it (R4.1.2, R4.1.3).
 */
export function ring(fl: Flow): bool {
  const op = fl.op;
  const node = op.src;
  let bytes = DOORBELL,
    tlps: u64 = 1;
  if (op.blueflame) {
    bytes = op.bf_bytes;
    tlps = param(P_BF_UC) != 0 ? bytes >> 3 : bytes >> 6;
  }
  ctl(deviceClock(node, R_DOWN), fl, L_HCA_DOORBELL, doorbellTime(bytes, tlps), completionTime(param(P_MPS)));
  count(C_PCIE_TLPS, tlps);
  lat(fl, L_HCA_DOORBELL, param(P_DOORBELL_LATENCY));
  let next = op.call_next;
  while (next != 0) {
    const other = changetype<Op>(<usize>next);
    const flow = newFlow(other, 0);
    startAtHead(flow, fl);
    posted(other);
    flow.stage = ST_WQE_REQUEST;
    queue(flow);
    next = other.call_next;
  }
  posted(op);
  if (!op.blueflame) {
    fl.stage = ST_WQE_REQUEST;
    return true;
  }
  return atGate(fl);
}
/** Counts a WQE that the device learns of (R4.1.3). */
function posted(op: Op): void {
  count(C_WQE_POSTED, 1);
  count(C_WQE_BYTES, wqeBytes(op));
}
/** The WQE is known: to the order gate, where there is one (R4.1.5, R4.6.6). */
function atGate(fl: Flow): bool {
  const op = fl.op;
  if (op.qp == 0) {
    fl.stage = ST_ENGINE;
    return true;
  }
  return enterGate(changetype<Qp>(<usize>op.qp), op, fl);
}

/** The request of a WQE (R4.1.4). */
export function wqeRequest(fl: Flow): void {
  const bytes = wqeBytes(fl.op);
  ctl(deviceClock(fl.op.src, R_UP), fl, L_HCA_WQE_FETCH, requestTime(bytes), writeTime(param(P_MPS)));
  lat(fl, L_HCA_WQE_FETCH, param(P_WQE_FETCH));
  fl.stage = ST_WQE_DATA;
}
/** A WQE arrives (R4.1.4). */
export function wqeData(fl: Flow): bool {
  const bytes = wqeBytes(fl.op);
  const t = completionTime(bytes);
  fifo(deviceClock(fl.op.src, R_DOWN), fl, L_HCA_WQE_FETCH, t, t);
  countRead(bytes);
  return atGate(fl);
}

/** The send engine; true when the flow goes on, false when it has ended here (R4.1.7, R4.1.8). */
export function engine(fl: Flow): bool {
  const op = fl.op;
  fifo(deviceClock(op.src, R_TX), fl, L_HCA_PROCESS, param(P_PROCESS), param(P_PROCESS));
  const reads = holdsReadSlot(op.opcode);
  if (op.qp != 0) {
    const qp = changetype<Qp>(<usize>op.qp);
    lookupQpc(fl, op.src, qp.ordinal);
    if (!reads && readsPayload(op)) translateLocal(fl, op, 0, op.burst < op.moved ? op.burst : op.moved);
    clockCopy(changetype<usize>(qp) + QP_GATE, headOf(fl));
    if (reads) qp.rd_outstanding++;
    qp.gate_head = op.sq_next;
    if (qp.gate_head != 0) {
      const next = changetype<Op>(<usize>qp.gate_head);
      if (next.gated != 0) {
        const waiting = changetype<Flow>(<usize>next.gated);
        next.gated = 0;
        if (openGate(qp, next, waiting)) queue(waiting);
      }
    }
  }
  if (op.opcode == O_LOCAL_INV || op.opcode == O_BIND_MW) {
    leaveWire(op, null);
    requesterDone(fl);
    return false;
  }
  if (reads) fl.stage = ST_REQUEST_LINK;
  else startPayload(fl);
  return fl.stage == ST_READ_REQUEST || enterWire(fl);
}

/** First burst of a payload on its way to the wire (R4.2.1, R4.2.7). */
export function startPayload(fl: Flow): void {
  const op = fl.op;
  fl.burst = 0;
  if (readsPayload(op)) {
    fl.bytes = op.burst < op.moved ? op.burst : op.moved;
    fl.stage = ST_READ_REQUEST;
    joinLine(op);
  } else {
    fl.bytes = op.moved;
    fl.stage = ST_LINK;
  }
}

/** A READ or atomic request on the requester's link (R4.2.8, R4.3.1). */
export function requestLink(fl: Flow): void {
  const op = fl.op;
  const bytes = param(P_HEADER_BYTES) + (op.opcode == O_RDMA_READ ? RETH : ATOMIC_ETH);
  if (!loops(op))
    ctl(deviceClock(op.src, R_LINK), fl, L_WIRE_SERIALIZE, wireTime(bytes), fullPacketTime(op.mtu));
  leaveWire(op, fl);
  flown(fl, bytes);
  fl.stage = ST_REQUEST_RECEIVE;
}

/** A control packet of `bytes` on a link, and its flight (R4.2.20, R4.3.5, R4.6). */
export function control(fl: Flow, link: usize, bytes: u64): void {
  if (!loops(fl.op)) ctl(link, fl, L_WIRE_SERIALIZE, wireTime(bytes), fullPacketTime(fl.op.mtu));
  flown(fl, bytes);
}
/** A packet of `bytes` was sent (R4.17, R4.18). */
function flown(fl: Flow, bytes: u64): void {
  if (loops(fl.op)) return;
  count(C_WIRE_PACKETS, 1);
  count(C_WIRE_BYTES, bytes);
  lat(fl, L_WIRE_FLY, param(P_FLY));
}
