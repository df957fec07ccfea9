// Parameters, counters and the error of the memory engine (docs/memory-model.md).
import { MEMORY_COUNTERS } from "../gen/abi";

/** u64 each, in the order of MEMORY_PARAMS and MEMORY_COUNTERS (src/abi/memory.ts). */
export const MEM_PARAMS_PTR: usize = memory.data(256);
export const MEM_COUNTERS_PTR: usize = memory.data(1024);
/** u64 words: code (0 none), value. */
export const MEM_ERROR_PTR: usize = memory.data(16);

// @ts-ignore: decorator
@inline
export const MEM_ERROR_FRAMES: u64 = 1;
// @ts-ignore: decorator
@inline
export const MEM_ERROR_UNLINK: u64 = 2;

// @ts-ignore: decorator
@inline
export function memParam(slot: u32): u64 {
  return load<u64>(MEM_PARAMS_PTR + ((<usize>slot) << 3));
}
/** Address of a counter. */
// @ts-ignore: decorator
@inline
export function counterAt(slot: u32): usize {
  return MEM_COUNTERS_PTR + ((<usize>slot) << 3);
}
// @ts-ignore: decorator
@inline
export function bump(counter: usize, n: u64): void {
  store<u64>(counter, load<u64>(counter) + n);
}
// @ts-ignore: decorator
@inline
export function tally(slot: u32, n: u64): void {
  bump(counterAt(slot), n);
}
export function memFail(code: u64, value: u64): void {
  if (load<u64>(MEM_ERROR_PTR) != 0) return;
  store<u64>(MEM_ERROR_PTR, code);
  store<u64>(MEM_ERROR_PTR, value, 8);
}
export function countersReset(): void {
  memory.fill(MEM_COUNTERS_PTR, 0, (<usize>MEMORY_COUNTERS) << 3);
}

// What every access asks, taken out of the parameter block once.
export let nested: bool = false;
export let guestLevels: u32 = 4;
export let hostLevels: u32 = 4;
export function readShape(isNested: bool, g: u32, h: u32): void {
  nested = isNested;
  guestLevels = g;
  hostLevels = h;
}
