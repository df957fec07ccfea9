import { fileURLToPath } from "node:url";
import { tableFromIPC, tableToIPC } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { packageUrl } from "../../src/files.js";
import { arrow } from "../../src/import/arrow/arrow.js";
import { importFiles } from "../../src/import/import-files.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { ExitColumns } from "../../src/trace/exits/exit-columns.js";
import { encodeExits } from "../../src/trace/exits/exits-write.js";
import { inspectExits } from "../../src/trace/inspect/inspect-exits.js";
import { type ExitsTrace, openAnySource, openExitsTrace, readExits } from "../../src/trace/read.js";
import { commandIn } from "../support/command.js";
import { EXITS_META, exitsOf } from "../support/exits.js";
import { scratch } from "../support/files.js";
import { refused } from "../support/refused.js";

const { file, folder } = scratch();
const opened = (bytes: Uint8Array): ExitsTrace =>
  openAnySource(bytesSource("exits.arrow", bytes)) as ExitsTrace;
/** Of 1 to 200 us, the longest first, one without an entry, and a sleep. */
const EXITS = exitsOf([
  ...Array.from({ length: 200 }, (_, i) => ["MSR_WRITE", 1000 * (200 - i)] as const),
  ["CPUID", undefined],
  ["HLT", 20_100_000],
]);

describe("what inspect says of exits", () => {
  test("is count, median, 99th percentile, total and share of each reason", () => {
    const { reasons, vcpus, span_ps, rows } = inspectExits(opened(EXITS));
    expect(reasons).toEqual([
      {
        reason: "MSR_WRITE",
        count: 200,
        without_entry: 0,
        median_ps: 100e6,
        p99_ps: 198e6,
        total_ps: 20_100e6,
        share: 0.5,
      },
      {
        reason: "HLT",
        count: 1,
        without_entry: 0,
        median_ps: 20_100e6,
        p99_ps: 20_100e6,
        total_ps: 20_100e6,
        share: 0.5,
      },
      {
        reason: "CPUID",
        count: 1,
        without_entry: 1,
        median_ps: undefined,
        p99_ps: undefined,
        total_ps: 0,
        share: 0,
      },
    ]);
    expect([rows, vcpus, span_ps]).toEqual([202, 1, 2010e6]);
  });
  test("is a table in a terminal, and the same as JSON", async () => {
    file("exits.arrow", EXITS);
    const { status, stdout } = await commandIn(folder, "inspect", "exits.arrow");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^reason +exits +no entry +median +p99 +total +share$/m);
    expect(stdout).toMatch(/^MSR_WRITE +200 +0 +100\.0 µs +198\.0 µs +20\.10 ms +50\.0 %$/m);
    expect(stdout).toMatch(/^CPUID +1 +1 +– +– +0 ps +0\.0 %$/m);
    const json = JSON.parse((await commandIn(folder, "inspect", "exits.arrow", "--json")).stdout) as {
      reasons: { p99_ps: number }[];
    };
    expect(json.reasons[0]!.p99_ps).toBe(198e6);
  });
});

test("replay says what to do with them", async () => {
  file("exits.arrow", EXITS);
  for (const command of ["replay", "attribute"]) {
    const { status, stderr } = await commandIn(folder, command, "exits.arrow");
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(
        /exits\.arrow: is a table of exits, which has nothing to replay; .*verbscope inspect/,
      ),
    ]);
  }
});

test("more rows than a batch and the first arrays hold are read as they were added", () => {
  const columns = new ExitColumns(),
    ROWS = 70_000;
  for (let i = 0; i < ROWS; i++)
    columns.addRow({
      t: 2n ** 60n + BigInt(i),
      vcpu: i % 7,
      tid: i,
      reason: i % 2 === 0 ? "HLT" : "npf",
      duration_ps: i % 3 === 0 ? undefined : BigInt(i),
    });
  for (const compression of ["none", "lz4"] as const) {
    const trace = opened(encodeExits(columns, EXITS_META, { compression }));
    let i = 0;
    for (const row of readExits(trace)) {
      if (
        row.t !== 2n ** 60n + BigInt(i) ||
        row.tid !== i ||
        row.reason !== (i % 2 === 0 ? "HLT" : "npf") ||
        row.duration_ps !== (i % 3 === 0 ? undefined : BigInt(i))
      )
        expect(row).toBe(`row ${i}`);
      i++;
    }
    expect([i, trace.batches.length]).toEqual([ROWS, 2]);
  }
});

test("a table that another program wrote is imported", async () => {
  const bare = tableFromIPC(EXITS);
  bare.schema.metadata.clear();
  const path = file("bare.arrow", tableToIPC(bare, "file")),
    out = file("out.arrow", "");
  await importFiles(arrow, [path], out);
  const trace = openExitsTrace(out);
  expect([...readExits(trace)]).toEqual([...readExits(opened(EXITS))]);
  expect(trace.notes.join("\n")).toContain("the table is of exits/1, by its columns (assumed");
  trace.close();
});

test("a trace of another schema is no table of exits", () => {
  const path = fileURLToPath(packageUrl("traces/sort.arrow"));
  expect(refused(() => openExitsTrace(path))).toMatch(
    /is a memory trace \(memory\/1\), but a table of exits \(exits\/1\) is wanted here: give another file/,
  );
});

test("exits without a clock, and a cut stream, are refused", () => {
  expect(refused(() => opened(exitsOf([["HLT", 1]], { clock: "none" })))).toBe(
    "exits.arrow: verbscope.clock is none, but exits have times: write ns",
  );
  const columns = new ExitColumns();
  columns.addRow({ t: 1n, vcpu: 0, tid: 1, reason: "HLT", duration_ps: 1n });
  const stream = encodeExits(columns, EXITS_META, { format: "stream" });
  expect(opened(stream).rows).toBe(1);
  expect(refused(() => opened(stream.subarray(0, -8)))).toMatch(/the stream has no end mark/);
});
