import type { Testbed, TestbedValue } from "../testbed/document.js";
import { MOST_PLRU_WAYS } from "../testbed/memory.js";
import { build } from "./geometry.js";
import { optionAt, optionsOf } from "./options.js";

/**
 * Drawing testbeds (docs/uncertainty.md). A testbed says of each value:
 * what it is best taken for, and between which bounds it lies.
 * So half of the draws are below the value and half above, evenly between
 * value and bound: value is the median, no bound is passed,
 * and nothing is claimed that the document does not say. Where the
 * value is a bound, half of the draws are the value.
 */
const WHOLE = ["bytes", "entries", "count"];

/** The values that a range leaves open, but for those `settled` otherwise; in the order of the document. */
export function openValues(testbed: Testbed, settled: readonly string[] = []): string[] {
  return Object.entries(testbed.values)
    .filter(([name, v]) => !settled.includes(name) && isOpen(name, v))
    .map(([name]) => name);
}
function isOpen(name: string, v: TestbedValue): boolean {
  const options = optionsOf(name, v);
  if (options) return options.length > 1;
  return WHOLE.includes(v.unit)
    ? Math.ceil(v.low as number) < Math.floor(v.high as number)
    : v.low !== v.high;
}

/**
 * The testbed with each value of `at` where its distribution has the share `at` (0 to 1)
 * below; values that are not named stay. Always a testbed that can be replayed.
 */
export function drawTestbed(testbed: Testbed, at: ReadonlyMap<string, number>): Testbed {
  const values = { ...testbed.values };
  for (const [name, u] of at) values[name] = { ...values[name]!, value: drawValue(testbed, name, u) };
  build(values, testbed.values);
  return { ...testbed, values };
}

function drawValue(testbed: Testbed, name: string, u: number): number | string {
  const v = testbed.values[name]!,
    options = optionsOf(name, v);
  if (options)
    return optionAt(
      options.filter((o) => o === v.value || !tooWide(testbed, name, o)),
      v.value,
      u,
    );
  const value = v.value as number,
    low = v.low as number,
    high = v.high as number;
  const drawn = u < 0.5 ? low + (value - low) * 2 * u : value + (high - value) * (2 * u - 1);
  return WHOLE.includes(v.unit)
    ? Math.min(Math.floor(high), Math.max(Math.ceil(low), Math.round(drawn)))
    : drawn;
}

/** More ways than a tree of the given policy has bits for. */
function tooWide(testbed: Testbed, name: string, ways: number | string): boolean {
  return (
    name.endsWith("ways") &&
    Number(ways) > MOST_PLRU_WAYS &&
    testbed.values[name.startsWith("cache.") ? "cache.policy" : "tlb.policy"]?.value === "plru"
  );
}

/** A drawn value as a number, to be ranked: names count in the order from low to high. */
export function numberOf(testbed: Testbed, name: string, drawn: Testbed): number {
  const { value } = drawn.values[name]!;
  return typeof value === "number" ? value : optionsOf(name, testbed.values[name]!)!.indexOf(value);
}
