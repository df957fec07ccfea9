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
