// What only one format has: its refusals, and what becomes of its special lines and records.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FORMATS } from "../../src/import/formats.js";
import type { MemoryFormat } from "../../src/import/shared/format.js";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import type { MemoryMetadata } from "../../src/trace/table/metadata.js";
import { scratch } from "../support/files.js";
import { drmemtraceChunks, SAMPLES } from "../support/import/samples.js";
import { collected } from "../support/memory/memory.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const format = (name: string): MemoryFormat => FORMATS.find((f) => f.name === name) as MemoryFormat;
const imported = (
  name: string,
  content: string | Uint8Array,
): Promise<{ rows: MemoryRow[]; metadata: MemoryMetadata }> =>
  collected(format(name).read(file("recording", content), {}));
const refusal = async (name: string, content: string | Uint8Array): Promise<string> =>
  (await refusedLater(imported(name, content))).replace(/^.*?recording: /, "");
/** A sample with some of its bytes replaced. */
function changed(sample: string, at: number, ...bytes: number[]): Uint8Array {
  const content = Uint8Array.from(SAMPLES[sample]!());
  content.set(bytes, at);
  return content;
}

describe("lines that do not fit are refused with the line and what lines must be", () => {
  test.each([
    [
      "pinatrace",
      "0x1: R 0x2\nhello\n",
      'line 2: is "hello", but lines of pinatrace are 0xip: R 0xaddr, or W,',
    ],
    ["pinatrace", "0x1: R 0x2 x\n", 'line 1: is "0x1: R 0x2 x"'],
    [
      "pinatrace",
      "0x1: R 0x8000000000000000\n",
      "line 1: address is 0x8000000000000000: it is not canonical",
    ],
    ["dinero-din", "0 10\n5 10\n", 'line 2: is "5 10", but lines of dinero-din are a label of 0 to 4'],
    ["dinero-din", "0 1g\n", 'line 1: is "0 1g"'],
    ["dinero-xdin", "r 10\n", 'line 1: is "r 10", but lines of dinero-xdin are r, w, i, m, c or v'],
    ["dinero-xdin", "r 10 10000\n", "line 1: size is 65536: it must be 1 to 65535 bytes"],
    ["ramulator", "LD 0x10\nMV 0x10\n", 'line 2: is "MV 0x10", but lines of ramulator are'],
    ["ramulator", "LD 99999999999999999999\n", 'line 1: is "LD 99999999999999999999"'],
    [
      "prospero-text",
      "1 R 0x10 8\n",
      'line 1: is "1 R 0x10 8", but lines of prospero-text are a cycle, R or W',
    ],
    ["prospero-text", "1 R 16 0\n", "line 1: size is 0: it must be 1 to 65535 bytes"],
    ["libcachesim-csv", "a,b,c\n1,2,3\n", 'line 1: is "a,b,c", but lines of libcachesim-csv are numbers'],
    ["libcachesim-csv", "id,size\n1\n", 'line 2: is "1"'],
    [
      "drmemtrace-view",
      "make: all\nbye\n",
      '0 of 2 lines are drmemtrace-view\'s, line 1 is "make: all": give',
    ],
  ])("%s: %j", async (name, content, says) => {
    const message = await refusal(name, content);
    expect(message.startsWith(says), message).toBe(true);
  });
});

test("a CSV of objects without a header is taken for time, object, size, and says so", async () => {
  const { rows, metadata } = await imported("libcachesim-csv", "5,7,100\n6,8,200\n");
  expect(rows.map((r) => [r.vaddr, r.size])).toEqual([
    [0x7000n, 100],
    [0x8000n, 200],
  ]);
  expect(metadata.notes[0]).toBe("there is no header: columns are time, object, size (assumed)");
});

test("decimal addresses of 64 bits are exact", async () => {
  const { rows } = await imported("prospero-text", "1 R 72057594037927928 8\n2 W 18446744073709551608 8\n");
  expect(rows.map((r) => r.vaddr)).toEqual([2n ** 56n - 8n, 2n ** 64n - 8n]);
});

