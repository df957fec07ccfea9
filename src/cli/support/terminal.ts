import { fitted } from "../../report/fit.js";
import { safeJsonText, safeLines } from "../../report/safe-text.js";

const DEFAULT = 120,
  LEAST = 40;

/** Columns of the terminal, else what COLUMNS says, as people set it for a pager or a log; else not known. */
function knownWidth(columns: number | undefined, said: string | undefined): number | undefined {
  const width = columns ?? (said !== undefined && /^\d{1,4}$/.test(said) ? Number(said) : undefined);
  return width === undefined ? undefined : Math.max(LEAST, width);
}
/** Columns that text may take. */
export const terminalWidth = (
  columns: number | undefined = process.stdout.columns,
  said: string | undefined = process.env.COLUMNS,
): number => knownWidth(columns, said) ?? DEFAULT;

/**
 * Text for a person, within the width where that is known. Names come from files: what would move a cursor or
 * hide text is shown as dots.
 */
export function print(text: string): void {
  const width = knownWidth(process.stdout.columns, process.env.COLUMNS),
    safe = safeLines(text);
  process.stdout.write(width === undefined ? safe : fitted(safe, width));
}
/** The same, beside the answer. */
export const say = (text: string): void => void process.stderr.write(safeLines(text));
/** Text for a shell: as it is, since a line that is cut in two would be another command. */
export const printShell = (text: string): void => void process.stdout.write(safeLines(text));
/** A JSON document; what is unsafe on a terminal stands as escapes. */
export const printJson = (text: string): void => void process.stdout.write(safeJsonText(text));
