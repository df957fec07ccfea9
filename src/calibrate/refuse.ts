import { UserError } from "../errors.js";
import type { Problem } from "./fit/problem.js";
import type { Solution } from "./fit/solve.js";
import { seriesName } from "./predict/series.js";

/**
 * Above this misfit, residuals of ten times the noise, nothing is
 * given: intervals of what does not fit mean nothing.
 */
const DESCRIBED_AT_ALL = 100;
const WORST_NAMED = 3;

/** @throws UserError, one sentence that names the figures, where a solution must not become a testbed */
export function refuseBad(
  problem: Pick<Problem, "base" | "measurements" | "noise">,
  { fit, directions, misfit }: Pick<Solution, "fit" | "directions" | "misfit">,
): void {
  const { base, measurements } = problem;
  if (directions.length === 0)
    throw new UserError(
      `nothing can be fitted: no value of testbed ${base.name} moves these ` +
        `${measurements.length} figures by clearly more than their noise within its ` +
        "range; give other measurements, or a base with wider ranges",
    );
  if (misfit <= DESCRIBED_AT_ALL && fit.converged) return;
  const worst = fit.residuals
    .map((r, i) => ({ r, m: measurements[i]!, noise: problem.noise[i]! }))
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r))
    .slice(0, WORST_NAMED);
  const said = worst
    .map(
      ({ r, m, noise }) =>
        `${m.at.file} line ${m.at.line} ` +
        `(${seriesName(m)}` +
        (m.kind === "run" && m.options.size !== undefined ? ` ${m.options.size} B` : "") +
        ": " +
        `predicted ${Math.exp(r * noise).toPrecision(3)} times what was measured)`,
    )
    .join("; ");
  if (!fit.converged)
    throw new UserError(
      `the fit did not converge, so nothing is written; furthest off are ${said}; ` +
        "leave them out, or start from a testbed that is nearer (--testbed)",
    );
  throw new UserError(
    `the model cannot describe these figures within the ranges of testbed ${base.name}, ` +
      `so nothing is written; furthest off are ${said}; check --testbed and --path, ` +
      "leave wrong figures out, or widen ranges in a base of your own",
  );
}
