import { describe, expect, test } from "vitest";
import { generate } from "../../src/generate/generate.js";
import { bytesSource } from "../../src/trace/container/source.js";
import type { MappingRow } from "../../src/trace/mapping/mapping.js";
import { encodeMapping } from "../../src/trace/mapping/mapping-write.js";
import {
  openAnySource,
  openMappingSource,
  openMemorySource,
  openSource,
  readMapping,
} from "../../src/trace/read.js";
import { encodeMetadata } from "../../src/trace/table/metadata.js";
import { collect, TableWriter } from "../../src/trace/table/table-writer.js";
import { TABLES, type Table } from "../../src/trace/table/tables.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { accessesOf, encodeAccesses, MEMORY_META, memoryTraceOf } from "../support/memory/memory.js";
import { refused } from "../support/refused.js";

/** A memory trace of one row with other columns or metadata than it should have. */
function odd(
  columns: Table["columns"],
  metadata: Record<string, string> = {},
  format: "file" | "stream" = "file",
): Uint8Array {
  const values = {
    u8: new Uint8Array(1),
    u16: Uint16Array.of(8),
    u32: new Uint32Array(1),
    u64: new BigUint64Array(1),
  };
  return collect((sink) => {
    const writer = new TableWriter(
      { schema: "odd", columns, words: {} },
      new Set(columns.map((c) => c.name)),
      () => new Map([...encodeMetadata("memory", MEMORY_META), ...Object.entries(metadata)]),
      { format },
      sink,
    );
    writer.write({ rows: 1, values: (name) => values[columns.find((c) => c.name === name)!.type as "u8"] });
    writer.close();
  });
}
const COLUMNS = TABLES.memory.columns;
const open = (bytes: Uint8Array): string => refused(() => openAnySource(bytesSource("odd.arrow", bytes)));
const without = (name: string): Table["columns"] => COLUMNS.filter((c) => c.name !== name);

test("a stream is read as a file is", () => {
  expect(accessesOf(openMemorySource(bytesSource("s.arrow", odd(COLUMNS, {}, "stream"))))).toEqual([
    { vaddr: 0n, size: 8, kind: 0, gap: 0, tid: 0, t: 0n, pc: 0n },
  ]);
});

describe("columns", () => {
  test("a missing one", () =>
    expect(open(odd(without("size")))).toBe(
      "odd.arrow: column size of memory/1 is missing: add it, or import the trace again with this version",
    ));
  test("one that is there twice", () =>
    expect(open(odd([...COLUMNS, { name: "size", type: "u16", doc: "" }]))).toBe(
      'odd.arrow: column "size" is there twice: remove it',
    ));
  test("an unknown kind, with its row", () => {
    const trace = memoryTraceOf(
      [
        { vaddr: 0n, size: 1, kind: 3 },
        { vaddr: 0n, size: 1, kind: 1 },
        { vaddr: 0n, size: 1, kind: 4 },
      ],
      {},
      { batchRows: 2 },
    );
    expect(refused(() => accessesOf(trace))).toBe(
      "memory.arrow: row 2: column kind is 4; legal: 0 load, 1 store, " +
        "2 modify, 3 ifetch: write the file again",
    );
  });
});

describe("metadata", () => {
  test.each([
    [
      "verbscope.schema",
      "memory/2",
      /verbscope\.schema is "memory\/2"; legal: verbs\/1, memory\/1, mapping\/1/,
    ],
    ["verbscope.clock", "ticks", /verbscope\.clock must be ns or none, but is "ticks"/],
    ["verbscope.nodes", "[]", /verbscope\.nodes must name one process, but is "\[\]"/],
    [
      "verbscope.regions",
      '[{"name":"heap","start":5,"bytes":1}]',
      /verbscope\.regions must be a list of \{name, start, bytes\}/,
    ],
    ["verbscope.emulated", "maybe", /verbscope\.emulated must be true or false/],
  ])("%s = %s", (key, value, message) => expect(open(odd(COLUMNS, { [key]: value }))).toMatch(message));
  test("a clock without times", () =>
    expect(open(encodeAccesses([], { clock: "ns" }))).toBe(
      "odd.arrow: verbscope.clock is ns, but column t is missing: add the column or write none",
    ));
});

test("a trace of another schema is refused in one sentence", () => {
  const { builder, metadata } = generate("send-lat", { iters: 1 });
  const [verbs, memory, mapping] = [
    encodeVerbs(builder, metadata),
    encodeAccesses([]),
    encodeMapping([], MEMORY_META),
  ].map((bytes) => bytesSource("x.arrow", bytes));
  expect([verbs!, memory!, mapping!].map((s) => openAnySource(s).kind)).toEqual([
    "verbs",
    "memory",
    "mapping",
  ]);
  expect(refused(() => openSource(memory!))).toBe(
    "x.arrow: is a memory trace (memory/1), but a verbs trace (verbs/1) is wanted here: give another file",
  );
  expect(refused(() => openMemorySource(mapping!))).toBe(
    "x.arrow: is a mapping trace (mapping/1), " +
      "but a memory trace (memory/1) is wanted here: give another file",
  );
  expect(refused(() => openMappingSource(verbs!))).toBe(
    "x.arrow: is a verbs trace (verbs/1), but a mapping trace (mapping/1) is wanted here: give another file",
  );
});

describe("a mapping that no page table holds", () => {
  const good: MappingRow = { vaddr: 0x40000000n, bytes: 0x200000n, leaf: "2m", frame: 512n, domain: "guest" };
  const read = (...rows: Partial<MappingRow>[]): string =>
    refused(() =>
      readMapping(
        openMappingSource(
          bytesSource(
            "map.arrow",
            encodeMapping(
              rows.map((r) => ({ ...good, ...r })),
              MEMORY_META,
            ),
          ),
        ),
      ),
    );
  test.each<[string, Partial<MappingRow>, string]>([
    ["vaddr", { vaddr: 0x40001000n }, "column vaddr is 0x40001000: must be a multiple of its 2m leaf"],
    ["bytes", { bytes: 0x1000n }, "column bytes is 0x1000: must be a multiple of its 2m leaf"],
    ["frame", { frame: 513n }, "column frame is 0x201: must be a multiple of its 2m leaf, 512 frames"],
    ["no bytes", { bytes: 0n }, "column bytes is 0x0: a range has at least one page"],
    [
      "wrap",
      { vaddr: 2n ** 64n - 0x200000n, bytes: 0x400000n },
      "column bytes is 0x400000: the range wraps the address space from 0xffffffffffe00000",
    ],
    [
      "frame wrap",
      { frame: 2n ** 60n },
      "column frame is 0x1000000000000000: the range wraps the physical address space",
    ],
  ])("%s", (_, row, why) =>
    expect(read({}, { vaddr: 0n }, row)).toBe(`map.arrow: row 2: ${why}: correct the table`),
  );
  test("ranges of one dimension that overlap are named with both rows", () => {
    expect(
      read(
        { vaddr: 0n, bytes: 0x600000n },
        { domain: "host", vaddr: 0n },
        { domain: "process", vaddr: 0x400000n },
      ),
    ).toBe(
      "map.arrow: row 2: column vaddr: the range from 0x400000 overlaps " +
        "that of row 0, from 0x0: keep one of them",
    );
  });
  test("ranges of different dimensions may", () => {
    const rows = (["process", "host", "iova"] as const).map((domain) => ({ ...good, domain }));
    expect(
      readMapping(openMappingSource(bytesSource("map.arrow", encodeMapping(rows, MEMORY_META)))),
    ).toEqual(rows);
  });
});
