// Own ledgers: what an operation has had of each layer, service and waiting apart (R1.6).
//   own, 528 bytes: 32 service u64 | 32 wait u64 | mask u64 | newest charge u32 (charges.ts), pad
// A ledger has a few entries that are not zero, and is copied whenever a flow forks or joins: the mask says which
// ones count (bit k: entry k), the others hold what was there before. A copy moves those alone; emptying is a store.

import { CHARGES, chargeCost, NEWEST } from "./charges";

/** What the entries take, here and where they are summed. */
// @ts-ignore: decorator
@inline
export const OWN_BYTES: usize = 512;
// @ts-ignore: decorator
@inline
const MASK: usize = 512;
/** What an own ledger takes in a record. */
// @ts-ignore: decorator
@inline
export const OWN_ROOM: usize = 528;
/** Entry of a layer's waiting; that of its service is the layer. */
// @ts-ignore: decorator
@inline
export const WAITS: u32 = 32;

// @ts-ignore: decorator
@inline
function add(own: usize, entry: u32, c: u64): void {
  const slot = own + ((<usize>entry) << 3),
    mask = load<u64>(own, MASK),
    bit = (<u64>1) << (<u64>entry);
  store<u64>(slot, (mask & bit) != 0 ? load<u64>(slot) + c : c);
  store<u64>(own, mask | bit, MASK);
}

/** Adds `c` ps of service on `layer` (R1.6). */
// @ts-ignore: decorator
@inline
export function ownService(own: usize, layer: u32, c: u64): void {
  add(own, layer, c);
  if (CHARGES) chargeCost(own, layer, c);
}

/** Adds `c` ps of waiting on `layer` (R1.6). */
// @ts-ignore: decorator
@inline
export function ownWait(own: usize, layer: u32, c: u64): void {
  add(own, layer + WAITS, c);
}

/** An entry: a layer, or a layer and WAITS. */
export function ownEntry(own: usize, entry: u32): u64 {
  return ((load<u64>(own, MASK) >> <u64>entry) & 1) != 0 ? load<u64>(own + ((<usize>entry) << 3)) : 0;
}

export function ownCopy(dst: usize, src: usize): void {
  let mask = load<u64>(src, MASK);
  store<u64>(dst, mask, MASK);
  while (mask != 0) {
    const at = (<usize>ctz<u64>(mask)) << 3;
    store<u64>(dst + at, load<u64>(src + at));
    mask &= mask - 1;
  }
  if (CHARGES) store<u32>(dst, load<u32>(src, NEWEST), NEWEST);
}

// @ts-ignore: decorator
@inline
export function ownZero(own: usize): void {
  store<u64>(own, 0, MASK);
  if (CHARGES) store<u32>(own, 0, NEWEST);
}

/** Adds the ledger to 64 sums, and returns its total. */
export function ownAddTo(sums: usize, own: usize): u64 {
  let mask = load<u64>(own, MASK),
    total: u64 = 0;
  while (mask != 0) {
    const at = (<usize>ctz<u64>(mask)) << 3,
      c = load<u64>(own + at);
    store<u64>(sums + at, load<u64>(sums + at) + c);
    total += c;
    mask &= mask - 1;
  }
  return total;
}
