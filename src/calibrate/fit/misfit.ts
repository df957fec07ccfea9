/**
 * Figures that share a parameter, directly or by way of others, have equal numbers:
 * what one group of them is off by says nothing of another's noise.
 */
export function groupsOf(columns: readonly (readonly number[])[], figures: number): number[] {
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
 * Of some figures by themselves. `leverage` of a figure is the part of it that the fit takes from it
 * (the diagonal of slopes × gain): over figures it counts the parameters
 * that they decide, which are no degrees of freedom any more.
 */
export function misfitOf(
  figures: readonly number[],
  residuals: readonly number[],
  leverage: readonly number[],
): Misfit {
  const chi2 = figures.reduce((n, i) => n + residuals[i]! ** 2, 0),
    free = figures.reduce((n, i) => n + 1 - leverage[i]!, 0);
  const degrees = Math.max(1, free);
  return { misfit: chi2 / degrees, limit: limitOf(degrees) };
}

/** Of each figure: its group's. */
export function misfits(
  residuals: readonly number[],
  group: readonly number[],
  leverage: readonly number[],
): Misfit[] {
  const members = new Map<number, number[]>();
  group.forEach((g, i) => {
    const list = members.get(g);
    if (list === undefined) members.set(g, [i]);
    else list.push(i);
  });
  const of = new Map([...members].map(([g, figures]) => [g, misfitOf(figures, residuals, leverage)]));
  return group.map((g) => of.get(g)!);
}
