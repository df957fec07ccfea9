import { safeJsonText, safeLines } from "../../report/safe-text.js";

const DEFAULT = 120,
  LEAST = 40;

/**
 * Columns that text may take: those of the terminal, else what
 * COLUMNS says, as people set it for a pager or a log.
 */
export function terminalWidth(
  columns: number | undefined = process.stdout.columns,
  said: string | undefined = process.env.COLUMNS,
): number {
  return Math.max(LEAST, columns ?? (said !== undefined && /^\d{1,4}$/.test(said) ? Number(said) : DEFAULT));
}

/** Text for a person. Names come from files: what would move a cursor or hide text is shown as dots. */
export const print = (text: string): void => void process.stdout.write(safeLines(text));
/** The same, beside the answer. */
export const say = (text: string): void => void process.stderr.write(safeLines(text));
/** A JSON document; what is unsafe on a terminal stands as escapes. */
export const printJson = (text: string): void => void process.stdout.write(safeJsonText(text));
