import { join } from "node:path";
import {
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int32,
  Int64,
  List,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, test } from "vitest";
import { fileSource } from "../../src/trace/container/source.js";
import { inspectMemory } from "../../src/trace/inspect/inspect-memory.js";
import { openMemorySource, openSource } from "../../src/trace/read.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { foreignFile, refusal, source } from "../support/arrow.js";
import { accessesOf, MEMORY_META } from "../support/memory/memory.js";

const ROWS = [
  { vaddr: 0x7fff_ffff_f000n, size: 8, kind: 0 },
  { vaddr: 0x1000n, size: 65535, kind: 2 },
  { vaddr: 64n, size: 1, kind: 1 },
];
/** Columns of ROWS in types of one's choice. */
function accesses(
  types: { vaddr?: DataType; size?: DataType; kind?: DataType } = {},
): Record<string, Vector> {
  const { vaddr = new Uint64(), size = new Uint16(), kind = new Uint8() } = types;
  const number = (type: DataType, values: (number | bigint)[]): Vector =>
    vectorFromArray(type.toString().endsWith("64") ? values.map(BigInt) : values.map(Number), type);
  return {
    vaddr: number(
      vaddr,
      ROWS.map((r) => r.vaddr),
    ),
    size: number(
      size,
      ROWS.map((r) => r.size),
    ),
    kind: number(
      kind,
      ROWS.map((r) => r.kind),
    ),
  };
}

describe("integers of other widths", () => {
  test.each<[string, Parameters<typeof accesses>[0]]>([
    ["int64 everywhere, as pandas writes them", { vaddr: new Int64(), size: new Int64(), kind: new Int64() }],
    ["wider unsigned ones", { size: new Uint32(), kind: new Uint16() }],
    ["narrow signed ones", { size: new Int32(), kind: new Int8() }],
    ["uint64 for small ones", { size: new Uint64(), kind: new Uint64() }],
  ])("%s", (_, types) => {
    for (const format of ["file", "stream"] as const)
      expect(accessesOf(openMemorySource(source(foreignFile("memory", accesses(types), format))))).toEqual(
        ROWS,
      );
  });
  test("narrower ones for a large column", () => {
    const columns = { ...accesses(), vaddr: vectorFromArray([1, 2, 3], new Int32()) };
    expect(accessesOf(openMemorySource(source(foreignFile("memory", columns)))).map((r) => r.vaddr)).toEqual([
      1n,
      2n,
      3n,
    ]);
  });
  test.each<[string, Record<string, Vector>, string]>([
    [
      "a negative one",
      { vaddr: vectorFromArray([1n, -2n, 3n], new Int64()) },
      "row 1: column vaddr is -2, but memory/1 has uint64 there: give a number from 0 to 18446744073709551615",
    ],
    [
      "one that is too large",
      { size: vectorFromArray([8, 8, 65536], new Int32()) },
      "row 2: column size is 65536, but memory/1 has uint16 there: give a number from 0 to 65535",
    ],
    [
      "one that is too large for 32 bits",
      { size: vectorFromArray([8n, 1n << 40n, 8n], new Uint64()) },
      "row 1: column size is 1099511627776, but memory/1 has uint16 there: give a number from 0 to 65535",
    ],
    [
      "no integer",
      { size: vectorFromArray([8, 8, 8], new Float64()) },
      "column size has type float64, but memory/1 wants uint16: convert it",
    ],
    [
      "a word",
      { size: vectorFromArray(["8", "8", "8"], new Utf8()) },
      "column size has type utf8, but memory/1 wants uint16: convert it",
    ],
  ])("%s is refused", (_, columns, why) =>
    expect(refusal(foreignFile("memory", { ...accesses(), ...columns }))).toBe(`t.arrow: ${why}`),
  );
});

test("nulls are refused, with the column's type", () => {
  const columns = { ...accesses(), size: vectorFromArray([8, null, 8], new Int32()) };
  expect(refusal(foreignFile("memory", columns))).toMatch(
    /^t\.arrow: byte \d+, row 0: column size \(int32\) has 1 nulls, but memory\/1 has none: give each row a value; /,
  );
});

test("columns that the schema does not have are left out and noted, whatever their type", () => {
  const columns = {
    core: vectorFromArray([1, 2, 3], new Int8()),
    ...accesses({ size: new Int64() }),
    where: vectorFromArray(["a", null, "c"], new Utf8()),
    name: vectorFromArray(["a", "b", "a"], new Dictionary(new Utf8(), new Int32(), 7)),
    list: vectorFromArray([[1], [2, 3], []], new List(new Field("item", new Float64()))),
  };
  const trace = openMemorySource(source(foreignFile("memory", columns)));
  expect(accessesOf(trace)).toEqual(ROWS);
  const note =
    "columns core (int8), where (utf8), name (dictionary<int32, utf8>), list (list<item float64>) " +
    "of the file are no part of memory/1 and left out";
  expect(inspectMemory(trace).notes).toEqual([...MEMORY_META.notes, note]);
});

test("a schema of the other byte order is refused", () => {
  const bytes = foreignFile("memory", accesses(), "stream").slice(),
    view = new DataView(bytes.buffer);
  // By hand, since no writer here is big-endian: the message's header (slot 2) is the schema, whose slot 0,
  // endianness, is left out when little. It is made to point at a byte pair that is 1, Big.
  const field = (table: number, slot: number): number => table - view.getInt32(table, true) + 4 + 2 * slot;
  const message = 8 + view.getUint32(8, true),
    header = message + view.getUint16(field(message, 2), true),
    schema = header + view.getUint32(header, true);
  let one = 4;
  while (view.getInt16(schema + one, true) !== 1) one++;
  view.setUint16(field(schema, 0), one, true);
  expect(refusal(bytes)).toBe(
    "t.arrow: byte 0: the schema's endianness is Big, and byte order is not changed here: " +
      "write the file little-endian, as Arrow's writers do on most machines",
  );
});

test("lists with long offsets, words as views, all integers int64, zstd: as pyarrow writes them", () => {
  // The first 60 rows of traces/rc-pingpong-4k.arrow, cast by pyarrow 25: verb is large_string, opcode
  // string_view, sge and runs large_list, every other column int64; compression zstd.
  const made = openSource(fileSource(join(import.meta.dirname, "fixtures/pyarrow-verbs.arrow"))),
    whole = openSource(fileSource(join(import.meta.dirname, "../../traces/rc-pingpong-4k.arrow")));
  const rows = [...readRows(made)];
  expect(rows.length).toBe(60);
  expect(rows.some((r) => r.runs.length > 0) && rows.some((r) => r.sge.length > 0)).toBe(true);
  expect(rows).toEqual([...readRows(whole)].slice(0, 60));
  made.close();
  whole.close();
});
