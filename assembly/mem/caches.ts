// The data caches that accesses and page walks share (M5.18 to M5.19).
import {
  M_MEM_REFS_L1,
  M_WALK_REFS_GUEST_L1,
  M_WALK_REFS_HOST_L1,
  S_CACHE_L1,
  S_CACHE_L2,
  S_CACHE_L3,
} from "../gen/abi";
import { Assoc, setOf, structure, touch } from "./assoc";
import { bump, counterAt } from "./state";

export let l1: Assoc = changetype<Assoc>(0);
let l2: Assoc = changetype<Assoc>(0);
export let l3: Assoc = changetype<Assoc>(0);
export function cachesInit(): void {
  l1 = structure(S_CACHE_L1);
  l2 = structure(S_CACHE_L2);
  l3 = structure(S_CACHE_L3);
}

// First of the four counters (L1, L2, L3, DRAM) of who refers.
// @ts-ignore: decorator
@inline
export const BY_DATA: u32 = M_MEM_REFS_L1;
// @ts-ignore: decorator
@inline
export const BY_GUEST: u32 = M_WALK_REFS_GUEST_L1;
// @ts-ignore: decorator
@inline
export const BY_HOST: u32 = M_WALK_REFS_HOST_L1;

/** One reference of a line (M5.18). */
// @ts-ignore: decorator
@inline
export function ref(line: u32, by: u32): void {
  const set = setOf(l1, line);
  if (load<u32>(set) == line) bump(counterAt(by), 1);
  else refFrom(set, line, by);
}
/** The reference of a line that is not the most recent of its set in L1. */
export function refFrom(set: usize, line: u32, by: u32): void {
  seek(set, line, by);
}
/** Absent caches miss (M5.18, M5.19). */
// @ts-ignore: decorator
@inline
export function seek(set: usize, line: u32, by: u32): void {
  const at = counterAt(by);
  if (touch(l1, set, line)) bump(at, 1);
  else if (touch(l2, setOf(l2, line), line)) bump(at + 8, 1);
  else if (touch(l3, setOf(l3, line), line)) bump(at + 16, 1);
  else bump(at + 24, 1);
}
