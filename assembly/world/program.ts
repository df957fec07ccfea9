// Compiled path programs: arrays of 64-byte instructions (src/abi/params.ts INSTR).

import { INSTR_CONSTANT, INSTR_GUARD, INSTR_TERM, INSTR_TERMS, PROGRAMS } from "../gen/abi";

/** u32 address of each verb program; the last is the peer's post_send. */
export const PROGRAM_PTR: usize = memory.data(512);
// @ts-ignore: decorator
@inline
export const PEER_PROGRAM: u32 = PROGRAMS;

export function programAt(id: u32): usize {
  return <usize>load<u32>(PROGRAM_PTR + ((<usize>id) << 2));
}

/** True when every guard feature of the instruction is non-zero. */
// @ts-ignore: decorator
@inline
export function guarded(instr: usize, features: usize): bool {
  let mask = load<u32>(instr, INSTR_GUARD);
  while (mask != 0) {
    if (load<u64>(features + ((<usize>ctz<u32>(mask)) << 3)) == 0) return false;
    mask &= mask - 1;
  }
  return true;
}

/** Value of the instruction's linear form. */
// @ts-ignore: decorator
@inline
export function form(instr: usize, features: usize): u64 {
  let n = load<u64>(instr, INSTR_CONSTANT);
  const terms = <u32>load<u8>(instr, INSTR_TERMS);
  for (let i: u32 = 0; i < terms; i++) {
    const term = instr + INSTR_TERM + ((<usize>i) << 3);
    n += <u64>load<u32>(term, 4) * load<u64>(features + ((<usize>load<u32>(term)) << 3));
  }
  return n;
}
