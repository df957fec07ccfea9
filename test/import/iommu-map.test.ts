import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectFormat } from "../../src/import/detect.js";
import { IoMap } from "../../src/import/kernel/io-map.js";
import { importIommuMap } from "../../src/import/kernel/iommu-map.js";
import { LEAF_BYTES } from "../../src/trace/mapping/mapping.js";
import { scratch } from "../support/files.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const HEAD = "  ib_write_bw  7312 [003]  5012.118204: ";
const hex = (n: number): string => n.toString(16).padStart(16, "0");
const map = (iova: number, paddr: number, bytes: number): string =>
  `${HEAD}iommu:map: IOMMU: iova=0x${hex(iova)} - 0x${hex(iova + bytes)} paddr=0x${hex(paddr)} size=${bytes}`;
const unmap = (iova: number, bytes: number): string =>
  `${HEAD}iommu:unmap: IOMMU: iova=0x${hex(iova)} - 0x${hex(iova + bytes)} size=${bytes} unmapped_size=${bytes}`;
const imported = (lines: readonly string[]): ReturnType<typeof importIommuMap> =>
  importIommuMap(file("iommu.txt", `${lines.join("\n")}\n`));

test("mapping and unmapping leave what a table of pages would hold", () => {
  const PAGES = 64;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          maps: fc.boolean(),
          first: fc.integer({ min: 0, max: PAGES - 1 }),
          pages: fc.integer({ min: 1, max: 12 }),
        }),
        { maxLength: 20 },
      ),
      (events) => {
        const ranges = new IoMap(),
          table = new Map<number, number>();
        for (const [i, { maps, first, pages }] of events.entries()) {
          let gone = 0;
          for (let page = first; page < first + pages; page++) {
            if (table.delete(page)) gone++;
            if (maps) table.set(page, 1000 * (i + 1) + page);
          }
          const from = BigInt(first) << 12n,
            to = BigInt(first + pages) << 12n;
          const bytes = maps
            ? ranges.map({ iova: from, end: to, paddr: BigInt(1000 * (i + 1) + first) << 12n, line: i })
            : ranges.unmap(from, to);
          expect(Number(bytes >> 12n)).toBe(gone);
        }
        const pages = ranges
          .rows()
          .rows.flatMap(({ vaddr, bytes, frame }) =>
            Array.from({ length: Number(bytes >> 12n) }, (_, i): [number, number] => [
              Number(vaddr >> 12n) + i,
              Number(frame) + i,
            ]),
          );
        expect(pages).toEqual([...table].sort((a, b) => a[0] - b[0]));
      },
    ),
  );
});

test("thousands of ranges, mapped downwards as Linux hands out addresses, stay in order", () => {
  const ranges = new IoMap(),
    COUNT = 5000,
    at = (i: number): bigint => BigInt(2 * i) << 12n;
  for (let i = COUNT; i-- > 0; ) ranges.map({ iova: at(i), end: at(i) + 4096n, paddr: at(i), line: i });
  expect(ranges.unmap(at(700) + 4096n, at(2900))).toBe(2199n << 12n);
  ranges.map({ iova: at(1000), end: at(1001), paddr: 0n, line: 1 });
  const found = ranges.rows().rows.map((r) => r.vaddr);
  expect(found).toEqual([...found].sort((a, b) => (a < b ? -1 : 1)));
  expect(found).toHaveLength(COUNT - 2199 + 1);
  expect(ranges.unmap(0n, at(COUNT))).toBe(BigInt(COUNT - 2199 + 2) << 12n);
  expect(ranges.empty).toBe(true);
});

test("each page has the largest leaf that lies in its mapping with both addresses aligned", () => {
  const MIB2 = 512,
    GIB = 262_144;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3 * MIB2 }),
      fc.integer({ min: 1, max: 6 * MIB2 }),
      fc.constantFrom(0, 1, 7 * MIB2, GIB, GIB + MIB2),
      (first, pages, shift) => {
        const at = GIB - 2 * MIB2 + first,
          ranges = new IoMap();
        ranges.map({
          iova: BigInt(at) << 12n,
          end: BigInt(at + pages) << 12n,
          paddr: BigInt(at + shift) << 12n,
          line: 1,
        });
        const { rows } = ranges.rows();
        let next = at;
        for (const { vaddr, bytes, leaf } of rows) {
          expect(Number(vaddr >> 12n)).toBe(next);
          const size = Number(LEAF_BYTES[leaf] >> 12n);
          for (let page = next; page < next + Number(bytes >> 12n); page += size)
            if (leaf === "4k" && shift % MIB2 === 0) {
              const block = page - (page % MIB2);
              expect(block >= at && block + MIB2 <= at + pages, `page ${page}`).toBe(false);
            }
          expect(Number(vaddr >> 12n) % size).toBe(0);
          expect((at + shift + (next - at)) % size).toBe(0);
          next += Number(bytes >> 12n);
        }
        expect(next).toBe(at + pages);
      },
    ),
  );
});

