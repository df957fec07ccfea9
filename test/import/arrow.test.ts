import { join } from "node:path";
import {
  Int64,
  RecordBatchFileWriter,
  Table,
  tableFromIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, test } from "vitest";
import { generate } from "../../src/generate/generate.js";
import { importArrow } from "../../src/import/arrow/arrow.js";
import type { ReadTable, TableOptions } from "../../src/import/shared/format.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { encodeMapping } from "../../src/trace/mapping/mapping-write.js";
import { writeMemory } from "../../src/trace/memory/memory-write.js";
import { openMemoryTrace, openSource } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { scratch } from "../support/files.js";
import { accessesOf, encodeAccesses, MEMORY_META } from "../support/memory/memory.js";
import { refused } from "../support/refused.js";

const { file } = scratch();
const fixture = join(import.meta.dirname, "fixtures/arrow", "accesses.arrow");

/** A table without metadata, as polars writes it. */
function bare(name: string, columns: Record<string, Vector>): string {
  const writer = new RecordBatchFileWriter();
  writer.writeAll(new Table(columns));
  return file(name, writer.finish().toUint8Array(true));
}
const int = (...values: bigint[]): Vector => vectorFromArray(values, new Int64());
const of = <K extends ReadTable["kind"]>(kind: K, path: string, options?: TableOptions) => {
  const table = importArrow(path, options);
  expect(table.kind).toBe(kind);
  return table as Extract<ReadTable, { kind: K }>;
};
/** Writes the accesses that were read, and reads them again. */
async function written(path: string, options?: TableOptions) {
  const table = of("memory", path, options),
    out = file("out.arrow", "");
  const { metadata } = await writeMemory(out, table.source, { columns: table.columns });
  const trace = openMemoryTrace(out),
    rows = accessesOf(trace);
  trace.close();
  return { rows, metadata };
}

describe("accesses", () => {
  const ROWS = [
    { vaddr: 0x7f0000001000n, size: 8, kind: 0, gap: 3 },
    { vaddr: 0x7f0000001040n, size: 8, kind: 1, gap: 1 },
    { vaddr: 0x7f0000002000n, size: 16, kind: 0, gap: 2 },
  ];
  // The fixture is made by pyarrow: all columns int64, and one that memory/1 does not have.
  test("without metadata: what is assumed is said", async () => {
    const { rows, metadata } = await written(fixture);
    expect(rows).toEqual(ROWS);
    expect(metadata).toEqual({
      source: { format: "arrow", files: ["accesses.arrow"] },
      clock: "none",
      emulated: false,
      nodes: [{ name: "accesses.arrow" }],
      fields: { vaddr: "recorded", size: "recorded", kind: "recorded", gap: "recorded" },
      notes: [
        "column core (int64) of the file is no part of memory/1 and left out",
        "the table is of memory/1, by its columns (assumed; --schema says otherwise)",
        "the clock is none (assumed; --clock says otherwise)",
        "devices and machine were real ones (assumed; --emulated says otherwise)",
        "every column is recorded (assumed)",
        "the process is named accesses.arrow (assumed; --node names it)",
      ],
    });
  });
  test("what is given is not assumed", async () => {
    const { metadata } = await written(fixture, {
      schema: "memory/1",
      clock: "none",
      emulated: true,
      node: ["server"],
    });
    expect([metadata.emulated, metadata.nodes]).toEqual([true, [{ name: "server" }]]);
    expect(metadata.notes.filter((n) => n.includes("assumed"))).toEqual([
      "every column is recorded (assumed)",
    ]);
  });
  test("with metadata of their own: it holds, but for what is counted", async () => {
    const regions = [{ name: "heap", start: 4096n, bytes: 64 }];
    const whole = tableFromIPC(encodeAccesses(ROWS, { regions })),
      writer = new RecordBatchFileWriter();
    writer.writeAll(whole.slice(1)); // as a filter leaves it, with verbscope.rows of 3
    const { rows, metadata } = await written(file("part.arrow", writer.finish().toUint8Array(true)));
    expect(rows).toEqual(ROWS.slice(1));
    expect(metadata).toEqual({
      ...MEMORY_META,
      regions,
      source: { format: "arrow", files: ["part.arrow"], of: MEMORY_META.source },
    });
  });
});

