import { expect, test } from "vitest";
import {
  bytesSource,
  generateMemory,
  type MemoryTrace,
  openAnySource,
  openMemoryTrace,
} from "../../src/index.js";
import { encodeMemory } from "../../src/trace/memory/memory-write.js";
import { scratch } from "../support/files.js";
import { accessesOf, encodeAccesses } from "../support/memory/memory.js";
import { type Choice, memoryCapture, replayTrace } from "../support/memory/memory-replay.js";

const { file } = scratch();
let files = 0;
const open = (bytes: Uint8Array): MemoryTrace => openMemoryTrace(file(`t${files++}.arrow`, bytes));
const PATHS = ["native", "virt-ib", "memlink+khugepaged=delay"];
const rows = accessesOf(memoryCapture("sort")).filter((_, i) => i % 60 === 0);
const digest = (trace: MemoryTrace, choice: Choice = {}, paths: readonly string[] = PATHS): string =>
  replayTrace(trace, paths, { link: "all", ...choice }).digest;

test("does not depend on batches, compression or the file's name", () => {
  const whole = replayTrace(open(encodeAccesses(rows)), PATHS, { link: "all" });
  expect(whole.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  for (const batchRows of [1, 7, 1000, rows.length])
    for (const compression of ["none", "lz4"] as const) {
      const other = replayTrace(open(encodeAccesses(rows, {}, { batchRows, compression })), PATHS, {
        link: "all",
      });
      expect(other.replays, `${batchRows} rows, ${compression}`).toEqual(whole.replays);
      expect(other.digest).toBe(whole.digest);
      expect(other.trace.file).not.toBe(whole.trace.file);
      // the bytes did change
      if (batchRows < rows.length) expect(other.trace.digest).not.toBe(whole.trace.digest);
    }
});

test("does not depend on which threads the rows of a trace alone are of", () => {
  const columns = ["vaddr", "size", "kind", "gap", "tid"] as const;
  const of = (tid: (i: number) => number): string =>
    JSON.stringify(
      replayTrace(
        open(
          encodeAccesses(
            rows.map((r, i) => ({ ...r, tid: tid(i) })),
            {},
            { columns },
          ),
        ),
        PATHS,
      ).replays,
    );
  const zero = of(() => 0);
  expect(zero).toBe(JSON.stringify(replayTrace(open(encodeAccesses(rows)), PATHS).replays));
  expect(of(() => 77)).toBe(zero);
  expect(of((i) => i % 3)).toBe(zero);
});

test("is another one for other rows, links, placement, seeds, values, paths and think time", () => {
  const trace = open(encodeAccesses(rows)),
    other = open(encodeAccesses([...rows.slice(0, -1), { ...rows.at(-1)!, size: rows.at(-1)!.size ^ 64 }]));
  const all = [
    digest(trace),
    digest(other),
    digest(trace, { link: "none" }),
    digest(trace, { link: "largest" }),
    digest(trace, { placement: "fragmented" }),
    digest(trace, { placement: "fragmented:2" }),
    digest(trace, { placement: "thp=0.5" }),
    digest(trace, { placement: "thp=0.5:2" }),
    digest(trace, { testbed: "modern" }),
    digest(trace, { set: ["mem.dram=66"] }),
    digest(trace, { think: "none" }),
    digest(trace, {}, ["native", "memlink"]),
    digest(trace, { top: 3 }),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(digest(trace)).toBe(all[0]);
});

test("a generated trace has the digest of its options", () => {
  const gups = (seed: number): string =>
    digest(open(encodeMemory(generateMemory("gups", { seed, accesses: 2000, footprint: 1 << 24 }))));
  expect(gups(5)).toBe(gups(5));
  expect(gups(6)).not.toBe(gups(5));
});

test("a trace that is no file has the digest of its bytes", () => {
  const bytes = encodeAccesses(rows),
    named = replayTrace(open(bytes), ["native"]),
    unnamed = replayTrace(openAnySource(bytesSource("nowhere.arrow", bytes)) as MemoryTrace, ["native"]);
  expect([unnamed.trace.digest, unnamed.digest]).toEqual([named.trace.digest, named.digest]);
});
