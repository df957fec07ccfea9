import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { VERBS } from "../../src/abi/verbs.js";
import { openTrace, type VerbsTrace } from "../../src/trace/read.js";
import type { VerbsRow } from "../../src/trace/table/rows.js";
import { cutTrace } from "../../src/trace/verbs/cut.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { CAPTURES, capture } from "../support/captures.js";
import { polled, traceOf } from "../support/script.js";

/** The rows that are kept, one by one. */
function expected(whole: VerbsTrace, kept: readonly number[]): VerbsRow[] {
  const seen = new Map<string, number>();
  return [...readRows(whole)].filter(({ node, tid }) => {
    const key = `${node}/${tid}`,
      before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before < kept[whole.threads.findIndex(([n, t]) => n === node && t === tid)]!;
  });
}
const shares = (whole: VerbsTrace): number[] =>
  whole.threads.map(([, , rows], i) => Math.floor(rows * [0.4, 0.9, 1, 0][i % 4]!));

describe("a trace cut short has the first rows of each thread, with all their values", () => {
  test.each(CAPTURES)("%s", (name) => {
    const whole = capture(name),
      kept = shares(whole),
      cut = cutTrace(whole, kept);
    expect([...readRows(cut)]).toEqual(expected(whole, kept));
    expect(cut.threads).toEqual(
      whole.threads.map(([n, t], i) => [n, t, kept[i]!]).filter(([, , rows]) => rows !== 0),
    );
    expect({ ...cut.metadata, threads: [] }).toEqual({ ...whole.metadata, threads: [] });
    whole.close();
  });
  test("of a file whose dictionaries have the words in another order", () => {
    const whole = openTrace(fileURLToPath(new URL("fixtures/pyarrow-verbs.arrow", import.meta.url)));
    expect([...whole.verbRemap]).not.toEqual(VERBS.map((_, i) => i));
    const kept = shares(whole);
    expect([...readRows(cutTrace(whole, kept))]).toEqual(expected(whole, kept));
    whole.close();
  });
  test("of many batches, and to nothing", () => {
    const rows = Array.from({ length: 100 }, (_, i) => polled("SEND", 8, { tid: i % 3, wr_id: BigInt(i) }));
    const whole = traceOf(rows, {}, 7);
    for (const kept of [
      [34, 0, 1],
      [10, 20, 30],
      [0, 0, 0],
    ])
      expect([...readRows(cutTrace(whole, kept))]).toEqual(expected(whole, kept));
  });
});
