// What happened when, for timelines: written only when the host asks for it (docs/abi.md, log).
//   record, 48 bytes: kind u32 | track u32 | start u64 | end u64 | operation u64 (NO_OPERATION: none) | what u32 | qp u32 | bytes u32 | pad

import { LOG_BYTES, LOG_CALL, LOG_HOLD, LOG_OPERATION, LOG_POLLED, LOG_STAGE, LOG_STEP } from "../gen/abi";
import { alloc } from "../lib/arena";
import { CLOCK_BYTES } from "../model/clock";
import { NODE_BYTES, NODE_DEVICE, nodes } from "./state";

// @ts-ignore: decorator
@inline
export const NO_OPERATION: u64 = 0xffffffffffffffff;
/** Records between two readings of the host, and those that one event may still add. */
// @ts-ignore: decorator
@inline
const CAPACITY: u32 = 1 << 16;
// @ts-ignore: decorator
@inline
const RESERVE: u32 = 1 << 13;
// @ts-ignore: decorator
@inline
const RESOURCES: u32 = 16;

let buffer: usize = 0;
export let logCount: u32 = 0;
/** Records that found no room: an event that had more to say than RESERVE. */
export let logLost: u32 = 0;
/** Kinds that are wanted, a bit each. */
let wanted: u32 = 0;

export function logStart(kinds: u32): void {
  if (buffer == 0) buffer = alloc(<usize>CAPACITY * LOG_BYTES);
  wanted = kinds;
}
export function logTake(): usize {
  logCount = 0;
  return buffer;
}
// @ts-ignore: decorator
@inline
export function logFull(): bool {
  return logCount > CAPACITY - RESERVE;
}

function put(
  kind: u32,
  track: u32,
  start: u64,
  end: u64,
  operation: u64,
  what: u32,
  qp: u32,
  bytes: u32,
): void {
  if (logCount == CAPACITY) {
    logLost++;
    return;
  }
  const at = buffer + <usize>logCount * LOG_BYTES;
  logCount++;
  store<u32>(at, kind);
  store<u32>(at, track, 4);
  store<u64>(at, start, 8);
  store<u64>(at, end, 16);
  store<u64>(at, operation, 24);
  store<u32>(at, what, 32);
  store<u32>(at, qp, 36);
  store<u32>(at, bytes, 40);
}

/** A call of a thread, and the number of its first operation. */
export function logCall(thread: u32, verb: u32, start: u64, end: u64, operation: u64): void {
  if ((wanted >> LOG_CALL) & 1) put(LOG_CALL, thread, start, end, operation, verb, 0, 0);
}
/** A step of a thread's program. */
// @ts-ignore: decorator
@inline
export function logStep(thread: u32, layer: u32, start: u64, end: u64): void {
  if ((wanted >> LOG_STEP) & 1 && end != start) put(LOG_STEP, thread, start, end, NO_OPERATION, layer, 0, 0);
}
/** A device resource whose clock moves from `start` to where it is. */
// @ts-ignore: decorator
@inline
export function logStage(resource: usize, layer: u32, start: u64, tie: u64): void {
  if ((wanted >> LOG_STAGE) & 1) putStage(resource, layer, start, tie);
}
function putStage(resource: usize, layer: u32, start: u64, tie: u64): void {
  const end = load<u64>(resource),
    within = resource - nodes,
    node = <u32>(within / NODE_BYTES);
  if (end != start)
    put(
      LOG_STAGE,
      node * RESOURCES + <u32>(((within % NODE_BYTES) - NODE_DEVICE) / CLOCK_BYTES),
      start,
      end,
      tie == NO_OPERATION ? tie : tie >> 26,
      layer,
      0,
      0,
    );
}
/** A CPU resource, held by a thread. */
export function logHold(node: u32, resource: u32, thread: u32, start: u64, end: u64): void {
  if ((wanted >> LOG_HOLD) & 1)
    put(LOG_HOLD, node * RESOURCES + resource, start, end, NO_OPERATION, thread, 0, 0);
}
/** An operation, from the start of its call to its completion in memory (or its last acknowledgement). */
export function logOperation(
  node: u32,
  opcode: u32,
  start: u64,
  end: u64,
  tie: u64,
  qp: u32,
  bytes: u32,
): void {
  if ((wanted >> LOG_OPERATION) & 1) put(LOG_OPERATION, node, start, end, tie >> 26, opcode, qp, bytes);
}
/** A completion that a thread's poll returned, of an operation begun at `start`: its own (`what` bit 0 is 0), or a message to it (1). Bits from 8: the opcode. */
export function logPolled(
  thread: u32,
  side: u32,
  opcode: u32,
  start: u64,
  end: u64,
  tie: u64,
  qp: u32,
  bytes: u32,
): void {
  if ((wanted >> LOG_POLLED) & 1)
    put(LOG_POLLED, thread, start, end, tie >> 26, side | (opcode << 8), qp, bytes);
}