test("a mapping of 2 GiB has one leaf of 1 GiB where both addresses reach its boundary", async () => {
  const { rows } = await imported([map(0x3fe00000, 0x7fe00000, 2 ** 31)]);
  expect(rows.map(({ vaddr, bytes, leaf }) => [Number(vaddr), Number(bytes), leaf])).toEqual([
    [0x3fe00000, 2 ** 21, "2m"],
    [0x40000000, 2 ** 30, "1g"],
    [0x80000000, 2 ** 30 - 2 ** 21, "2m"],
  ]);
});

test("kernels that print no end, and sizes in hexadecimal, say the same", async () => {
  const now = await imported([map(0x10000, 0x990000, 8192)]),
    then = await imported([
      `${HEAD}iommu:map: IOMMU: iova=0x${hex(0x10000)} paddr=0x${hex(0x990000)} size=0x2000`,
    ]);
  expect(then).toEqual(now);
});

test.each([
  ["qemu-system-x86-6120  [009]  812.400102: map:                  IOMMU:", "trace-cmd report"],
  ["   CPU 0/KVM-6120    (   6100) [009] d..1.   812.400102: map: IOMMU:", "tracefs with processes"],
  ["       CPU 0/KVM  6100/6120  [009]   812.400102117:          1   iommu:map: IOMMU:", "perf script --ns"],
  ["       <...> 6120 .N.. [009]   812.400102:          iommu:map: IOMMU:", "perf script with flags"],
  ["       fc_vcpu 0  6120   812.400102:          iommu:map: IOMMU:", "perf script without CPUs"],
])("a line that begins %j, as of %s", async (start) => {
  const path = file(
    "one.txt",
    `${start} iova=0x${hex(0x10000)} - 0x${hex(0x11000)} paddr=0x${hex(0x990000)} size=4096\n`,
  );
  expect((await importIommuMap(path)).rows).toHaveLength(1);
  expect((await detectFormat([path])).name).toBe("iommu-map");
});

describe("losses", () => {
  test.each([
    ["CPU:3 [LOST 12 EVENTS]", "events that the recorder lost: 12:"],
    [
      "CPU:3 [LOST EVENTS]",
      "events that the recorder lost: 0, and more in 1 places that do not say how many:",
    ],
    ["CPU:7 [204600 EVENTS DROPPED]", "events that the recorder lost: 204600:"],
    ["CPU:7 [EVENTS DROPPED]", "lost: 0, and more in 1 places"],
    ["  perf 7300 [003]  5012.118230: PERF_RECORD_LOST lost 12", "events that the recorder lost: 12:"],
    ["Processed 900 events and lost 4 chunks!", "events that the recorder lost: 4:"],
  ])("%s", async (line, says) => {
    const { metadata } = await imported([map(0x10000, 0x990000, 4096), line, map(0x20000, 0xaa0000, 4096)]);
    expect(metadata.notes.join("\n")).toContain(says);
  });
  test("a line whose numbers contradict each other, or that is half one, is dropped and named", async () => {
    const good = map(0x10000, 0x990000, 4096);
    for (const bad of [
      good.replace("size=4096", "size=8192"),
      good.replace("size=4096", "size=409"),
      good.replace(/paddr=.*/, "padd"),
      good.replace(/ paddr=0x0/, " paddr=0xg"),
      good.replace("5012.118204", "5012118204"),
    ]) {
      const { rows, metadata } = await imported([map(0x20000, 0xaa0000, 4096), bad]);
      expect(rows).toHaveLength(1);
      expect(metadata.notes.join("\n"), bad).toContain(
        "damaged lines that were dropped: 1, the first is line 2",
      );
    }
  });
});

describe("refused", () => {
  test("a recording at whose end nothing is mapped", async () =>
    expect(await refusedLater(imported([map(0x10000, 0x990000, 4096), unmap(0x10000, 4096)]))).toBe(
      `${join(file("iommu.txt", ""))}: all that its 1 iommu:map events mapped is unmapped at its end, ` +
        "by 1 iommu:unmap: end the recording while the program runs",
    ));
  test("a clock that counts ticks", async () =>
    expect(
      await refusedLater(
        imported([
          `  rping-2211  [001] .... 91234567890123: map: IOMMU: iova=0x${hex(4096)} paddr=0x${hex(8192)} size=4096`,
        ]),
      ),
    ).toMatch(/iommu\.txt: line 1: is .* whose time is no seconds .*: record with a clock of seconds/));
  test("lines of perf and of tracefs in one file", async () =>
    expect(
      await refusedLater(
        imported([
          map(0x10000, 0x990000, 4096),
          "  rping-2211  [001] ....  5012.200000: map: IOMMU: iova=0x1",
        ]),
      ),
    ).toMatch(/iommu\.txt: line 2: is printed by trace-cmd or tracefs, but lines above by perf script: /));
  test("a recording without a mapping", async () =>
    expect(await refusedLater(imported([unmap(0x10000, 4096)]))).toMatch(
      /has no whole iommu:map event: record with/,
    ));
});
