import { Random } from "../generate/random.js";
import type { Model } from "./sobol.js";

/** What one dimension does by itself, over the cube. */
export interface Effect {
  /** Mean of the absolute elementary effects. */
  readonly mu_star: number;
  /** Of elementary effects other than 0, among all of this dimension. */
  readonly seen: number;
}
/** Levels of the grid; a step goes half of them, so that all levels are equally likely (Morris 1991). */
const LEVELS = 4,
  STEP = LEVELS / (2 * (LEVELS - 1));

/**
 * Elementary effects (Morris 1991, Technometrics 33, 161-174) on random
 * trajectories through a grid of 4 levels: each trajectory
 * moves every coordinate once, by 2/3, in an order of its own, so
 * `trajectories` (k + 1) evaluations give each of k dimensions
 * `trajectories` effects. Their absolute mean μ* ranks dimensions
 * (Campolongo, Cariboni and Saltelli 2007, Environmental Modelling
 * & Software 22, 1509-1518); where it is 0, no step changed anything.
 */
export function elementaryEffects(
  f: Model,
  dimensions: number,
  trajectories: number,
  seed: number,
  onStep?: (done: number, total: number) => void,
): Effect[] {
  const sums = new Float64Array(dimensions),
    seen = new Uint32Array(dimensions),
    paths = trajectoriesOf(dimensions, trajectories, seed);
  let done = 0;
  const at = (u: readonly number[]): number => {
    const y = f(u);
    onStep?.(++done, trajectories * (dimensions + 1));
    return y;
  };
  for (const { points, order } of paths) {
    let before = at(points[0]!);
    order.forEach((i, k) => {
      const after = at(points[k + 1]!);
      sums[i]! += Math.abs(after - before) / STEP;
      if (after !== before) seen[i]!++;
      before = after;
    });
  }
  return Array.from(sums, (sum, i) => ({ mu_star: sum / trajectories, seen: seen[i]! }));
}

/** A trajectory: the coordinate that moves from each of its points to the next, and the points. */
export interface Trajectory {
  readonly order: readonly number[];
  readonly points: readonly (readonly number[])[];
}
export function trajectoriesOf(dimensions: number, trajectories: number, seed: number): Trajectory[] {
  const random = new Random(seed);
  return Array.from({ length: trajectories }, () => {
    const u = Array.from({ length: dimensions }, () => random.below(LEVELS) / (LEVELS - 1));
    const order = Array.from({ length: dimensions }, (_, i) => i);
    for (let i = dimensions - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const points = [[...u]];
    for (const i of order) {
      u[i] = u[i]! < 0.5 ? u[i]! + STEP : u[i]! - STEP;
      points.push([...u]);
    }
    return { order, points };
  });
}
