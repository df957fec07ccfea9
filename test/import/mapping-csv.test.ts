import { describe, expect, test } from "vitest";
import { importMappingCsv } from "../../src/import/mapping/mapping-csv.js";
import { scratch } from "../support/files.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const HEADER = "vaddr,bytes,leaf,frame,domain\n";

test("a line is a range; numbers are decimal or hexadecimal", async () => {
  const { rows, metadata } = await importMappingCsv(
    file("a.csv", `${HEADER}0x7f0000000000,2097152,2m,0x200,guest\n4096,8192,4k,7,host\n`),
  );
  expect(rows).toEqual([
    { vaddr: 0x7f0000000000n, bytes: 2097152n, leaf: "2m", frame: 512n, domain: "guest" },
    { vaddr: 4096n, bytes: 8192n, leaf: "4k", frame: 7n, domain: "host" },
  ]);
  expect(metadata).toMatchObject({
    source: { format: "mapping-csv", files: ["a.csv"] },
    clock: "none",
    fields: { frame: "recorded" },
  });
});

test("a table without frames, as pagemap shows it to those who may not see them, is refused", async () => {
  const hidden = Array.from({ length: 80 }, (_, i) => `${67108864 + 4096 * i},4096,4k,0,process\n`).join("");
  const path = file("hidden.csv", HEADER + hidden);
  expect(await refusedLater(importMappingCsv(path))).toBe(
    `${path}: column frame is 0 in all 80 rows of domain process: pagemap hides frames from ` +
      "processes without CAP_SYS_ADMIN: record it as root",
  );
});

describe("frames of several ranges", () => {
  const notes = async (name: string, rows: string): Promise<string> =>
    (await importMappingCsv(file(`${name}.csv`, HEADER + rows))).metadata.notes.slice(1).join();
  test("are noted", async () => {
    expect(
      await notes("shared", "0,16384,4k,8,guest\n65536,4096,4k,9,process\n131072,8192,4k,11,process\n"),
    ).toBe(
      "2 ranges have frames of another (first line 3 and line 2, frame 0x9): memory that " +
        "is mapped more than once, or frames that were not recorded",
    );
  });
  test("of different dimensions are not the same", async () => {
    expect(await notes("apart", "0,4096,4k,8,guest\n0,4096,4k,8,host\n4096,4096,4k,9,guest\n")).toBe("");
  });
});

describe("what does not fit is refused with file, line, column and value", () => {
  test.each([
    [
      "no header",
      "0,4096,4k,0,host\n",
      'line 1: is "0,4096,4k,0,host": it must be vaddr,bytes,leaf,frame,domain',
    ],
    ["no range", HEADER, "line 2: there is no range: give at least one"],
    [
      "a column less",
      `${HEADER}0,4096,4k,0\n`,
      "line 2: has 4 columns: give 5, vaddr,bytes,leaf,frame,domain",
    ],
    [
      "a negative number",
      `${HEADER}-4096,4096,4k,0,host\n`,
      'line 2: column vaddr is "-4096": give a number of 64 bits, decimal or 0x and hexadecimal digits',
    ],
    [
      "a number of 65 bits",
      `${HEADER}18446744073709551616,4096,4k,0,host\n`,
      'line 2: column vaddr is "18446744073709551616": give a number of 64 bits',
    ],
    ["another leaf", `${HEADER}0,4096,64k,0,host\n`, 'line 2: column leaf is "64k": give 4k, 2m, 1g'],
    [
      "another domain",
      `${HEADER}0,4096,4k,0,vm\n`,
      'line 2: column domain is "vm": give process, guest, host, iova',
    ],
    [
      "a frame of another size",
      `${HEADER}0,2097152,2m,1,host\n`,
      "line 2: column frame is 0x1: must be a multiple of its 2m leaf, 512 frames: correct the table",
    ],
    [
      "an overlap",
      `${HEADER}0,8192,4k,0,guest\n8192,4096,4k,9,guest\n4096,4096,4k,5,process\n`,
      "line 4: column vaddr: the range from 0x1000 overlaps that of line 2, from 0x0: keep one of them",
    ],
  ])("%s", async (name, content, message) => {
    const path = file(`${name}.csv`, content);
    expect((await refusedLater(importMappingCsv(path))).startsWith(`${path}: ${message}`)).toBe(true);
  });
});
