import type { Result } from "../replay/result/document.js";

/** What was left out of each thread, and why; names as the trace has them. */
export const leftOutSentences = ({ left_out }: Result["trace"]): string[] =>
  (left_out ?? []).map(
    ({ node, name, tid, rows, from_row, why }) =>
      `${rows === 1 ? "1 row" : `${rows} rows`} of node ${node} (${name}), thread ${tid}, ` +
      `from row ${from_row} on: ${why}`,
  );
