import { levenbergMarquardt } from "ml-levenberg-marquardt";
import { pseudoInverse } from "ml-matrix";
import { matrixOf } from "./linear.js";
import type { Problem } from "./problem.js";

export interface Fit {
  /** `u` of every parameter; those that were not fitted are where they were. */
  readonly u: readonly number[];
  /** Of the figures, in units of their noise. */
  readonly residuals: readonly number[];
  /** Of each fitted parameter, at the optimum. */
  readonly slopes: readonly (readonly number[])[];
  readonly converged: boolean;
}

/**
 * The package ends on an absolute error only, so it takes this many steps at a time
 * with the same slopes, and what is ours decides whether it goes on.
 */
const STEPS = 3,
  MOST_ROUNDS = 20;
/**
 * A round that lowers the sum of squares by less than this, absolute and
 * relative, changed nothing: noise alone is 1 a figure.
 */
const ENOUGH = 0.01;
/** Small: the model is piecewise linear, so that a step of full length often ends where it should. */
const START_DAMPING = 1e-3;
/**
 * Parts of the linearised problem's best step that are tried before the fit counts as
 * converged: where two pieces of the model meet, the whole step may go astray.
 */
const TRIALS = [1, 1 / 4, 1 / 16];

/**
 * Bounded least squares over the `fitted` parameters, from `start`: figures to their
 * predictions, and each parameter to the base's value, by its spread. The latter
 * decides only what the figures leave open: values that they cannot tell apart move
 * together, each by its part of the ranges, instead of one that takes all
 * and leaves its range. `columns` are the fitted parameters' slopes near the start; good ones save replays.
 */
export function fit(
  problem: Problem,
  fitted: readonly number[],
  start: readonly number[],
  columns: readonly (readonly number[])[],
): Fit {
  const base = problem.start(),
    place = (params: readonly number[]): number[] =>
      base.map((b, j) => (fitted.includes(j) ? params[fitted.indexOf(j)]! : b));
  const spreads = fitted.map((j) => problem.parameters[j]!.spread);
  const all = (params: readonly number[]): number[] => [
    ...problem.residuals(place(params)),
    ...params.map((x, k) => (x - base[fitted[k]!]!) / spreads[k]!),
  ];
  const sumAt = (params: readonly number[]): number => all(params).reduce((n, x) => n + x * x, 0);
  const slopesAt = (params: readonly number[], round: number): number[][] =>
    fitted.map((j, k) => {
      problem.progress?.(`fit, round ${round + 1}`, k, fitted.length);
      return problem.slope(place(params), j);
    });
  let params = fitted.map((j) => start[j]!),
    slopes = columns,
    fresh = false,
    converged = fitted.length === 0;
  for (let round = 0; round < MOST_ROUNDS && !converged; round++) {
    const here = problem.residuals(place(params)),
      sum = sumAt(params);
    const extended = (p: readonly number[]): number[][] => {
      const there = problem.residuals(place(p));
      return slopes.map((c, k) => [
        ...problem.carried(c, here, there),
        ...p.map((_, l) => (l === k ? 1 / spreads[k]! : 0)),
      ]);
    };
    const enough = (p: readonly number[]): boolean => sum - sumAt(p) >= ENOUGH * (1 + sum),
      next = levenberg(all, extended, params);
    if (enough(next)) {
      params = next;
      fresh = false;
    } else if (fresh) {
      const better = tries(params, all(params), extended(params)).find(enough);
      converged = better === undefined;
      params = better ?? params;
      fresh = converged;
    }
    if (converged || fresh) continue;
    slopes = slopesAt(params, round);
    fresh = true;
  }
  const u = place(params);
  return { u, residuals: problem.residuals(u), slopes, converged };
}

function levenberg(
  residuals: (p: readonly number[]) => readonly number[],
  slopes: (p: readonly number[]) => number[][],
  params: readonly number[],
): number[] {
  const x = residuals(params).map((_, i) => i),
    y = x.map(() => 0);
  return levenbergMarquardt(
    { x, y },
    (p) => {
      const r = residuals(p);
      return (i) => r[i]!;
    },
    {
      initialValues: params,
      minValues: params.map(() => 0),
      maxValues: params.map(() => 1),
      damping: START_DAMPING,
      maxIterations: STEPS,
      errorTolerance: ENOUGH ** 2,
      jacobianFunction: (p) => {
        const columns = slopes(p);
        return (i) => columns.map((c) => c[i]!);
      },
    },
  ).parameterValues;
}

/** Points along the step that the linearised problem thinks best for what is not held at a bound. */
function tries(
  params: readonly number[],
  residuals: readonly number[],
  columns: readonly (readonly number[])[],
): number[][] {
  const gradient = columns.map((c) => c.reduce((n, x, i) => n + x * residuals[i]!, 0));
  const free = params
    .map((_, k) => k)
    .filter((k) => !(params[k] === 0 && gradient[k]! > 0) && !(params[k] === 1 && gradient[k]! < 0));
  if (free.length === 0) return [];
  const rows = residuals.length,
    step = pseudoInverse(
      matrixOf(
        free.map((k) => columns[k]!),
        rows,
      ),
    )
      .mmul(matrixOf([residuals], rows))
      .to1DArray();
  return TRIALS.map((part) =>
    params.map((x, k) =>
      free.includes(k) ? Math.min(1, Math.max(0, x - part * step[free.indexOf(k)]!)) : x,
    ),
  );
}
