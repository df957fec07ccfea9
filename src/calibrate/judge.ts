import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import { Problem, type Progress } from "./fit/problem.js";
import { type Solution, solveProblem } from "./fit/solve.js";
import { isDescribed, type Part, partsOf } from "./parts.js";
import { type HoldOut, type Split, seriesName, split } from "./predict/series.js";
import type { MeasuredFile } from "./read/shared/measurement.js";
import { partName, refuseBad } from "./refuse.js";

/** What figures are fitted with. */
export interface Terms {
  readonly base: Testbed;
  readonly path: Path;
  readonly noise: number;
  readonly holdOut: HoldOut;
  readonly seed: number;
  readonly progress: Progress | undefined;
}

/** A fit that may become a testbed. */
export interface Judged {
  readonly split: Split;
  readonly problem: Problem;
  readonly solution: Solution;
  /** The largest of any group, and of any part of one. */
  readonly misfit: number;
  /** What noise alone does not explain: files, or series of them. */
  readonly undescribed: readonly Part[];
}

/**
 * Fits the figures of these files. Each file, and each series of one, must be described as if it were alone:
 * where noise does not explain how far a part of several is off, the part is fitted by itself too,
 * and refused as it would be then.
 * @throws UserError where nothing can be fitted, the fit does not
 * converge, or the model cannot describe the figures
 */
export function judged(files: readonly MeasuredFile[], terms: Terms): Judged {
  const found = fitted(files, terms);
  refuseBad(found.problem, found.solution, found.parts);
  const undescribed = found.parts.filter((part) => !isDescribed(part));
  for (const part of new Map(undescribed.map((p) => [partName(p), p])).values())
    refuseAlone(files, part, found, terms);
  return {
    ...found,
    misfit: Math.max(found.solution.misfit, ...found.parts.map((p) => p.misfit)),
    undescribed,
  };
}

type Found = Pick<Judged, "split" | "problem" | "solution"> & { readonly parts: readonly Part[] };

function fitted(
  files: readonly MeasuredFile[],
  { base, path, noise, holdOut, seed, progress }: Terms,
): Found {
  const both = split(files, holdOut),
    problem = new Problem(both.fit, path, base, noise, progress),
    solution = solveProblem(problem, seed);
  return { split: both, problem, solution, parts: partsOf(problem, solution) };
}

function refuseAlone(files: readonly MeasuredFile[], part: Part, all: Found, terms: Terms): void {
  const alone = files
    .map((f) => ({
      ...f,
      measurements: f.measurements.filter(
        (m) => m.at.file === part.file && (part.series === undefined || seriesName(m) === part.series),
      ),
    }))
    .filter((f) => f.measurements.length > 0);
  const { problem, solution, parts } = fitted(alone, terms);
  // It was all that was given; or nothing in it can be fitted, and the fit of all has judged it.
  if (problem.measurements.length === all.problem.measurements.length || solution.directions.length === 0)
    return;
  refuseBad(problem, solution, parts);
}
