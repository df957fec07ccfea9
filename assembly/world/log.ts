// What happened when, for timelines: written only when the host asks for it (docs/abi.md, log).
//   record, 48 bytes: kind u32 | track u32 | start u64 | end u64 | operation u64 (NO_OPERATION: none) | what u32 | qp u32 | bytes u32 | pad

import {
  CAUSE_LATE,
  CHARGE_CAUSE,
  CHARGE_CPU,
  CHARGE_WAIT,
  LOG_BYTES,
  LOG_CALL,
  LOG_CHARGE,
  LOG_HOLD,
  LOG_OPERATION,
  LOG_POLLED,
  LOG_STAGE,
  LOG_STEP,
  NO_TRACK,
} from "../gen/abi";
import { alloc } from "../lib/arena";
import {
  CH_AMOUNT,
  CH_BURST,
  CH_CLOCK,
  CH_MARK,
  CH_N,
  CH_PAYLOAD,
  CH_WHAT,
  CHARGES,
  logSince,
  markOf,
  NEWEST,
  NO_CHARGE,
} from "../model/charges";
import { CLOCK_BYTES } from "../model/clock";
import { CPU_BYTES, NODE_BYTES, NODE_CPU, NODE_DEVICE, nodes } from "./state";

// @ts-ignore: decorator
@inline
export const NO_OPERATION: u64 = 0xffffffffffffffff;
/**
 * Records between two readings of the host, and those that one event may
 * still add: all charges of a long message are one event's.
 */
// @ts-ignore: decorator
@inline
const CAPACITY: u32 = CHARGES ? 1 << 18 : 1 << 16;
// @ts-ignore: decorator
@inline
const RESERVE: u32 = CHARGES ? 1 << 17 : 1 << 13;
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
/** The track of a device clock, `within` the nodes' records. */
// @ts-ignore: decorator
@inline
function deviceTrack(node: u32, within: usize): u32 {
  return node * RESOURCES + <u32>(((within % NODE_BYTES) - NODE_DEVICE) / CLOCK_BYTES);
}
/** The track of a device clock or of a CPU resource's, or NO_TRACK. */
function chargeTrack(clock: usize): u32 {
  if (clock == 0) return NO_TRACK;
  const within = clock - nodes,
    node = <u32>(within / NODE_BYTES),
    offset = within % NODE_BYTES;
  return offset < NODE_CPU
    ? deviceTrack(node, within)
    : node * RESOURCES + CHARGE_CPU + <u32>((offset - NODE_CPU) / CPU_BYTES);
}
function putStage(resource: usize, layer: u32, start: u64, tie: u64): void {
  const end = load<u64>(resource),
    within = resource - nodes,
    node = <u32>(within / NODE_BYTES);
  if (CHARGES) {
    if (end <= logSince) return;
    const mark = markOf(resource);
    tie = mark == 0 ? NO_OPERATION : ((mark >> 1) - 1) << 26;
  }
  if (end != start)
    put(LOG_STAGE, deviceTrack(node, within), start, end, tie == NO_OPERATION ? tie : tie >> 26, layer, 0, 0);
}
/** A CPU resource, held by a thread. */
export function logHold(node: u32, resource: u32, thread: u32, start: u64, end: u64): void {
  if (CHARGES && end <= logSince) return;
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
/**
 * A completion that a thread's poll returned, of an operation begun at `start`: its own
 * (`what` bit 0 is 0), or a message to it (1). Bits from 8: the opcode.
 */
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

/**
 * The charges of an own ledger that ends at `end`, the newest
 * first: before the record of what they belong to.
 * Costs: what they were computed from, in `operation`. Waits: for
 * whom, in `operation`. On a device resource: `track`.
 */
export function logCharges(own: usize, end: u64): void {
  if (!((wanted >> LOG_CHARGE) & 1)) return;
  let at = <usize>load<u32>(own, NEWEST);
  while (at > NO_CHARGE) {
    const what = load<u32>(at, CH_WHAT),
      start = end - load<u64>(at, CH_AMOUNT);
    put(
      LOG_CHARGE,
      chargeTrack(load<u32>(at, CH_CLOCK)),
      start,
      end,
      (what >> CHARGE_WAIT) & 1 ? load<u64>(at, CH_MARK) : load<u64>(at, CH_N),
      what,
      load<u32>(at, CH_BURST),
      load<u32>(at, CH_PAYLOAD),
    );
    end = start;
    at = <usize>load<u32>(at);
  }
}
/** A completion that was there from `visible` on and that a call begun at `start` returned. */
export function logLate(layer: u32, visible: u64, start: u64): void {
  if ((wanted >> LOG_CHARGE) & 1 && start > visible)
    put(
      LOG_CHARGE,
      NO_TRACK,
      visible,
      start,
      NO_OPERATION,
      layer | (1 << CHARGE_WAIT) | (CAUSE_LATE << CHARGE_CAUSE),
      0,
      0,
    );
}
