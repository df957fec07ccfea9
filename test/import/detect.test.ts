import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { detectFormat } from "../../src/import/detect.js";
import { FORMATS } from "../../src/import/formats.js";
import { scratch } from "../support/files.js";
import { refusedLater } from "../support/refused.js";

const FIXTURES = join(import.meta.dirname, "fixtures"),
  CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const { file, folder } = scratch();
const LACKEY = join(FIXTURES, "lackey/lackey.txt"),
  PIN = join(FIXTURES, "pinatrace/pinatrace.out");

async function refusedFor(name: string, content: string | Uint8Array): Promise<string> {
  const path = file(name, content);
  return (await refusedLater(detectFormat([path]))).replace(`${path}: `, "");
}

test("packed recordings are found by what is in them, whatever they are called", async () => {
  const content = "0x401136: R 0x7ffe10\n".repeat(20_000);
  expect((await detectFormat([file("lackey.csv", gzipSync(content))])).name).toBe("pinatrace");
  expect((await detectFormat([join(FIXTURES, "drmemtrace/two-threads.memtrace.zip")])).name).toBe(
    "drmemtrace",
  );
});

test("content of no format is refused with the closest ones and how to force one", async () => {
  expect(await refusedFor("notes.txt", "all is well\n")).toBe(
    "is of no format that verbscope knows: if it is of one, say which it is: verbscope import FORMAT FILE " +
      `-o trace.arrow, where FORMAT is one of ${FORMATS.map((f) => f.name).join(", ")}`,
  );
  expect(await refusedFor("half.txt", " L 1000,8\nmake\nmake\n")).toBe(
    "is of no format that verbscope knows, and closest to lackey: " +
      "say which it is: verbscope import FORMAT FILE -o trace.arrow",
  );
  expect(await refusedFor("numbers.csv", "1,2,3\n2,3,4\n")).toMatch(/closest to libcachesim-csv/);
});

test("content that two formats could be is refused with both", async () => {
  // Half of the lines are of one kind, half of the other.
  expect(await refusedFor("both.din", "0 1000\n1 1008\ni 1000 4\nr 2000 8\n")).toMatch(
    /closest to dinero-xdin, dinero-din: say which/,
  );
  expect(await refusedFor("mixed.txt", "0x1: R 0x2\n".repeat(6) + " L 1000,8\n".repeat(5))).toMatch(
    /^may be pinatrace or lackey: say which it is/,
  );
});

test("files of two formats, none at all, standard input", async () => {
  expect(await refusedLater(detectFormat([LACKEY, PIN]))).toBe(
    `import: ${LACKEY} is lackey, but ${PIN} is pinatrace: ` +
      "a trace is made of files of one format, import each by itself",
  );
  expect(await refusedLater(detectFormat([]))).toMatch(/no file is named/);
  expect(await refusedLater(detectFormat(["-"]))).toMatch(/standard input is read once.*import FORMAT - -o/);
});

test("what is known and cannot be replayed is refused with the reason", async () => {
  const samples =
    "             sort  1234 [002] 81234.123456:          1   cpu/mem-loads,ldlat=30/P:     7f3a00001000 " +
    "|OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A  18  55d01c2a4000 main+0x10 (/usr/bin/sort)\n";
  expect(
    await refusedFor(
      "s.txt",
      '1251  1795357448.606801 openat(AT_FDCWD</>, "/etc/ld.so.cache", O_RDONLY) = 3</etc/ld.so.cache> <0.000323>\n' +
        "1251  1795357448.615379 ioctl(3</dev/infiniband/uverbs0>, RDMA_VERBS_IOCTL <unfinished ...>\n",
    ),
  ).toMatch(/^looks like output of strace, which is not read: .*: verbscope capture -- PROGRAM$/);
  expect(
    await refusedFor(
      "p.txt",
      `${"-".repeat(87)}\n                    Send Latency Test\n Dual-port       : OFF\n`,
    ),
  ).toMatch(/^looks like the table that a program of perftest prints, .*verbscope calibrate/);
  expect(await refusedFor("perf.txt", samples.repeat(5))).toMatch(
    /^looks like samples of perf mem, as perf script prints them, which is not read: one access in thousands is no sequence/,
  );
  expect(await refusedFor("dram.trace", "R 0,0,1,2,300,4\nW 0,0,1,2,301,8\n")).toMatch(
    /address-vector trace of Ramulator 2.*no address without the organisation/,
  );
  const raw = Buffer.alloc(32);
  raw.set([0, 0, 0, 0, 0, 0, 7, 0xc4], 0); // header, version 7
  raw.set([0x67, 0x12, 0, 0, 0, 0, 0, 0x40], 8); // thread
  raw.set([0x67, 0x12, 0, 0, 0, 0, 0, 0x60], 16); // process
  raw.set([1, 2, 3, 4, 5, 0, 0, 0x80], 24); // timestamp
  expect(await refusedFor("app.raw", raw)).toMatch(/raw data of drmemtrace.*raw2trace first/);
  expect(await refusedFor("r.json", '{"schema": "verbscope.result/1", "x": 1}\n')).toMatch(
    /^is no recording but looks like a result: print it with: verbscope report /,
  );
  expect(await refusedFor("c.pcap", Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0))).toMatch(
    /^is no recording but looks like a packet capture: turn it into a trace with: verbscope import pcap /,
  );
  expect(await refusedFor("perf.data", "PERFILE2 and so on")).toMatch(
    /^looks like a perf\.data file, which is not read/,
  );
});

const verbscope = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: "utf8" });

test("the command says which format it found, and takes one that is named", () => {
  const found = verbscope("import", PIN, "-o", "a.arrow");
  expect([found.status, found.stdout]).toEqual([0, ""]);
  expect(found.stderr.split("\n").slice(0, 2)).toEqual([
    `${PIN}: pinatrace (output of Pin's pinatrace, lines of 0xip: R 0xaddr, with or without a size), by content`,
    "a.arrow: 5 rows, 1 node",
  ]);
  const wrong = verbscope("import", "lackey", PIN, "-o", "c.arrow");
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(/5 lines are lackey's|of \d+ lines/),
  ]);
  const slip = verbscope("import", "pinatrac", PIN, "-o", "c.arrow");
  expect(slip.stderr).toMatch(
    /^verbscope: import: "pinatrac" is neither a file nor a format; did you mean "pinatrace"\?\n$/,
  );
});

test("completion offers the formats", () => {
  const offered = verbscope("--get-yargs-completions", "verbscope", "import", "").stdout.split("\n");
  expect(offered).toEqual(expect.arrayContaining(["lackey", "drmemtrace", "gem5", "arrow"]));
});
