import { UserError } from "../errors.js";
import type { Problem } from "./fit/problem.js";
import type { Solution } from "./fit/solve.js";
import type { Part } from "./parts.js";
import { seriesName } from "./predict/series.js";

/**
 * Above this misfit, residuals of ten times the noise, nothing is
 * given: intervals of what does not fit mean nothing.
 */
const DESCRIBED_AT_ALL = 100;
const WORST_NAMED = 3;

type Given = Pick<Problem, "base" | "measurements" | "noise">;

/** @throws UserError, one sentence that names the figures, where a solution must not become a testbed */
export function refuseBad(
  problem: Given,
  { fit, directions, misfit }: Pick<Solution, "fit" | "directions" | "misfit">,
  parts: readonly Part[],
): void {
  const { base, measurements } = problem;
  if (directions.length === 0)
    throw new UserError(
      `nothing can be fitted: no value of testbed ${base.name} moves these ` +
        `${measurements.length} figures by clearly more than their noise within its ` +
        "range; give other measurements, or a base with wider ranges",
    );
  if (!fit.converged)
    throw new UserError(
      "the fit did not converge, so nothing is written; furthest off are " +
        `${worst(problem, fit)}; ` +
        "leave them out, or start from a testbed that is nearer (--testbed)",
    );
  if (misfit > DESCRIBED_AT_ALL) refuseFigures(problem, fit, "these figures", undefined);
  const bad = parts.find((part) => part.misfit > DESCRIBED_AT_ALL);
  if (bad !== undefined) refuseFigures(problem, fit, `the figures of ${partName(bad)}`, bad.figures);
}

/** `mine.txt` or `mine.txt, send-bw`. */
export const partName = ({ file, series }: Part): string =>
  series === undefined ? file : `${file}, ${series}`;

function refuseFigures(
  problem: Given,
  fit: Solution["fit"],
  which: string,
  figures: readonly number[] | undefined,
): never {
  throw new UserError(
    `the model cannot describe ${which} within the ranges of testbed ${problem.base.name}, ` +
      `so nothing is written; furthest off are ${worst(problem, fit, figures)}; check --testbed and --path, ` +
      "leave wrong figures out, or widen ranges in a base of your own",
  );
}

/** The figures that are furthest off, of those given or of all. */
function worst(
  { measurements, noise }: Given,
  { residuals }: Solution["fit"],
  figures: readonly number[] = measurements.map((_, i) => i),
): string {
  return figures
    .map((i) => ({ r: residuals[i]!, m: measurements[i]!, noise: noise[i]! }))
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r))
    .slice(0, WORST_NAMED)
    .map(
      ({ r, m, noise: of }) =>
        `${m.at.file} line ${m.at.line} ` +
        `(${seriesName(m)}` +
        (m.kind === "run" && m.options.size !== undefined ? ` ${m.options.size} B` : "") +
        ": " +
        `predicted ${Math.exp(r * of).toPrecision(3)} times what was measured)`,
    )
    .join("; ");
}
