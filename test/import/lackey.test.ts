import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importLackey } from "../../src/import/memory/lackey.js";
import { KIND } from "../../src/trace/memory/memory-rows.js";
import { writeMemory } from "../../src/trace/memory/memory-write.js";
import { openMemoryTrace } from "../../src/trace/read.js";
import { scratch } from "../support/files.js";
import { collected } from "../support/memory/memory.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const fixture = join(import.meta.dirname, "fixtures/lackey", "lackey.txt");
const text = readFileSync(fixture, "utf8");
const ROWS = [
  { vaddr: 0x1ffefffd08n, size: 8, kind: KIND.store, gap: 2 },
  { vaddr: 0x1ffefffd08n, size: 8, kind: KIND.load, gap: 1 },
  { vaddr: 0x0421c8b0n, size: 4, kind: KIND.modify, gap: 0 },
  { vaddr: 0xffffffffff600000n, size: 16, kind: KIND.load, gap: 2 },
];

describe("the fixture", async () => {
  const { rows, metadata } = await collected(importLackey(fixture));
  test("data accesses are rows, instructions are gaps", () => expect(rows).toEqual(ROWS));
  test("what was dropped is noted", () => {
    expect(metadata.notes.slice(0, 3)).toEqual([
      "3 lines of valgrind itself were dropped",
      "1 line of other output was dropped",
      "1 instructions after the last data access are not in the trace",
    ]);
    expect(metadata).toMatchObject({
      source: { format: "lackey", files: ["lackey.txt"] },
      clock: "none",
      emulated: false,
      fields: { vaddr: "recorded", size: "recorded", kind: "recorded", gap: "recorded" },
    });
  });
});

test("lines with a carriage return are the same lines", async () => {
  expect((await collected(importLackey(file("dos.txt", text.replaceAll("\n", "\r\n"))))).rows).toEqual(ROWS);
});

test("a last line that was cut off is dropped and noted, even where it looks whole", async () => {
  const { rows, metadata } = await collected(importLackey(file("cut.txt", `${text} L 1000,1`)));
  expect(rows).toEqual(ROWS);
  expect(metadata.notes).toContain("the last line has no end and was dropped: the recording was cut off");
});

test("skip and limit count data accesses", async () => {
  const { rows, metadata } = await collected(importLackey(fixture, { skip: 1, limit: 2 }));
  expect(rows).toEqual(ROWS.slice(1, 3));
  expect(metadata.notes).toEqual(
    expect.arrayContaining([
      "the first 1 data accesses are left out",
      "what follows the first 3 data accesses is left out",
    ]),
  );
  expect(await refusedLater(collected(importLackey(fixture, { skip: 4 })))).toBe(
    `${fixture}: skip is 4, but there are only 4 data accesses: skip fewer`,
  );
  expect(await refusedLater(collected(importLackey(fixture, { limit: 0 })))).toBe(
    "import: limit is 0: give a whole number of accesses, at least 1",
  );
  expect(await refusedLater(collected(importLackey(fixture, { skip: 1.5 })))).toBe(
    "import: skip is 1.5: give a whole number of accesses, at least 0",
  );
});

const copy = (from: number, to: number, n: number): string =>
  Array.from(
    { length: n },
    (_, i) => `I  00401000,2\n L ${(from + i).toString(16)},1\n S ${(to + i).toString(16)},1\n`,
  ).join("");

test("element-wise copies are joined and counted, or kept on demand", async () => {
  const path = file("movs.txt", copy(0x5000, 0x6020, 128));
  const joined = await collected(importLackey(path));
  expect(joined.rows).toEqual([
    { vaddr: 0x5000n, size: 64, kind: 0, gap: 1 },
    { vaddr: 0x6020n, size: 64, kind: 1, gap: 0 },
    { vaddr: 0x5040n, size: 64, kind: 0, gap: 0 },
    { vaddr: 0x6060n, size: 64, kind: 1, gap: 0 },
  ]);
  expect(joined.metadata.notes[0]).toBe(
    "1 run of rep movs, which valgrind shows element by element, " +
      "is joined to accesses of up to 64 bytes: 256 rows became 4",
  );
  expect(joined.metadata.fields).toMatchObject({ size: "inferred", gap: "inferred" });
  const kept = await collected(importLackey(path, { coalesce: false }));
  expect(kept.rows.length).toBe(256);
  expect(kept.metadata.fields.size).toBe("recorded");
});

