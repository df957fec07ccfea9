import type { TraceSet } from "../../replay/set/document.js";
import { type RecordedExits, recordedExits } from "../../replay/set/recorded-exits.js";
import { recordedText } from "../../report/exits/recorded-text.js";
import { type Line, n, table } from "../../trace/inspect/text-lines.js";
import { openMembers } from "./sets.js";

/** What is in a set, for a person or a script. */
interface SetInspection {
  file: string;
  members: { kind: string; file: string; rows: number }[];
  notes: readonly string[];
  /** Recorded exits that count as the run's. */
  exits?: RecordedExits;
}

/** Opens the members of a set, which must be those that were joined. */
export function inspectSet(file: string, set: TraceSet): SetInspection {
  const open = openMembers(file, set);
  try {
    const verbs = open.find((t) => t.kind === "verbs"),
      exits = open.find((t) => t.kind === "exits");
    return {
      file,
      members: open.map(({ kind, path, rows }) => ({ kind, file: path, rows })),
      notes: set.notes,
      ...(exits === undefined ? {} : { exits: recordedExits(exits, verbs) }),
    };
  } finally {
    for (const trace of open) trace.close();
  }
}

export function setText({ file, members, notes, exits }: SetInspection): string {
  return (
    table([
      ["set", file],
      ...members.map((m): Line => [m.kind, `${m.file}, ${n(m.rows)} rows`]),
      ...notes.map((note): Line => ["note", note]),
    ]) + (exits === undefined ? "" : `${recordedText(exits)}\n`)
  );
}
