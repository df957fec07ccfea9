import { type Line, quote, type Source } from "./source.js";

/** Cells of a table's row by column. */
export type Row = ReadonlyMap<string, string>;

/**
 * Tokens of a row under the columns of its header; a row with more or fewer
 * is refused, and so is a last one that may have lost digits.
 */
export function row(source: Source, line: Line, columns: readonly string[]): Row {
  const cells = line.text.trim().split(/\s+/);
  if (cells.length < columns.length)
    source.refuse(
      line,
      `has ${cells.length} of ${columns.length} columns, ` +
        `${quote(columns[cells.length]!)} is missing: the file was cut, ` +
        "give all of it",
    );
  if (cells.length > columns.length)
    source.refuse(
      line,
      `has ${cells.length} columns, but the header names ${columns.length}: give the tool's own output`,
    );
  // Figures are printed with two decimals or more.
  if (source.isOpen(line) && !/\.\d{2,}$/.test(cells.at(-1)!))
    source.refuse(line, `ends within ${quote(columns.at(-1)!)}: the file was cut, give all of it`);
  return new Map(columns.map((column, i) => [column, cells[i]!]));
}
