import { expect } from "vitest";
import { importVerbsRecorder } from "../../src/import/recorder/verbs-recorder.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";

/** Rows of recordings, through the file format of traces. */
export function rowsOf(...files: string[]): VerbsRow[] {
  const { builder, metadata } = importVerbsRecorder(files);
  return [...readRows(openSource(bytesSource("rows.arrow", encodeVerbs(builder, metadata))))];
}

const BIG = new Set(["wr_id", "addr", "size", "remote_addr"]);

/** What the scripted program (capture/test/script.c) said that a recording must hold, row by row. */
export function expectScript(rows: readonly VerbsRow[], said: string): void {
  const lines = said
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows.map((r) => r.verb)).toEqual(lines.map((l) => l.verb));
  lines.forEach((line, i) => {
    const row = Object.fromEntries(
      Object.entries(line).map(([name, value]) => {
        if (name === "sge")
          return [
            name,
            (value as [number, number, number][]).map(([addr, length, lkey]) => ({
              addr: BigInt(addr),
              length,
              lkey,
            })),
          ];
        return [name, BIG.has(name) ? BigInt(value as string) : value];
      }),
    );
    expect(rows[i], `row ${i}`).toMatchObject(row);
  });
}
