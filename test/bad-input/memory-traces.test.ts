import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { encodeMapping } from "../../src/trace/mapping/mapping-write.js";
import { commandIn } from "../support/command.js";
import { encodeAccesses, MEMORY_META } from "../support/memory/memory.js";
import { saying } from "../support/refused.js";

const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
afterAll(() => rmSync(folder, { recursive: true }));
const inputs: Record<string, string | Uint8Array> = {
  "size.txt": "I  0401ab70,3\n L 1000,0\n",
  "canonical.txt": " L 8000000000000000,8\n",
  "wrap.txt": " S fffffffffffffffd,4\n",
  "hex.txt": " M zz,4\n",
  "fork.txt": "==7== Lackey\nI  1000,3\n L 1000,8\n==8== Lackey\n L 2000,8\n",
  "shell.txt": "make: nothing to be done\nbye\n",
  "empty.txt": "",
  "cut.txt.gz": gzipSync(" L 1000,8\n".repeat(5000)).subarray(0, 60),
  "op.csv": "L,10,8,1\nR,10,8,1\n",
  "gap.csv": "L,10,8,x\n",
  "map.csv": "vaddr,bytes,leaf,frame,domain\n4096,4096,4k,1,guest\n4096,4096,4k,2,process\n",
  "memory.arrow": encodeAccesses([{ vaddr: 0n, size: 8, kind: 0 }]),
  "cut.arrow": encodeAccesses([{ vaddr: 0n, size: 8, kind: 0 }]).subarray(0, -20),
  "map.arrow": encodeMapping([], MEMORY_META),
  "good.txt": " L 1000,8\n",
};
for (const [name, content] of Object.entries(inputs)) writeFileSync(join(folder, name), content);
const before = readdirSync(folder).sort();

/** Runs the command in the folder of the inputs. */
const verbscope = (...args: string[]): ReturnType<typeof commandIn> => commandIn(folder, ...args);
const OUT = ["-o", "out.arrow"];