test("verbs: threads are counted and nodes named", () => {
  const { builder, metadata } = generate("send-lat", { iters: 3 });
  const bytes = encodeVerbs(builder, metadata),
    table = tableFromIPC(bytes);
  const path = bare(
    "verbs.arrow",
    Object.fromEntries(table.schema.names.map((n) => [n, table.getChild(n as never)!])),
  );
  const read = of("verbs", path, { node: ["left", "right"] });
  expect(read.metadata.nodes).toEqual([{ name: "left" }, { name: "right" }]);
  const original = openSource(bytesSource("a", bytes)),
    again = openSource(bytesSource("b", encodeVerbs(read.builder, read.metadata)));
  expect([...readRows(again)]).toEqual([...readRows(original)]);
  expect(again.threads).toEqual(original.threads);
  expect(of("verbs", path).metadata.nodes).toEqual([{ name: "node0" }, { name: "node1" }]);
  expect(refused(() => importArrow(path, { node: ["left"] }))).toBe(
    `${path}: column node names 2 nodes, but --node 1: name each once, in their order`,
  );
});

describe("page maps", () => {
  const columns = { vaddr: int(4096n, 8192n), bytes: int(4096n, 4096n), frame: int(7n, 9n) };
  test("may lack leaf and domain", () => {
    const path = bare("map.arrow", columns);
    const assumed = of("mapping", path);
    expect(assumed.rows.map((r) => [r.leaf, r.domain])).toEqual(Array(2).fill(["4k", "process"]));
    expect(assumed.metadata.fields).toMatchObject({ vaddr: "recorded", leaf: "assumed", domain: "assumed" });
    expect(assumed.metadata.notes.slice(-2)).toEqual([
      "there is no column leaf: it is 4k in every row (assumed; --leaf says otherwise)",
      "there is no column domain: it is process in every row (assumed; --domain says otherwise)",
    ]);
    expect(of("mapping", path, { domain: "host" }).rows[1]!.domain).toBe("host");
    // what was read is a whole table
    expect(encodeMapping(assumed.rows, assumed.metadata).length).toBeGreaterThan(0);
  });
  test("are checked", () => {
    const path = bare("hidden.arrow", { ...columns, frame: int(0n, 0n) });
    expect(refused(() => importArrow(path))).toMatch(/: column frame is 0 in all 2 rows of domain process: /);
  });
});

describe("what cannot be taken is refused", () => {
  test.each<[string, Record<string, Vector>, TableOptions, string]>([
    ["another table", { a: int(1n) }, {}, "its columns are those of no schema: give --schema verbs/1, "],
    [
      "another schema",
      { a: int(1n) },
      { schema: "x/1" },
      'schema "x/1" is not known: give --schema verbs/1, ',
    ],
    [
      "a column that is missing",
      { vaddr: int(1n), size: int(8n) },
      { schema: "memory/1" },
      "column kind of memory/1 is missing: add it",
    ],
    [
      "a column of another type",
      { vaddr: int(1n), size: int(8n), kind: vectorFromArray(["load"], new Utf8()) },
      {},
      "column kind has type utf8, but memory/1 wants uint8: convert it",
    ],
  ])("%s", (name, columns, options, why) => {
    const path = bare(`${name.replaceAll(" ", "-")}.arrow`, columns);
    expect(refused(() => importArrow(path, options)).startsWith(`${path}: ${why}`)).toBe(true);
  });
  test("options of other schemas", () => {
    expect(refused(() => importArrow(fixture, { leaf: "2m" }))).toBe(
      "import arrow: --leaf is for tables of mapping/1, but this is one of memory/1: leave it out",
    );
    expect(refused(() => importArrow(fixture, { node: ["a", "b"] }))).toBe(
      "import arrow: --node names 2 nodes, but memory/1 is of one process: name one",
    );
  });
});
