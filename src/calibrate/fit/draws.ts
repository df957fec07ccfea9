import type { Matrix } from "ml-matrix";
import { Random } from "../../generate/random.js";

/** They are matrix products; the ends of a 95 % interval are then good to 3 % of its width. */
const DRAWS = 2000;

/** Two independent numbers of the standard normal distribution (Box and Muller 1958). */
function normals(random: Random): [number, number] {
  const r = Math.sqrt(-2 * Math.log(1 - random.unit())),
    angle = 2 * Math.PI * random.unit();
  return [r * Math.cos(angle), r * Math.sin(angle)];
}

/**
 * How far from `base` a value lies: half of the draws below and half above,
 * evenly to the ends of its range, as `replay --uncertainty` draws.
 */
function drawn(base: number, random: Random): number {
  const at = random.unit();
  return (at < 0.5 ? base : 1 - base) * (2 * at - 1);
}

/** What a fit of the linearised model is about. */
export interface Linear {
  /** fitted × figures (src/calibrate/fit/linear.ts). */
  readonly gain: Matrix;
  /** figures × fitted, and figures × left. */
  readonly fitted: Matrix;
  readonly left: Matrix;
  /** Of each fitted parameter, before the fit. */
  readonly spreads: readonly number[];
  /** `u` of the base. */
  readonly fittedBase: readonly number[];
  readonly leftBase: readonly number[];
}

/**
 * How far fits go astray: a parametric bootstrap. Each draw is a machine, its values drawn in
 * their ranges, those that are left alone too, and figures of it with normal noise;
 * of its fit is given how far each parameter lies above the truth.
 * `scales` are how much larger each figure's noise
 * seems to be than it was thought to be. (Drawing the few residuals themselves
 * again would make intervals too narrow: the fit has made them small.)
 * @returns a list of draws of each fitted parameter
 */
export function errorsOfFits(
  { gain, fitted, left, fittedBase, leftBase }: Linear,
  scales: readonly number[],
  seed: number,
): number[][] {
  const random = new Random(seed),
    errors: number[][] = fittedBase.map(() => []);
  for (let d = 0; d < DRAWS; d++) {
    const truth = fittedBase.map((b) => drawn(b, random)),
      others = leftBase.map((b) => drawn(b, random)),
      figures: number[] = [];
    for (let i = 0; i < fitted.rows; i += 2) figures.push(...normals(random));
    figures.length = fitted.rows;
    scales.forEach((scale, i) => {
      figures[i]! *= scale;
    });
    const add = (m: Matrix, by: readonly number[]): void => {
      for (let i = 0; i < m.rows; i++)
        for (let k = 0; k < by.length; k++) figures[i]! += m.get(i, k) * by[k]!;
    };
    add(fitted, truth);
    add(left, others);
    errors.forEach((list, k) =>
      list.push(figures.reduce((n, x, i) => n + gain.get(k, i) * x, 0) - truth[k]!),
    );
  }
  return errors;
}
