import { POLICIES } from "../abi/memory.js";
import type { TestbedValue } from "../testbed/document.js";
import { LINE_BYTES, MOST_PLRU_WAYS, STRUCTURE_VALUES } from "../testbed/memory.js";

type Values = Record<string, TestbedValue>;
const PLRU = POLICIES[1];

/**
 * Makes drawn TLBs and caches ones that can be built: whole sets of the drawn
 * ways, and a policy that their ways allow. Changes `drawn`.
 */
export function build(drawn: Values, given: Values): void {
  for (const { name, cache, size, ways } of STRUCTURE_VALUES) {
    if (!drawn[size] || !drawn[ways]) continue;
    const least = name === "cache.l1" ? 1 : 0; // the one structure that must be there
    const of = (w: number): number | undefined =>
      wholeSets(drawn[size]!, w * (cache ? Number(LINE_BYTES) : 1), least);
    const sets = of(drawn[ways].value as number);
    // no size of the range has whole sets of the drawn ways: the given size has, of the given ones
    if (sets === undefined) drawn[ways] = given[ways]!;
    drawn[size] = { ...drawn[size], value: sets ?? of(given[ways]!.value as number) ?? given[size]!.value };
  }
  for (const policy of ["tlb.policy", "cache.policy"]) {
    if (
      drawn[policy]?.value === PLRU &&
      STRUCTURE_VALUES.some(
        (s) => (s.cache ? "cache.policy" : "tlb.policy") === policy && !allowsPlru(drawn, s),
      )
    )
      drawn[policy] = given[policy]!;
  }
}

/** The multiple of `unit` in the range that is nearest to the value, if there is one. */
function wholeSets({ value, low, high }: TestbedValue, unit: number, least: number): number | undefined {
  if (unit === 0) return value === 0 ? 0 : undefined;
  const first = Math.ceil(Math.max(low as number, least) / unit),
    last = Math.floor((high as number) / unit);
  return first > last
    ? undefined
    : unit * Math.min(last, Math.max(first, Math.round((value as number) / unit)));
}

function allowsPlru(values: Values, { size, ways }: (typeof STRUCTURE_VALUES)[number]): boolean {
  const n = Number(values[ways]?.value ?? 1);
  return Number(values[size]?.value ?? 0) === 0 || (n <= MOST_PLRU_WAYS && Number.isInteger(Math.log2(n)));
}
