import { type Misfit, misfitOf } from "./fit/misfit.js";
import type { Problem } from "./fit/problem.js";
import type { Solution } from "./fit/solve.js";
import { seriesName } from "./predict/series.js";

/**
 * Figures that are judged by themselves: those of a file, and those of one of its series, as far as they
 * share values with each other. Among many good figures a few wrong ones do not show
 * in the misfit of all, and what is refused alone must not be taken because of what is given beside it.
 */
export interface Part extends Misfit {
  readonly file: string;
  /** Undefined: all of the file. */
  readonly series: string | undefined;
  /** Places in the problem's measurements. */
  readonly figures: readonly number[];
}

export function partsOf(
  { measurements }: Pick<Problem, "measurements">,
  { fit, group, leverage }: Pick<Solution, "fit" | "group" | "leverage">,
): Part[] {
  const parts = new Map<string, Omit<Part, keyof Misfit> & { figures: number[] }>();
  measurements.forEach((m, i) => {
    for (const series of [undefined, seriesName(m)]) {
      const key = JSON.stringify([m.at.file, series ?? null, group[i]]),
        part = parts.get(key) ?? { file: m.at.file, series, figures: [] };
      part.figures.push(i);
      parts.set(key, part);
    }
  });
  const whole = new Set(
    [...parts.values()].filter((p) => p.series === undefined).map((p) => p.figures.join()),
  );
  // A series that is all that a file has in a group is the file.
  const different = [...parts.values()].filter((p) => p.series === undefined || !whole.has(p.figures.join()));
  return different.map((part) => ({
    ...part,
    ...misfitOf(part.figures, fit.residuals, leverage),
  }));
}

export const isDescribed = ({ misfit, limit }: Misfit): boolean => misfit <= limit;
