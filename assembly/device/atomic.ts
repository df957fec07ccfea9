// Atomics at the responder: the operand is read, changed and
// written back, the result goes home (R4.3.4, R4.3.5).

import {
  L_DMA_PAYLOAD,
  L_HCA_PROCESS,
  P_ATOMIC,
  P_HEADER_BYTES,
  P_MPS,
  ST_ATOMIC_DATA,
  ST_ATOMIC_LINK,
  ST_RESPONSE_RECEIVE,
} from "../gen/abi";
import { Flow } from "../world/operation";
import { deviceClock, param, R_DOWN, R_LINK, R_UP } from "../world/state";
import { control } from "./requester";
import { AETH } from "./responder";
import {
  completionTime,
  countWrite,
  ctl,
  fifo,
  headOf,
  lat,
  occupy,
  readRtt,
  requestTime,
  writeTime,
} from "./stage";
import { countRead } from "./translate";

// @ts-ignore: decorator
@inline
const ATOMIC_BYTES: u64 = 8;
// @ts-ignore: decorator
@inline
const ATOMIC_ACK_ETH: u64 = 8;

/** The atomic's operand is asked for (R4.3.4). */
export function atomicRequest(fl: Flow): void {
  ctl(deviceClock(fl.op.dst, R_UP), fl, L_DMA_PAYLOAD, requestTime(ATOMIC_BYTES), writeTime(param(P_MPS)));
  lat(fl, L_DMA_PAYLOAD, readRtt());
  fl.stage = ST_ATOMIC_DATA;
}
/** The atomic is executed (R4.3.4). */
export function atomicData(fl: Flow): void {
  const node = fl.op.dst;
  const t = completionTime(ATOMIC_BYTES);
  fifo(deviceClock(node, R_DOWN), fl, L_DMA_PAYLOAD, t, t);
  countRead(ATOMIC_BYTES);
  occupy(deviceClock(node, R_UP), L_DMA_PAYLOAD, writeTime(ATOMIC_BYTES), headOf(fl));
  countWrite(ATOMIC_BYTES);
  lat(fl, L_HCA_PROCESS, param(P_ATOMIC));
  fl.stage = ST_ATOMIC_LINK;
}
/** The atomic's result leaves (R4.3.5). */
export function atomicLink(fl: Flow): void {
  control(fl, deviceClock(fl.op.dst, R_LINK), param(P_HEADER_BYTES) + AETH + ATOMIC_ACK_ETH);
  fl.packets = 1;
  fl.stage = ST_RESPONSE_RECEIVE;
}
