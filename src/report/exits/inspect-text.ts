import type { ExitsInspection } from "../../trace/inspect/inspect-exits.js";
import { loss, n, table } from "../../trace/inspect/text-lines.js";
import { percent, timeText } from "../bars.js";

/** Reasons that are shown, those of the most time; JSON has all. */
const SHOWN = 12;
const HEAD = ["reason", "exits", "no entry", "median", "p99", "total", "share"];

/** The inspection of a table of exits as lines for a terminal. */
export function exitsText(i: ExitsInspection): string {
  const facts = table([
    ["table", i.file],
    ["rows", n(i.rows)],
    ["vCPUs", n(i.vcpus)],
    ["span", `${timeText(i.span_ps)}, from the first exit to the last one`],
    ...loss(i),
  ]);
  const time = (ps: number | undefined): string => (ps === undefined ? "–" : timeText(ps));
  const rows = i.reasons
    .slice(0, SHOWN)
    .map((r) => [
      r.reason,
      n(r.count),
      n(r.without_entry),
      time(r.median_ps),
      time(r.p99_ps),
      timeText(r.total_ps),
      percent(r.share),
    ]);
  const more = i.reasons.length - SHOWN,
    rest = more > 0 ? `and ${n(more)} more reasons (--json lists all)\n` : "";
  return (
    `${facts}\n${columns([HEAD, ...rows])}${rest}` +
    "A share is of the time of all exits with an entry; that of HLT, hlt, mwait and pauses is waiting.\n"
  );
}

/** The first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  return rows
    .map(
      (row) =>
        `${row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join("  ")}\n`,
    )
    .join("");
}