/** `n` stores of a byte; `code` is where the instruction of each lies. */
const fill = (n: number, code: (i: number) => number): string =>
  Array.from(
    { length: n },
    (_, i) => `I  ${code(i).toString(16)},4\n S ${(0x403be00 + i).toString(16)},1\n`,
  ).join("");

test("stores of one instruction that repeats are joined, those of an unrolled loop are not", async () => {
  const rep = await collected(
    importLackey(
      file(
        "stos.txt",
        fill(128, () => 0x109199),
      ),
    ),
  );
  expect(rep.rows.map((r) => r.size)).toEqual([64, 64]);
  expect(rep.metadata.notes[0]).toBe(
    "1 run of rep stos, which valgrind shows byte by byte, " +
      "is joined to accesses of up to 64 bytes: 128 rows became 2",
  );
  const unrolled = await collected(
    importLackey(
      file(
        "unrolled.txt",
        fill(128, (i) => 0x109199 + 4 * i),
      ),
    ),
  );
  expect(unrolled.rows.length).toBe(128);
  expect(unrolled.metadata.notes.join()).not.toContain("rep stos");
  expect(unrolled.metadata.fields.size).toBe("recorded");
});

describe("a log without I lines", () => {
  const stores = fill(64, () => 0).replaceAll(/^I.*\n/gm, "");
  test("has no gap, and nothing is joined", async () => {
    const { rows, metadata } = await collected(importLackey(file("bare.txt", stores)));
    expect(rows.length).toBe(64);
    expect(rows[0]).toEqual({ vaddr: 0x403be00n, size: 1, kind: KIND.store });
    expect(metadata.fields).toEqual({ vaddr: "recorded", size: "recorded", kind: "recorded" });
    expect(metadata.notes[0]).toBe(
      "the recording has no I lines, so instructions are not known: there is no column gap, " +
        "and the elements of string instructions are not joined",
    );
  });
  test("is a trace without the column", async () => {
    const out = file("bare.arrow", "");
    await writeMemory(out, importLackey(file("bare.txt", stores)));
    const trace = openMemoryTrace(out);
    expect([...trace.columns]).toEqual(["vaddr", "size", "kind"]);
    trace.close();
  });
  test("that has them later is refused once the column is settled", async () => {
    const path = file("late.txt", `${stores.repeat(2)}I  1000,4\n S 1000,1\n`);
    expect(await refusedLater(collected(importLackey(path)))).toBe(
      `${path}: line 129: the first I line comes after 128 data accesses, whose instructions are ` +
        "missing: give a recording with all of its I lines, or with none",
    );
  });
  test("but for its first few, as a recording that was cut at its start, keeps the column", async () => {
    const { rows } = await collected(importLackey(file("tail.txt", ` S 10,8\n${fill(1, () => 4096)}`)));
    expect(rows.map((r) => r.gap)).toEqual([0, 1]);
  });
});

test("several processes in one log are refused", async () => {
  const path = file(
    "fork.txt",
    "==100== Lackey\nI  04000000,3\n L 1ffefff0,8\n==101== Lackey\nI  04000000,3\n S 1ffefff0,8\n",
  );
  expect(await refusedLater(collected(importLackey(path)))).toBe(
    `${path}: line 4: is of process 101, but line 1 is of process 100, and accesses do not name theirs: ` +
      "record with --log-file=%p, which gives each process a file of its own, or split the recording",
  );
});

