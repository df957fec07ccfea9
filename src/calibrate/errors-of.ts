import { quantileSorted } from "simple-statistics";
import { rounded } from "../numbers.js";
import type { Errors, Figure } from "./document.js";

/** How far predictions are from these figures, before and after the fit. */
export function errorsOf(figures: readonly Figure[]): Errors {
  const of = (predicted: (f: Figure) => number): Errors["before"] => {
    const sorted = figures.map((f) => Math.abs(predicted(f) / f.measured - 1)).sort((a, b) => a - b);
    return { median: rounded(quantileSorted(sorted, 0.5)), worst: rounded(sorted.at(-1)!) };
  };
  return { figures: figures.length, before: of((f) => f.before), after: of((f) => f.after) };
}
