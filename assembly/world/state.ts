// Nodes, and what a replay keeps once: free lists, parameters, counters, totals, the error.

import { CPU_RESOURCES } from "../gen/abi";
import { alloc } from "../lib/arena";
import { Cache } from "../model/cache";
import { CLOCK_BYTES } from "../model/clock";

// Device resources of a node, in the order of their clocks.
// @ts-ignore: decorator
@inline
export const R_DOWN: usize = 0;
// @ts-ignore: decorator
@inline
export const R_UP: usize = 1;
// @ts-ignore: decorator
@inline
export const R_TX: usize = 2;
// @ts-ignore: decorator
@inline
export const R_RX: usize = 3;
// @ts-ignore: decorator
@inline
export const R_LINK: usize = 4;

@unmanaged
export class Node {
  index: u32;
  virtual: u32;
  onesided_bytes: u64;
  qpc: Cache;
  cqc: Cache;
  mpt: Cache;
  mtt: Cache;
  iotlb: Cache;
  pad: u32;
}
// @ts-ignore: decorator
@inline
export const NODE_DEVICE: usize = 64;
// @ts-ignore: decorator
@inline
export const NODE_CPU: usize = NODE_DEVICE + 5 * CLOCK_BYTES;
/** CPU resource: clock, then { held u32, queue head u32, queue tail u32, pad, held since u64 }. */
// @ts-ignore: decorator
@inline
export const CPU_BYTES: usize = CLOCK_BYTES + 32;
// @ts-ignore: decorator
@inline
export const NODE_BYTES: usize = NODE_CPU + <usize>CPU_RESOURCES * CPU_BYTES;

/** Clock of a device resource (R4.1). */
// @ts-ignore: decorator
@inline
export function deviceClock(node: Node, resource: usize): usize {
  return changetype<usize>(node) + NODE_DEVICE + resource * CLOCK_BYTES;
}
// @ts-ignore: decorator
@inline
export function cpuResource(node: Node, resource: u32): usize {
  return changetype<usize>(node) + NODE_CPU + <usize>resource * CPU_BYTES;
}

// free lists (addresses of u32 heads)
export const FREE_FLOW: usize = memory.data(16);
export const FREE_OP: usize = memory.data(16);
export const FREE_RECV: usize = memory.data(16);
export const FREE_EVENT: usize = memory.data(16);

/** Parameter block and counters: u64 each. */
export const PARAMS_PTR: usize = memory.data(512);
export const COUNTERS_PTR: usize = memory.data(1024);
/** code, row, value, second value */
export const ERROR_PTR: usize = memory.data(64);

// @ts-ignore: decorator
@inline
export function param(slot: u32): u64 {
  return load<u64>(PARAMS_PTR + ((<usize>slot) << 3));
}
// @ts-ignore: decorator
@inline
export function count(counter: u32, n: u64): void {
  const slot = COUNTERS_PTR + ((<usize>counter) << 3);
  store<u64>(slot, load<u64>(slot) + n);
}
/** Totals that are no counters: u64 each. */
export const TOTALS_PTR: usize = memory.data(128);
// @ts-ignore: decorator
@inline
export const TOTAL_SPIN: usize = 0;
// @ts-ignore: decorator
@inline
export const TOTAL_REFUSED: usize = 8;
/**
 * Start of the first post_send call + 1, and the latest completion or poll: the window in which data moved.
 */
// @ts-ignore: decorator
@inline
export const TOTAL_FIRST: usize = 16;
// @ts-ignore: decorator
@inline
export const TOTAL_LAST: usize = 24;
// @ts-ignore: decorator
@inline
export const TOTAL_AWAITS: usize = 32;
// @ts-ignore: decorator
@inline
export const TOTAL_UNMATCHED: usize = 40;
// @ts-ignore: decorator
@inline
export const TOTAL_SHORT: usize = 48;
// @ts-ignore: decorator
@inline
export const TOTAL_LENGTHS: usize = 56;
// @ts-ignore: decorator
@inline
export const TOTAL_CAPACITY: usize = 64;
// @ts-ignore: decorator
@inline
export const TOTAL_INLINE: usize = 72;
// @ts-ignore: decorator
@inline
export function total(at: usize, n: u64): void {
  store<u64>(TOTALS_PTR + at, load<u64>(TOTALS_PTR + at) + n);
}
// @ts-ignore: decorator
@inline
export function totalMax(at: usize, n: u64): void {
  if (n > load<u64>(TOTALS_PTR + at)) store<u64>(TOTALS_PTR + at, n);
}

/** No clock goes beyond it, in ps (R3.25). */
// @ts-ignore: decorator
@inline
export const LATEST: u64 = 1 << 62;

/** Records the first error; later ones are consequences. */
export function fail(code: u32, row: u64, value: u64, second: u64): void {
  if (load<u64>(ERROR_PTR) != 0) return;
  store<u64>(ERROR_PTR, code);
  store<u64>(ERROR_PTR, row, 8);
  store<u64>(ERROR_PTR, value, 16);
  store<u64>(ERROR_PTR, second, 24);
}
// @ts-ignore: decorator
@inline
export function failed(): bool {
  return load<u64>(ERROR_PTR) != 0;
}

/** Node i; the last one is the simulated peer. */
export let nodes: usize = 0;
export let nodeCount: u32 = 0;
/** `n` nodes, and the virtual one (R4.6.1). */
export function nodesInit(n: u32): void {
  nodeCount = n;
  nodes = alloc(<usize>(n + 1) * NODE_BYTES);
}
// @ts-ignore: decorator
@inline
export function nodeAt(i: u32): Node {
  return changetype<Node>(nodes + <usize>i * NODE_BYTES);
}