test("output of the program that begins like an access is dropped and counted", async () => {
  const { rows, metadata } = await collected(
    importLackey(file("status.txt", "I  04000000,3\n L 1ffefff0,8\n M a\nI  see\n S 1ffefff8,8\n")),
  );
  expect(rows.map((r) => r.gap)).toEqual([1, 0]);
  expect(metadata.notes[0]).toBe(
    "2 lines of other output were dropped; 2 of them begin like an access and do not go on like one: " +
      'line 3 is " M a"',
  );
});

test("lines that lie across the pieces that a file is read in", async () => {
  const lines = Array.from(
    { length: 40_000 },
    (_, i) => `I  00401000,2\n L ${(0x10000000 + 64 * i).toString(16)},8\n`,
  ).join("");
  const { rows } = await collected(importLackey(file("long.txt", lines)));
  expect(rows.length).toBe(40_000);
  expect(rows.every((r, i) => r.vaddr === BigInt(0x10000000 + 64 * i) && r.size === 8 && r.gap === 1)).toBe(
    true,
  );
});

describe("what cannot be imported is refused with file and line", () => {
  test.each([
    [
      "size-0",
      "I  0401ab70,3\n L 1000,0\n",
      "line 2: size is 0: it must be 1 to 65535 bytes: correct the line or record it again",
    ],
    [
      "size-large",
      " L 1000,65536\n",
      "line 1: size is 65536: it must be 1 to 65535 bytes: correct the line or record it again",
    ],
    [
      "size-text",
      " L 1000,8x\n",
      '0 of 1 lines are lackey\'s, line 1 is " L 1000,8x": ' +
        "give the output of valgrind --tool=lackey --trace-mem=yes",
    ],
    [
      "hex",
      " L 10g0,8\n",
      '0 of 1 lines are lackey\'s, line 1 is " L 10g0,8": ' +
        "give the output of valgrind --tool=lackey --trace-mem=yes",
    ],
    [
      "no-hex",
      " S xyz,8\n",
      '0 of 1 lines are lackey\'s, line 1 is " S xyz,8": ' +
        "give the output of valgrind --tool=lackey --trace-mem=yes",
    ],
    [
      "long-hex",
      " S 11111111111111111,8\n",
      '0 of 1 lines are lackey\'s, line 1 is " S 11111111111111111,8": ' +
        "give the output of valgrind --tool=lackey --trace-mem=yes",
    ],
    [
      "canonical",
      " M 100000000000000,8\n",
      "line 1: address is 0x100000000000000: it is not canonical: " +
        "bits 56 to 63 must be equal: correct the line or record it again",
    ],
    [
      "canonical-end",
      " L fffffffffffffc,8\n",
      "line 1: address is 0xfffffffffffffc: it is not canonical at the end of " +
        "its 8 bytes: correct the line or record it again",
    ],
    [
      "wrap",
      " L fffffffffffffffc,8\n",
      "line 1: address is 0xfffffffffffffffc: it wraps the address space with " +
        "its 8 bytes: correct the line or record it again",
    ],
    ["instructions", "I  0401ab70,3\n", "has no data access: give a recording of loads and stores"],
    [
      "other",
      "hello\nworld\n",
      '0 of 2 lines are lackey\'s, line 1 is "hello": ' +
        "give the output of valgrind --tool=lackey --trace-mem=yes",
    ],
    [
      "mostly-other",
      " L 1000,8\n\nhello\nworld\n",
      '1 of 3 lines are lackey\'s, line 3 is "hello": ' +
        "give the output of valgrind --tool=lackey --trace-mem=yes",
    ],
    ["own", "==1== Lackey\n", "has no data access: give a recording of loads and stores"],
  ])("%s", async (name, content, message) => {
    const path = file(`${name}.txt`, content);
    expect(await refusedLater(collected(importLackey(path)))).toBe(`${path}: ${message}`);
  });
  test("a last byte of the address space is fine", async () => {
    expect(
      (await collected(importLackey(file("top.txt", " L fffffffffffffff8,8\n S fffffffffffff8,8\n")))).rows
        .length,
    ).toBe(2);
  });
});