describe("drmemtrace", () => {
  const [first, second] = drmemtraceChunks();
  test("types, versions and kinds of traces that are not known are refused", async () => {
    const with12 = (record: number, ...bytes: number[]): Uint8Array =>
      changed("drmemtrace/two-threads.memtrace", 12 * record, ...bytes);
    expect(await refusal("drmemtrace", with12(9, 99, 0))).toBe(
      "record 10: its type is 99, and the last that is known is 49: " +
        "give a trace as raw2trace writes it, or record it again",
    );
    expect(await refusal("drmemtrace", with12(0, 25, 0, 0, 0, 99))).toMatch(
      /^record 1: the header names version 99,/,
    );
    expect(await refusal("drmemtrace", with12(2, 28, 0, 9, 0, 0x44))).toMatch(
      /instructions only.*-instr_only_trace$/,
    );
    expect(await refusal("drmemtrace", with12(2, 28, 0, 9, 0, 0x20))).toMatch(
      /32-bit program.*record a 64-bit/,
    );
    expect(await refusal("drmemtrace", second.subarray(6 * 12))).toMatch(
      /^record 1: an access comes before any thread/,
    );
  });
  test("what filters, other processes and a missing footer mean is noted", async () => {
    const filtered = await imported(
      "drmemtrace",
      changed("drmemtrace/two-threads.memtrace", 24 + 4, 0x40, 1),
    );
    expect(filtered.metadata.notes.join("\n")).toMatch(
      /filtered by a small cache: what hit there is missing/,
    );
    const cut = await imported("drmemtrace", first);
    expect(cut.metadata.notes.join("\n")).toMatch(/there is no footer: the recording was cut off/);
    const processes = await imported(
      "drmemtrace",
      changed("drmemtrace/two-threads.memtrace", 12 * (19 + 3) + 4, 0x68, 0x12),
    );
    expect(processes.metadata.notes.join("\n")).toMatch(/accesses are of 2 processes/);
  });
  test("gaps are those of the access's thread, through a switch and back", async () => {
    const { rows } = await imported("drmemtrace", gzipSync(SAMPLES["drmemtrace/two-threads.memtrace"]!()));
    // Thread 4711 ends its first turn with a branch, which counts in its next one.
    expect(rows.at(-1)).toMatchObject({ tid: 4711, gap: 2, pc: 0x55d01c2a4014n });
    expect(rows.reduce((sum, r) => sum + r.gap!, 0)).toBe(6);
  });
});

describe("records that do not fit", () => {
  test("ChampSim: flags that are none", async () =>
    expect(await refusal("champsim", changed("champsim/copy.champsimtrace", 64 + 8, 7))).toBe(
      "record 2: its branch flags are 7 and 0, but must be 0 or 1: give a ChampSim trace of 64-byte records " +
        "(those of CloudSuite have 96)",
    ));
  test("Prospero: a kind that is none", async () =>
    expect(await refusal("prospero-binary", changed("prospero-binary/loop.trace", 21 + 8, 88))).toMatch(
      /^record 2: its kind is byte 88, but must be R or W/,
    ));
  test("oracleGeneral: a next access that was before", async () =>
    expect(
      await refusal("oracle-general", changed("oracle-general/requests.bin", 3 * 24 + 16, 1, 0)),
    ).toMatch(/^record 4: its next access is no later request/));
  test("gem5: another magic, no header, no packet", async () => {
    expect(await refusal("gem5", "gem6 and so on")).toMatch(/^byte 0: does not begin with gem5/);
    expect(await refusal("gem5", Buffer.from("gem5\u0002\u0010\u0000"))).toMatch(
      /^its header has no tick_freq/,
    );
    const header = [...Buffer.from("gem5"), 2, 3 << 3, 1];
    expect(await refusal("gem5", Uint8Array.from([...header, 2, 1 << 3, 1]))).toMatch(
      /^record 1: is no packet with tick, command, address and size/,
    );
    expect(await refusal("gem5", Uint8Array.from([...header, 0xff, 0xff, 0xff, 0xff, 0x0f]))).toMatch(
      /^message 2: is longer than/,
    );
  });
  test("gem5: ticks of another frequency", async () => {
    const packet = [1 << 3, 0x80, 0x80, 1, 2 << 3, 1, 3 << 3, 64, 4 << 3, 8];
    const { rows, metadata } = await imported(
      "gem5",
      Uint8Array.from([
        ...Buffer.from("gem5"),
        6,
        3 << 3,
        0x80,
        0xca,
        0xb5,
        0xee,
        1,
        packet.length,
        ...packet,
      ]),
    );
    // 500 MHz: a tick is 2 ns
    expect(rows).toEqual([{ vaddr: 64n, size: 8, kind: 0, t: 32768n }]);
    expect([metadata.clock, metadata.emulated]).toEqual(["ns", true]);
  });
  test("a last record that is not whole is dropped and counted", async () => {
    const content = SAMPLES["prospero-binary/loop.trace"]!();
    const { rows, metadata } = await imported("prospero-binary", content.subarray(0, -5));
    expect(rows.length).toBe(29);
    expect(metadata.notes[0]).toBe(
      "the last 16 bytes are no whole record of 21 and were dropped: the recording was cut off",
    );
  });
});

test("skip and limit count accesses, not lines", async () => {
  const path = file("limited.din", "2 1\n0 10\n2 2\n1 20\n0 30\n");
  const { rows } = await collected(format("dinero-din").read(path, { skip: 1, limit: 1 }));
  expect(rows).toEqual([{ vaddr: 0x20n, size: 4, kind: 1, gap: 1 }]);
});

test("a table of accesses keeps threads, times and instructions, in any order of columns", async () => {
  const { rows, metadata } = await imported(
    "memory-csv",
    't,"kind",tid,address,file,pc,size\n18446744073709551615,W,9,0x7f00,a.c,0x401000,4\n5,load,10,4096,b.c,16,64\n',
  );
  expect(rows).toEqual([
    { vaddr: 0x7f00n, size: 4, kind: 1, tid: 9, t: 2n ** 64n - 1n, pc: 0x401000n },
    { vaddr: 4096n, size: 64, kind: 0, tid: 10, t: 5n, pc: 16n },
  ]);
  expect(metadata.clock).toBe("ns");
  expect(metadata.notes[0]).toBe("columns that memory/1 does not have are left out: file");
});
