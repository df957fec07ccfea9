import type { Testbed, TestbedValue } from "../testbed/document.js";
import type { FittedValue } from "./document.js";

/**
 * The base with what was fitted: value, interval, and what it rests on. Values that
 * only sums are known of have low confidence; the others stay as they are.
 */
export function fittedTestbed(base: Testbed, name: string, fitted: readonly FittedValue[]): Testbed {
  const moved = fitted
    .filter((f) => f.known || f.now !== f.was)
    .map(({ value, was, now, low, high, known, rests_on }): [string, TestbedValue] => {
      const { unit, source } = base.values[value]!;
      return [
        value,
        {
          value: now,
          low,
          high,
          unit,
          confidence: known ? "medium" : "low",
          source:
            `fitted${known ? "" : " together with others"}: ` +
            `${rests_on.join(", ")}; was ${was} (${source})`,
        },
      ];
    });
  return {
    ...base,
    name,
    title: `${base.title}${base.title === "" ? "" : "; "}fitted to measurements from ${base.name}`,
    values: { ...base.values, ...Object.fromEntries(moved) },
  };
}
