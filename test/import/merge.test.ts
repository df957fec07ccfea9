import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../src/generate/generate.js";
import { mergeTraces } from "../../src/import/verbs/merge.js";
import type { Imported } from "../../src/import/verbs/run.js";
import { importVerbsJsonl } from "../../src/import/verbs/verbs-jsonl.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import { VerbsBuilder } from "../../src/trace/verbs/columns-builder.js";
import { strangers } from "../../src/trace/verbs/endpoints.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { refused } from "../support/refused.js";

const open = ({ builder, metadata }: Imported): VerbsTrace =>
  openSource(bytesSource("m.arrow", encodeVerbs(builder, metadata)));
const side = (name: string): string =>
  join(import.meta.dirname, "fixtures/verbs-jsonl", `write-lat.${name}.jsonl`);

test("merging the two sides gives what importing both at once gives", () => {
  const merged = open(
    mergeTraces([open(importVerbsJsonl([side("server")])), open(importVerbsJsonl([side("client")]))]),
  );
  const together = open(importVerbsJsonl([side("server"), side("client")]));
  expect([...readRows(merged)]).toEqual([...readRows(together)]);
  expect(merged.threads).toEqual(together.threads);
  expect(new Set(merged.notes)).toEqual(new Set(together.notes));
});

/** The rows of one node as a trace of its own. */
function half({ builder, metadata }: Imported, node: number): VerbsTrace {
  const own = new VerbsBuilder();
  for (const row of readRows(open({ builder, metadata })))
    if (row.node === node) own.add({ ...row, node: 0 });
  return open({ builder: own, metadata: { ...metadata, nodes: [metadata.nodes[node]!] } });
}

test("traces without comparable clocks take turns and keep their rows", () => {
  const run = generate("write-lat", { iters: 1000 }),
    parts = [half(run, 0), half(run, 1)];
  const merged = open(mergeTraces(parts));
  expect(merged.rows).toBe(parts[0]!.rows + parts[1]!.rows);
  expect(merged.metadata.nodes.map((n) => n.name)).toEqual(["server", "client"]);
  const rows = [...readRows(merged)];
  expect(rows.slice(0, 1024).every((r) => r.node === 0)).toBe(true);
  expect(rows.slice(1024, 2048).every((r) => r.node === 1)).toBe(true);
  expect(rows.filter((r) => r.await_writes > 0).length).toBe(
    [...readRows(open(run))].filter((r) => r.await_writes > 0).length,
  );
  expect(merged.notes.join("\n")).toContain("clocks of the nodes cannot be compared");
});

test("traces of different runs are refused, and which", () => {
  const one = generate("write-lat", { iters: 3 }),
    other = open(generate("rc-pingpong", { iters: 3 }));
  expect(refused(() => mergeTraces([half(one, 0), half(one, 1), other]))).toMatch(
    /^merge: m\.arrow has no QP that is connected to one of the other traces: it is of another run/,
  );
  expect(strangers([half(one, 0), half(one, 1)])).toEqual([]);
});
