import type { Matrix } from "ml-matrix";

/**
 * Figures that share a parameter, directly or by way of others, have equal numbers:
 * what one group of them is off by says nothing of another's noise.
 */
function groups(columns: readonly (readonly number[])[], figures: number): number[] {
  const group = Array.from({ length: figures }, (_, i) => i);
  for (const column of columns) {
    const moved = group.filter((_, i) => column[i] !== 0),
      first = Math.min(...moved);
    group.forEach((g, i) => {
      if (moved.includes(g)) group[i] = first;
    });
  }
  return group;
}

/** How well a group of figures is described. */
export interface Misfit {
  /** Chi² by its degrees of freedom: about 1 where residuals are as large as the noise. */
  readonly misfit: number;
  /** Noise alone passes this once in a thousand. */
  readonly limit: number;
}

/** The 99.9 % quantile of the normal distribution. */
const Z = 3.09;
/** The same quantile of chi² by its degrees of freedom (Wilson and Hilferty 1931). */
const limitOf = (degrees: number): number => (1 - 2 / (9 * degrees) + Z * Math.sqrt(2 / (9 * degrees))) ** 3;

/**
 * Of each figure: its group's. `hat` is slopes × gain; its trace counts the parameters
 * that the figures decide, which are no degrees of freedom any more.
 */
export function misfits(
  residuals: readonly number[],
  columns: readonly (readonly number[])[],
  hat: Matrix,
): Misfit[] {
  const group = groups(columns, residuals.length),
    of =
      (value: (i: number) => number) =>
      (g: number): number =>
        group.reduce((n, h, i) => (h === g ? n + value(i) : n), 0);
  const chi2 = of((i) => residuals[i]! ** 2),
    free = of((i) => 1 - hat.get(i, i));
  return group.map((g) => {
    const degrees = Math.max(1, free(g));
    return { misfit: chi2(g) / degrees, limit: limitOf(degrees) };
  });
}
