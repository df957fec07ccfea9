import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../src/generate/generate.js";
import { mergeTraces } from "../../src/import/verbs/merge.js";
import { type Imported, importVerbsJsonl } from "../../src/import/verbs/verbs-jsonl.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";

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

test("traces without comparable clocks take turns and keep their rows", () => {
  const parts = [1, 2].map((seed) => open(generate("write-lat", { iters: 1000, seed })));
  const merged = open(mergeTraces(parts));
  expect(merged.rows).toBe(parts[0]!.rows + parts[1]!.rows);
  expect(merged.metadata.nodes.map((n) => n.name)).toEqual(["server", "client", "server", "client"]);
  const rows = [...readRows(merged)];
  expect(rows.slice(0, 1024).every((r) => r.node < 2)).toBe(true);
  expect(rows.slice(1024, 2048).every((r) => r.node >= 2)).toBe(true);
  expect(rows.filter((r) => r.await_writes > 0).length).toBe(
    2 * [...readRows(parts[0]!)].filter((r) => r.await_writes > 0).length,
  );
  expect(merged.notes.join("\n")).toContain("clocks of the nodes cannot be compared");
});
