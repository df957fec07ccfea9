/**
 * A parameter takes part in the fit where, over its range, it moves all the figures
 * together by more than so many standard deviations of their noise.
 */
export const MOVES = 1;
/**
 * A direction can be told from others where the part of it that is not theirs moves the
 * figures by more than this. A value drawn evenly from its range has a standard
 * deviation of 0.29 of it, and such a measurement leaves one of 1/6 or less: it says more than the range did.
 */
export const CLEAR = 6;

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((n, x, i) => n + x * b[i]!, 0);
export const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));

/**
 * Columns that can be told apart, by pivoted Gram-Schmidt: the one that moves the figures
 * most, then the one whose part that is not yet spanned does, and so on
 * while that part is clear. Never more than there are figures. Ties go to the first.
 */
export function distinguishable(columns: readonly (readonly number[])[]): number[] {
  const left = columns.map((c) => [...c]),
    chosen: number[] = [];
  while (chosen.length < Math.min(columns.length, columns[0]?.length ?? 0)) {
    let best = -1,
      most = CLEAR;
    left.forEach((c, j) => {
      if (norm(c) <= most || chosen.includes(j)) return;
      most = norm(c);
      best = j;
    });
    if (best < 0) break;
    chosen.push(best);
    const unit = left[best]!.map((x) => x / most);
    for (const c of left) {
      const along = dot(c, unit);
      unit.forEach((x, i) => {
        c[i]! -= along * x;
      });
    }
  }
  return chosen.sort((a, b) => a - b);
}
