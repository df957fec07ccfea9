import { type Estimates, estimatesOf } from "./estimate.js";
import { type Fit, fit } from "./fit.js";
import { gain, inTermsOf, matrixOf } from "./linear.js";
import { groupsOf, misfits } from "./misfit.js";
import type { Problem } from "./problem.js";
import { distinguishable, MOVES, norm } from "./select.js";

/**
 * A fit, and what is known of each of the parameters. Parameters are numbers: places in the problem's list.
 */
export interface Solution {
  readonly fit: Fit;
  readonly fitted: readonly number[];
  /**
   * How far each parameter moves the figures over its range, in
   * standard deviations of their noise; 0 for what moves none.
   */
  readonly effects: readonly number[];
  /** Directions that can be told apart: places in `fitted`, in the order of `estimates.sums`. */
  readonly directions: readonly number[];
  readonly estimates: Estimates;
  /** fitted × figures: how much each figure has to say. */
  readonly gain: readonly (readonly number[])[];
  /** Of each figure: the number of its group, and what the fit takes from it (src/calibrate/fit/misfit.ts). */
  readonly group: readonly number[];
  readonly leverage: readonly number[];
  /** The largest of any group of figures (src/calibrate/fit/misfit.ts). */
  readonly misfit: number;
  /** Whether noise alone could be so large. */
  readonly described: boolean;
}

/**
 * The model has kinks: what has no effect at the base may have one at the
 * optimum. So it is looked for again there, at most so often.
 */
const MOST_CHOICES = 4;

/** Fits what moves the figures. Nothing can be fitted where `fitted` is empty. */
export function solveProblem(problem: Problem, seed: number): Solution {
  const base = problem.start(),
    rows = problem.measurements.length;
  const moving = (columns: readonly (readonly number[])[]): number[] =>
    columns.map((_, j) => j).filter((j) => norm(columns[j]!) >= MOVES);
  let columns = base.map((_, j) => {
      problem.progress?.("values", j, base.length);
      return problem.effect(base, j);
    }),
    fitted = moving(columns),
    best = fit(
      problem,
      fitted,
      base,
      fitted.map((j) => columns[j]!),
    );
  for (let choice = 1; choice < MOST_CHOICES; choice++) {
    const { u, slopes } = best;
    columns = base.map((_, j) =>
      fitted.includes(j) ? [...slopes[fitted.indexOf(j)]!] : problem.effect(u, j),
    );
    const more = moving(columns).filter((j) => !fitted.includes(j));
    if (more.length === 0) break;
    fitted = [...fitted, ...more].sort((a, b) => a - b);
    best = fit(
      problem,
      fitted,
      u,
      fitted.map((j) => columns[j]!),
    );
  }
  const { slopes } = best,
    left = columns.map((_, j) => j).filter((j) => !fitted.includes(j) && norm(columns[j]!) > 0);
  const spreads = fitted.map((j) => problem.parameters[j]!.spread);
  const linear = {
    spreads,
    gain: gain(slopes, spreads, rows),
    fitted: matrixOf(slopes, rows),
    left: matrixOf(
      left.map((j) => columns[j]!),
      rows,
    ),
    fittedBase: fitted.map((j) => base[j]!),
    leftBase: left.map((j) => base[j]!),
  };
  const directions = distinguishable(slopes),
    others = fitted.map((_, k) => k).filter((k) => !directions.includes(k));
  const terms = inTermsOf(
    directions.map((k) => slopes[k]!),
    others.map((k) => slopes[k]!),
    rows,
  );
  const weights = directions.map((k, d) =>
    fitted.map((_, l) => (l === k ? 1 : others.includes(l) ? terms[others.indexOf(l)]![d]! : 0)),
  );
  const group = groupsOf(slopes, rows),
    hat = linear.fitted.mmul(linear.gain),
    leverage = group.map((_, i) => hat.get(i, i)),
    groups = misfits(best.residuals, group, leverage);
  const estimates =
    fitted.length > 0
      ? estimatesOf(
          fitted.map((j) => best.u[j]!),
          weights,
          linear,
          groups.map((g) => Math.sqrt(Math.max(1, g.misfit))),
          seed,
        )
      : { parameters: [], sums: [] };
  return {
    fit: best,
    fitted,
    effects: columns.map(norm),
    directions,
    estimates,
    gain: linear.gain.to2DArray(),
    group,
    leverage,
    misfit: Math.max(...groups.map((g) => g.misfit)),
    described: groups.every((g) => g.misfit <= g.limit),
  };
}
