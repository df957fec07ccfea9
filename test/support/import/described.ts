import { readAccesses } from "../../../src/trace/memory/read-accesses.js";
import { type AnyTrace, readExits, readMapping } from "../../../src/trace/read.js";
import { readRows } from "../../../src/trace/verbs/read-rows.js";

/** Rows of a golden file; samples are small, and the first rows are like the others. */
const ROWS = 60;

const DECIMAL: ReadonlySet<string> = new Set(["t", "bytes", "duration_ps"]);
const value = (column: string, x: unknown): string =>
  typeof x === "bigint" && !DECIMAL.has(column) ? `0x${x.toString(16)}` : String(x);
const lines = (rows: readonly object[]): string[] =>
  rows.slice(0, ROWS).map((row) =>
    Object.entries(row)
      .map(([column, x]) => `${column} ${value(column, x)}`)
      .join("  "),
  );

/** A trace as text that one can review: what became of a recording, all of its loss report, its rows. */
export function described(trace: AnyTrace): string {
  const { metadata, rows } = trace;
  let shown: string[];
  if (trace.kind === "memory") shown = lines([...readAccesses(trace)]);
  else if (trace.kind === "mapping") shown = lines(readMapping(trace));
  else if (trace.kind === "exits") shown = lines([...readExits(trace)]);
  else {
    const counts = new Map<string, number>();
    for (const { verb } of readRows(trace)) counts.set(String(verb), (counts.get(String(verb)) ?? 0) + 1);
    shown = [...counts].sort().map(([verb, n]) => `verb ${verb} × ${n}`);
  }
  return [
    `${trace.kind} of ${JSON.stringify(metadata.source)}`,
    `rows ${rows}, clock ${metadata.clock}, emulated ${metadata.emulated}`,
    `nodes ${metadata.nodes.map((n) => n.name).join(", ")}`,
    ...Object.entries(metadata.fields).map(([column, origin]) => `${column}: ${origin}`),
    ...metadata.notes.map((note) => `· ${note}`),
    "",
    ...shown,
    ...(rows > shown.length && trace.kind !== "verbs" ? [`and ${rows - shown.length} more`] : []),
    "",
  ].join("\n");
}
