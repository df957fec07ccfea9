import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { packageUrl } from "../../src/files.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { inspectMapping } from "../../src/trace/inspect/inspect-mapping.js";
import { mappingText } from "../../src/trace/inspect/inspect-mapping-text.js";
import { inspectMemory } from "../../src/trace/inspect/inspect-memory.js";
import { memoryText } from "../../src/trace/inspect/inspect-memory-text.js";
import { encodeMapping } from "../../src/trace/mapping/mapping-write.js";
import { openMappingSource, openMemoryTrace } from "../../src/trace/read.js";
import { MEMORY_META, memoryTraceOf } from "../support/memory/memory.js";

test("an inspection counts accesses, pages and straddles", () => {
  const i = inspectMemory(
    memoryTraceOf(
      [
        { vaddr: 0x1000n, size: 8, kind: 0, gap: 3 },
        { vaddr: 0x103cn, size: 8, kind: 1, gap: 0 }, // two lines
        { vaddr: 0x1ffcn, size: 8, kind: 2, gap: 5 }, // two pages
        { vaddr: 0x101000n, size: 64, kind: 0, gap: 1 }, // a gap of 254 pages: the same range
        { vaddr: 0x7fff00000000n, size: 0x2001, kind: 0, gap: 1 }, // three pages
        { vaddr: 0xffffffffffffffffn, size: 1, kind: 1, gap: 1 },
      ],
      {},
      { batchRows: 4 },
    ),
  );
  expect(i.kinds).toEqual({ load: 3, store: 2, modify: 1 });
  expect(i.sizes).toEqual({ 1: 1, 8: 3, 64: 1, 8193: 1 });
  expect(i.instructions).toBe(11);
  expect(i.straddles).toEqual({ line: 3, page: 2 });
  expect(i.pages).toEqual({ "4k": 7, "2m": 3 });
  expect(i.touched).toEqual([
    { start: 0x1000n, bytes: 0x101000, pages: 3 },
    { start: 0x7fff00000000n, bytes: 0x3000, pages: 3 },
    { start: 0xfffffffffffff000n, bytes: 0x1000, pages: 1 },
  ]);
  expect(memoryText(i)).toMatch(/straddles +3 of a line, 2 of a page/);
});

test("a gap of 1 MiB divides ranges, and without column gap there are no instructions", () => {
  const i = inspectMemory(
    memoryTraceOf(
      [
        { vaddr: 0n, size: 1, kind: 0 },
        { vaddr: 0x101000n, size: 1, kind: 0 },
      ],
      {},
      { columns: ["vaddr", "size", "kind"] },
    ),
  );
  expect(i.touched.map((r) => r.start)).toEqual([0n, 0x101000n]);
  expect(i.instructions).toBeUndefined();
  expect(memoryText(i)).toMatch(/instructions +not recorded/);
});

test("an inspection of a mapping table adds up bytes by domain and leaf", () => {
  const i = inspectMapping(
    openMappingSource(
      bytesSource(
        "m.arrow",
        encodeMapping(
          [
            { vaddr: 0n, bytes: 0x3000n, leaf: "4k", frame: 1n, domain: "guest" },
            { vaddr: 0x200000n, bytes: 0x400000n, leaf: "2m", frame: 512n, domain: "guest" },
            { vaddr: 0n, bytes: 0x1000n, leaf: "4k", frame: 1n, domain: "host" },
          ],
          MEMORY_META,
        ),
      ),
    ),
  );
  expect(i).toMatchObject({
    rows: 3,
    bytes: 0x404000n,
    domains: { guest: { ranges: 2, bytes: 0x403000n }, host: { ranges: 1, bytes: 0x1000n } },
    leaves: { "4k": { ranges: 2, bytes: 0x4000n }, "2m": { ranges: 1, bytes: 0x400000n } },
  });
  expect(mappingText(i)).toMatch(/leaves +4k: 2 ranges, 16 KiB; 2m: 1 ranges, 4 MiB/);
});

test.each(["hpcc-randomaccess", "sort"])("the sample %s opens", (name) => {
  const trace = openMemoryTrace(fileURLToPath(packageUrl(`traces/${name}.arrow`)));
  const i = inspectMemory(trace);
  trace.close();
  expect(i.rows).toBe(120_000);
  expect(i.emulated).toBe(false);
  expect(i.clock).toBe("none");
  expect(i.source.format).toBe("memory-csv");
});
