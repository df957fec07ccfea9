import { describe, expect, test } from "vitest";
import { importMemoryCsv } from "../../src/import/memory/memory-csv.js";
import { scratch } from "../support/files.js";
import { collected } from "../support/memory/memory.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();

test("a line is a row", async () => {
  const { rows, metadata } = await collected(
    importMemoryCsv(file("a.csv", "L,147e9a,1,2\nS,1FFEFFF3DC,4,10\nM,0,8,0")),
  );
  expect(rows).toEqual([
    { vaddr: 0x147e9an, size: 1, kind: 0, gap: 2 },
    { vaddr: 0x1ffefff3dcn, size: 4, kind: 1, gap: 10 },
    { vaddr: 0n, size: 8, kind: 2, gap: 0 },
  ]);
  expect(metadata).toMatchObject({
    source: { format: "memory-csv", files: ["a.csv"] },
    clock: "none",
    emulated: false,
  });
  expect(metadata.notes).not.toContain("sampled");
});

test("windows are counted, end a run, and a note says what they mean", async () => {
  const movs = "L,1000,1,1\nS,2000,1,0\n",
    next = "L,1001,1,1\nS,2001,1,0\n";
  const whole = await collected(importMemoryCsv(file("whole.csv", movs + next)));
  expect(whole.rows.map((r) => r.size)).toEqual([2, 2]);
  const sampled = await collected(
    importMemoryCsv(
      file(
        "sampled.csv",
        `#window,0,first_access=1,instructions_so_far=5\n${movs}` +
          `#window,1,first_access=9,instructions_so_far=70\n${next}`,
      ),
    ),
  );
  expect(sampled.rows.map((r) => r.size)).toEqual([1, 1, 1, 1]);
  expect(sampled.metadata.notes[0]).toBe(
    "the recording is sampled: 2 windows; what was between them is missing, " +
      "and a replay carries its state over from one to the next",
  );
});

describe("what does not fit is refused with file, line, column and value", () => {
  test.each([
    ["op", "L,10,8,1\nX,10,8,1\n", 'line 2: column op is not L, S or M in "X,10,8,1"'],
    ["no op", ",10,8,1\n", 'line 1: column op is not L, S or M in ",10,8,1"'],
    ["an empty line", "L,10,8,1\n\nL,10,8,1\n", 'line 2: column op is not L, S or M in ""'],
    ["a header alone", "op,addr_hex,size,igap\n", "has no data access"],
    ["a header without an address", "op,size,igap\n", 'line 1: column op is not L, S or M in "op,size,igap"'],
    [
      "a table's address",
      "kind,vaddr\nload,12x\n",
      'line 2: column vaddr is not a number of 64 bits, decimal or 0x and hexadecimal digits in "load,12x"',
    ],
    ["a table's kind", "kind,vaddr\nfetch,12\n", "line 2: column kind is not L, S, M, R, W, load, store,"],
    [
      "a row that is too short",
      "kind,vaddr,size\nR,12\n",
      "line 2: column size is not there: the row is too",
    ],
    [
      "a row that is too long",
      "kind,vaddr\nR,12,3\n",
      "line 2: column vaddr is not the last: the row is too",
    ],
    [
      "0x",
      "L,0x10,8,1\n",
      'line 1: column addr_hex is not hexadecimal digits (without 0x) of 64 bits in "L,0x10,8,1"',
    ],
    ["a long address", "L,10000000000000000,8,1\n", "line 1: column addr_hex is not hexadecimal digits"],
    ["no size", "L,10,,1\n", 'line 1: column size is not a decimal number in "L,10,,1"'],
    ["no gap", "L,10,8\n", 'line 1: column size is not a decimal number in "L,10,8"'],
    [
      "a negative gap",
      "L,10,8,-1\n",
      'line 1: column igap is not a decimal number of at most 4294967295 at the end in "L,10,8,-1"',
    ],
    [
      "a large gap",
      "L,10,8,4294967296\n",
      "line 1: column igap is not a decimal number of at most 4294967295",
    ],
    ["a fifth column", "L,10,8,1,1\n", "line 1: column igap is not a decimal number"],
    ["another comment", "# comment\n", 'line 1: "# comment" is not a #window line: remove it'],
    ["size 0", "L,10,0,1\n", "line 1: size is 0: it must be 1 to 65535 bytes"],
    ["no rows", "#window,0\n", "has no data access"],
  ])("%s", async (name, content, message) => {
    const path = file(`${name}.csv`, content);
    expect(
      (await refusedLater(collected(importMemoryCsv(path)))).startsWith(`${path}: ${message}`),
      content,
    ).toBe(true);
  });
});