describe("ends with one sentence, exit code 2 and no file left behind", () => {
  test.each<[string, string[], RegExp]>([
    [
      "a size of 0",
      ["import", "lackey", "size.txt", ...OUT],
      saying("size.txt: line 2: size is 0: ", "1 to 65535", "correct the line"),
    ],
    [
      "an address that is not canonical",
      ["import", "lackey", "canonical.txt", ...OUT],
      saying("canonical.txt: line 1: address is 0x8000000000000000: ", "canonical", "correct"),
    ],
    [
      "an access that wraps",
      ["import", "lackey", "wrap.txt", ...OUT],
      saying("wrap.txt: line 1: address is 0xfffffffffffffffd: ", "wraps", "correct"),
    ],
    [
      "an address that is none",
      ["import", "lackey", "hex.txt", ...OUT],
      saying('hex.txt: 0 of 1 lines are lackey\'s, line 1 is " M zz,4"', "give the output"),
    ],
    [
      "a log of two processes",
      ["import", "lackey", "fork.txt", ...OUT],
      saying("fork.txt: line 4: is of process 8, but line 1 is of process 7", "--log-file=%p"),
    ],
    [
      "text that is not lackey's",
      ["import", "lackey", "shell.txt", ...OUT],
      saying("shell.txt: 0 of 2 lines ", 'line 1 is "make: nothing', "give the output of valgrind"),
    ],
    ["an empty file", ["import", "lackey", "empty.txt", ...OUT], /empty.txt: is empty: give a recording/],
    [
      "gzip that was cut off",
      ["import", "lackey", "cut.txt.gz", ...OUT],
      saying("cut.txt.gz: its gzip data end in the middle", "copy the file again"),
    ],
    [
      "an unknown op",
      ["import", "memory-csv", "op.csv", ...OUT],
      saying("op.csv: line 2: column op ", '"R,10,8,1"', "correct the line"),
    ],
    [
      "a gap that is no number",
      ["import", "memory-csv", "gap.csv", ...OUT],
      saying("gap.csv: line 1: column igap ", '"L,10,8,x"'),
    ],
    [
      "ranges that overlap",
      ["import", "mapping-csv", "map.csv", ...OUT],
      saying("map.csv: line 3: column vaddr: ", "0x1000 overlaps that of line 2", "keep one"),
    ],
    [
      "two files",
      ["import", "lackey", "good.txt", "size.txt", ...OUT],
      /import lackey: 2 files are named, but a trace is made of one/,
    ],
    [
      "a file that is not there",
      ["import", "memory-csv", "nothing.csv", ...OUT],
      /nothing.csv: cannot be read \(ENOENT\): there is no such file/,
    ],
    [
      "an option of another format",
      ["import", "mapping-csv", "map.csv", "--limit", "5", ...OUT],
      /import mapping-csv: --limit is for lackey,? .*memory-csv.* only: leave it out/,
    ],
    [
      "a limit that is no number",
      ["import", "lackey", "good.txt", "--limit", "-1", ...OUT],
      /limit is -1: give a whole number/,
    ],
    [
      "a folder that is not there",
      ["import", "lackey", "good.txt", "-o", "nowhere/out.arrow"],
      /nowhere\/out.arrow: cannot be written \(ENOENT\): its folder is not there; make it first/,
    ],
    [
      "an option of another workload",
      ["generate", "gups", "--stride", "64", ...OUT],
      saying("generate gups: --stride is not for this workload; it takes --footprint, --accesses, --seed"),
    ],
    [
      "an option of verbs",
      ["generate", "zipf", "--tx-depth", "64", ...OUT],
      /generate zipf: --tx-depth is not for this workload/,
    ],
    [
      "an option of memory",
      ["generate", "send-bw", "--footprint", "1GiB", ...OUT],
      /generate send-bw: --footprint is not for this workload; it takes --size, /,
    ],
    [
      "a footprint that is none",
      ["generate", "gups", "--footprint", "8XB", ...OUT],
      /--footprint is "8XB": give whole bytes, such as 4096, 64MiB or 8GiB/,
    ],
    [
      "a footprint that is too large",
      ["generate", "gups", "--footprint", "65GiB", ...OUT],
      /footprint is 69793218560: give a whole number from 1 to 68719476736/,
    ],
    [
      "a workload that is nearly one",
      ["generate", "gusp", ...OUT],
      /Invalid values: .*; did you mean "gups"\?/,
    ],
    [
      "a message size in units that are none",
      ["generate", "send-bw", "-s", "64k", ...OUT],
      /generate send-bw: --size is "64k": give whole bytes, such as 4096, 64MiB or 8GiB/,
    ],
    [
      "accesses that are no number",
      ["generate", "gups", "--accesses", "many", ...OUT],
      /--accesses is "many": give a number/,
    ],
    [
      "merging memory traces",
      ["merge", "memory.arrow", "memory.arrow", ...OUT],
      saying("memory.arrow: is a memory trace ", "but a verbs trace", "give another file"),
    ],
    [
      "inspecting a trace that was cut off",
      ["inspect", "cut.arrow"],
      saying("cut.arrow: byte ", "cut off, write it again"),
    ],
  ])("%s", async (_, args, message) => {
    const r = await verbscope(...args);
    expect(r.stderr).toMatch(message);
    expect([r.status, r.stdout, r.stderr.trim().split("\n").length]).toEqual([2, "", 1]);
    expect(r.stderr).not.toContain("internal error");
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});

test("what is fine is imported, inspected and removed", async () => {
  const r = await verbscope("import", "lackey", "good.txt", ...OUT);
  expect([r.status, r.stderr.split("\n")[0]]).toEqual([0, "out.arrow: 1 rows, 1 node"]);
  expect(JSON.parse((await verbscope("inspect", "out.arrow", "--json")).stdout)).toMatchObject({
    rows: 1,
    kinds: { load: 1 },
  });
  expect(JSON.parse((await verbscope("inspect", "map.arrow", "--json")).stdout)).toMatchObject({
    rows: 0,
    bytes: "0",
  });
  rmSync(join(folder, "out.arrow"));
});
