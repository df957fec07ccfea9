import { Matrix, pseudoInverse } from "ml-matrix";

/** A matrix of columns; `rows` is needed where there are none. */
export const matrixOf = (columns: readonly (readonly number[])[], rows: number): Matrix =>
  columns.length === 0 ? Matrix.zeros(rows, 0) : new Matrix(columns.map((c) => [...c])).transpose();

/**
 * fitted × figures: where the fit goes when the figures' logarithms grow by their noise.
 * Columns are the fitted parameters', at the optimum; spreads theirs before the fit.
 */
export function gain(
  columns: readonly (readonly number[])[],
  spreads: readonly number[],
  rows: number,
): Matrix {
  if (columns.length === 0) return Matrix.zeros(0, rows);
  const j = matrixOf(columns, rows),
    prior = Matrix.diag(spreads.map((s) => 1 / s));
  const both = new Matrix([...j.to2DArray(), ...prior.to2DArray()]);
  return pseudoInverse(both).subMatrix(0, columns.length - 1, 0, rows - 1);
}

/** parts × wholes: each column of `parts` as least squares makes it of `wholes`. */
export function inTermsOf(
  wholes: readonly (readonly number[])[],
  parts: readonly (readonly number[])[],
  rows: number,
): number[][] {
  if (wholes.length === 0 || parts.length === 0) return parts.map(() => []);
  return pseudoInverse(matrixOf(wholes, rows)).mmul(matrixOf(parts, rows)).transpose().to2DArray();
}
