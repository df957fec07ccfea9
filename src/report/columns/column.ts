import { rateText, timeText } from "../bars.js";
import { signedTime } from "../signed.js";

export type Exact = string | number | bigint;
/** What a number measures; each report has its way of writing it. `text` is no number, `±ps` a difference. */
export type Unit = "text" | "ps" | "±ps" | "B/s" | "count" | "1/s" | "ratio" | "share";

/**
 * A column of a table about `T`. One list of columns makes the table of the terminal, of the page and of CSV
 * and Arrow: a terminal shows those with a width, a page those with a head, exports those with a type.
 */
export interface Column<T> {
  /** In CSV and Arrow, with its unit: users script against it. */
  readonly name: string;
  readonly type?: "text" | "i64" | "f64";
  readonly head?: string;
  readonly width?: number;
  readonly unit: Unit;
  /** Digits behind the point of a ratio or a share (default 2). */
  readonly digits?: number;
  /** How a cell is written whose unit hangs on its row. */
  readonly text?: (row: T) => string;
  /** In a terminal: words, which begin below each other. */
  readonly words?: boolean;
  /** What a ratio is of, behind its figure in a terminal. */
  readonly of?: string;
  /** The exact value; null or undefined where there is none, which a column with a type never has. */
  readonly value: (row: T) => Exact | null | undefined;
}

/** A cell for a person: what it shows and the exact number behind it, or a dash. */
export interface Shown {
  readonly text: string;
  readonly exact: number | string;
}
const grouped = new Intl.NumberFormat("en-US");
const figure = (
  { unit, digits = 2 }: Pick<Column<never>, "unit" | "digits">,
  x: number,
  page: boolean,
): string => {
  if (unit === "ps") return timeText(x);
  if (unit === "±ps") return signedTime(x);
  if (unit === "B/s") return rateText(x);
  if (unit === "ratio") return `${x.toFixed(digits)}×`;
  if (unit === "share") return x.toFixed(digits);
  const whole = unit === "1/s" ? Math.round(x) : x;
  return page ? grouped.format(whole) : String(whole);
};

function terminalCell<T>(column: Column<T>, row: T): string {
  if (column.text) return column.text(row);
  const value = column.value(row);
  if (value === undefined || value === null) return "–";
  if (column.unit === "text") return String(value);
  const text = figure(column, Number(value), false);
  return column.of === undefined ? text : `${text} ${column.of}`;
}
/** Lines of a table for a terminal: its head and its rows; the first column is as wide as what it holds. */
export function terminalLines<T>(columns: readonly Column<T>[], rows: readonly T[]): string[] {
  const [first, ...rest] = columns.filter((c) => c.width !== undefined);
  const names = [first!.head!, ...rows.map((r) => terminalCell(first!, r))];
  const width = Math.max(first!.width!, ...names.map((n) => n.length)) + 2;
  const line = (name: string, cell: (c: Column<T>) => string): string =>
    name.padEnd(width) +
    rest.map((c) => (c.words ? `   ${cell(c).padEnd(c.width!)}` : cell(c).padStart(c.width!))).join("");
  return [
    line(names[0]!, (c) => c.head!),
    ...rows.map((r, i) => line(names[i + 1]!, (c) => terminalCell(c, r))),
  ];
}

/** Head and cells of a table for a page; columns that are empty in every row are left out. */
export function pageTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
): { head: string[]; rows: (string | Shown)[][] } {
  const none = (v: Exact | null | undefined): v is null | undefined => v === undefined || v === null;
  const shown = columns.filter((c) => c.head !== undefined && rows.some((r) => !none(c.value(r))));
  const cell = (c: Column<T>, row: T): string | Shown => {
    const value = c.value(row);
    if (none(value)) return "–";
    if (c.unit === "text") return String(value);
    return { text: figure(c, Number(value), true), exact: typeof value === "bigint" ? String(value) : value };
  };
  return { head: shown.map((c) => c.head!), rows: rows.map((r) => shown.map((c) => cell(c, r))) };
}

/** A table in Markdown, whose first column is names. */
export function markdownLines<T>(columns: readonly Column<T>[], rows: readonly T[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`,
    shown = columns.filter((c) => c.head !== undefined);
  return [
    line(shown.map((c) => c.head!)),
    line(shown.map((_, i) => (i === 0 ? "---" : "---:"))),
    ...rows.map((r) => line(shown.map((c) => terminalCell(c, r)))),
  ];
}

/** One column of an exported table. Whole numbers are signed, so that SQL can subtract them. */
export interface TableColumn {
  readonly name: string;
  readonly type: "text" | "i64" | "f64";
  /** Those that a JSON number cannot hold are decimal strings. */
  readonly values: readonly Exact[];
}
export interface ExportTable {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}
export function exportTable<T>(name: string, columns: readonly Column<T>[], rows: readonly T[]): ExportTable {
  const typed = columns.filter((c): c is Column<T> & Pick<TableColumn, "type"> => c.type !== undefined);
  return {
    name,
    columns: typed.map((c) => ({
      name: c.name,
      type: c.type,
      values: rows.map((r) => c.value(r)!),
    })),
  };
}
