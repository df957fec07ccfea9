// Entry of build/core.explain.wasm: the core, and which operations it takes to pieces (docs/abi.md).

import { followOperations } from "./model/charges";

export * from "./index";

/**
 * Numbers from `first` up to, without, `end` are followed; records of
 * stages and holds that end before `since` are left out.
 */
export function log_charges(
  first_low: u32,
  first_high: u32,
  end_low: u32,
  end_high: u32,
  since_low: u32,
  since_high: u32,
): void {
  followOperations(wide(first_low, first_high), wide(end_low, end_high), wide(since_low, since_high));
}

function wide(low: u32, high: u32): u64 {
  return ((<u64>high) << 32) | <u64>low;
}
