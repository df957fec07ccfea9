// Clocks (R1.4).
//   clock, 272 bytes: time u64 | pad | 32 layers u64
//   in the build that explains, the pad says whose clock it is (charges.ts)
// Copies are unrolled v128 moves: a memory.copy call costs more than the 17 moves it replaces.

import { CHARGES, chargeWait, markOf, setMark } from "./charges";
import { ownWait } from "./own";

// @ts-ignore: decorator
@inline
export const CLOCK_BYTES: usize = 272;
// @ts-ignore: decorator
@inline
export function timeOf(clock: usize): u64 {
  return load<u64>(clock);
}

/** Adds `c` ps on `layer` to the clock (R1.4). */
// @ts-ignore: decorator
@inline
export function clockAdd(clock: usize, layer: u32, c: u64): void {
  store<u64>(clock, load<u64>(clock) + c);
  const slot = clock + ((<usize>layer) << 3);
  store<u64>(slot, load<u64>(slot, 16) + c, 16);
}

// @ts-ignore: decorator
@inline
function move4(dst: usize, src: usize, at: usize): void {
  const a = v128.load(src + at, 0),
    b = v128.load(src + at, 16),
    c = v128.load(src + at, 32),
    d = v128.load(src + at, 48);
  v128.store(dst + at, a, 0);
  v128.store(dst + at, b, 16);
  v128.store(dst + at, c, 32);
  v128.store(dst + at, d, 48);
}

// @ts-ignore: decorator
@inline
export function clockCopy(dst: usize, src: usize): void {
  move4(dst, src, 0);
  move4(dst, src, 64);
  move4(dst, src, 128);
  move4(dst, src, 192);
  v128.store(dst, v128.load(src, 256), 256);
}

/** `x` takes over `f` and stays whose it was. */
// @ts-ignore: decorator
@inline
export function takeClock(x: usize, f: usize): void {
  if (CHARGES) {
    const mark = markOf(x);
    clockCopy(x, f);
    setMark(x, mark);
  } else clockCopy(x, f);
}

/**
 * `x := f` when f is later; the difference is a wait on `layer` of the
 * own ledger, for `cause` (R1.5, R1.6; src/abi/charges.ts).
 */
// @ts-ignore: decorator
@inline
export function takeOver(x: usize, own: usize, f: usize, layer: u32, cause: u32): void {
  const fx = load<u64>(f),
    hx = load<u64>(x);
  if (fx > hx) {
    ownWait(own, layer, fx - hx);
    if (CHARGES) chargeWait(own, layer, fx - hx, cause, f);
    takeClock(x, f);
  }
}

/** floor(n · c / 65536) without leaving 64 bits (R1.2). */
// @ts-ignore: decorator
@inline
export function scaled(n: u64, c: u64): u64 {
  return n * (c >> 16) + ((n * (c & 0xffff)) >> 16);
}
