import { rounded } from "../../numbers.js";
import type { Testbed, TestbedValue } from "../../testbed/document.js";

/** Sizes, counts and names are facts of a machine, to be looked up and not fitted. */
const TIMES = ["ps", "ns", "us", "ms", "cycles"];
/** Of rates: what 1 by the rate is in the unit of its inverse. */
const INVERSE = new Map<string, readonly [number, string]>([
  ["GB/s", [1000, "ps/B"]],
  ["Gb/s", [8000, "ps/B"]],
  ["GHz", [1000, "ps/cycle"]],
]);

/**
 * A value that can be fitted. The model is piecewise linear in times, and in the
 * inverse of rates (ps a byte, ps a cycle), so a parameter is a number `u`
 * that goes evenly from 0 to 1 through the range of one or the other.
 */
export interface Parameter {
  readonly name: string;
  readonly unit: string;
  /** `u` of the base testbed's value. */
  readonly base: number;
  /**
   * How far from `base` the parameter is before anything is measured, as a root of the mean square:
   * half of the machines lie below and half above, evenly to the ends of the range.
   */
  readonly spread: number;
  /** Of the range: of a rate, of its inverse. */
  readonly width: { readonly by: number; readonly unit: string };
  /** The value of `u`, in the testbed's unit; of less than 0 and more than 1, the range's end. */
  value(u: number): number;
}

function parameter(name: string, v: TestbedValue): Parameter | undefined {
  const low = v.low as number,
    high = v.high as number,
    inverse = INVERSE.get(v.unit),
    inverted = inverse !== undefined;
  if (!(inverted || TIMES.includes(v.unit)) || !(low < high) || (inverted && low === 0)) return undefined;
  const x = (value: number): number => (inverted ? 1 / value : value),
    first = x(inverted ? high : low),
    width = x(inverted ? low : high) - first;
  const u = (value: number): number => (x(value) - first) / width;
  // Ends are taken from the document: 1/(1/x) may not be x.
  const value = (at: number): number =>
    at <= 0 ? (inverted ? high : low) : at >= 1 ? (inverted ? low : high) : x(first + at * width);
  const base = u(v.value as number),
    spread = Math.sqrt((base ** 2 + (1 - base) ** 2) / 6);
  return {
    name,
    unit: v.unit,
    base,
    spread,
    width: inverse ? { by: width * inverse[0], unit: inverse[1] } : { by: width, unit: v.unit },
    value,
  };
}

/** The values of a testbed that can be fitted, in its order. Those whose range has no width are known. */
export function parametersOf(testbed: Testbed): Parameter[] {
  return Object.entries(testbed.values)
    .map(([name, v]) => parameter(name, v))
    .filter((p) => p !== undefined);
}

/** The testbed with parameters moved to their `u`; the others stay. */
export function testbedAt(testbed: Testbed, parameters: readonly Parameter[], u: readonly number[]): Testbed {
  const moved = parameters.map((p, i): [string, TestbedValue] => [
    p.name,
    { ...testbed.values[p.name]!, value: rounded(p.value(u[i]!)) },
  ]);
  return { ...testbed, values: { ...testbed.values, ...Object.fromEntries(moved) } };
}
