import { legalValues } from "../abi/device-values.js";
import { POLICIES } from "../abi/memory.js";
import type { TestbedValue } from "../testbed/document.js";
import { SHARED } from "../testbed/memory.js";

/** Powers of two that a count or a size of a testbed can be. */
const POWERS: readonly number[] = Array.from({ length: 31 }, (_, i) => 2 ** i);

/** Values of which only some numbers or names are built, beside those that the device model limits. */
const LEGAL: Readonly<Record<string, readonly (number | string)[]>> = {
  "pcie.mrrs": POWERS,
  "pcie.rcb": POWERS,
  "wire.mtu": POWERS,
  "mem.guest_levels": [4, 5],
  "mem.host_levels": [4, 5],
  "tlb.policy": POLICIES,
  "cache.policy": POLICIES,
  "tlb.l1_shared": SHARED,
  "tlb.l2_shared": SHARED,
};
const legalOf = (name: string): readonly (number | string)[] | undefined =>
  legalValues(name) ?? LEGAL[name] ?? (/[._]ways$/.test(name) ? POWERS : undefined);

/**
 * What a value can be, in order from `low` to `high`, where that is a
 * list; undefined where it is any number of the range.
 */
export function optionsOf(
  name: string,
  { value, low, high, unit }: TestbedValue,
): readonly (number | string)[] | undefined {
  const legal = legalOf(name);
  if (unit === "name")
    return [...new Set([low, value, high])].filter((o) => o === value || !legal || legal.includes(o));
  if (!legal) return undefined;
  const within = legal.filter((o) => (low as number) <= (o as number) && (o as number) <= (high as number));
  return [...new Set([...within, value])].sort((a, b) => Number(a) - Number(b));
}

/**
 * Share of the draws that the value itself gets of a list; the others have
 * equal parts of the rest. So it is a median, wherever it stands.
 */
export const VALUE_SHARE = 0.5;

/** The option at `u` (0 to 1) of a list that holds `value`. */
export function optionAt(
  options: readonly (number | string)[],
  value: number | string,
  u: number,
): number | string {
  const at = options.indexOf(value),
    each = (1 - VALUE_SHARE) / (options.length - 1);
  if (options.length === 1 || (u >= at * each && u < at * each + VALUE_SHARE)) return value;
  const i = u < at * each ? Math.floor(u / each) : at + 1 + Math.floor((u - at * each - VALUE_SHARE) / each);
  return options[Math.min(i, options.length - 1)]!;
}
