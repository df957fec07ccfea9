import type { MemoryColumn } from "../../trace/memory/memory-rows.js";

const WHAT = [
  ["gap", "instructions between accesses"],
  ["tid", "threads"],
  ["t", "times"],
  ["pc", "addresses of instructions"],
] as const satisfies readonly (readonly [MemoryColumn, string])[];

/** The columns that a trace does not have, in a sentence for its loss report. */
export function absentNote(columns: ReadonlySet<MemoryColumn>): string[] {
  const missing = WHAT.filter(([column]) => !columns.has(column));
  if (missing.length === 0) return [];
  return [
    "columns that the trace does not have: " +
      missing.map(([column, what]) => `${column} (${what})`).join(", "),
  ];
}

/** `n things were dropped`, for what a recording holds and a trace does not; none is no note. */
export function droppedNote(n: number, what: string, why: string): string[] {
  return n === 0 ? [] : [`${n} ${what}${n === 1 ? " was" : "s were"} dropped: ${why}`];
}
