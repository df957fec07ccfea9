import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importPagemap } from "../../src/import/mapping/pagemap.js";
import { scratch } from "../support/files.js";
import { refusedLater } from "../support/refused.js";

const { file } = scratch();
const PRESENT = 1n << 63n,
  SWAPPED = 1n << 62n,
  ABSENT = -1n;
const A = 0x7f00_0000_0000n;

/** A line of maps, with what smaps says of the range where it is given. */
function area(start: bigint, pages: number, smaps?: { page?: number; huge?: number }): string {
  const range = `${start.toString(16)}-${(start + 4096n * BigInt(pages)).toString(16)} rw-p 00000000 00:00 0 \n`;
  return smaps === undefined
    ? range
    : `${range}Size: ${4 * pages} kB\nKernelPageSize: ${smaps.page ?? 4} kB\nAnonHugePages: ${smaps.huge ?? 0} kB\n`;
}
/** Frames as pagemap shows them; soft-dirty and exclusive are set, which say nothing of frames. */
function written(maps: string, frames: readonly bigint[], name = "p.pages"): string {
  const entries = BigUint64Array.from(frames, (f) =>
    f === ABSENT ? 0n : f < 0n ? SWAPPED | 0x123n : PRESENT | (3n << 55n) | f,
  );
  return file(name, Buffer.concat([Buffer.from(`${maps}\0`), Buffer.from(entries.buffer)]));
}
const block = (first: bigint): bigint[] => Array.from({ length: 512 }, (_, i) => first + BigInt(i));
const shown = async (path: string): Promise<string[]> =>
  (await importPagemap(path)).rows.map(
    (r) => `${r.leaf} ${(r.vaddr - A) >> 12n}+${r.bytes >> 12n} at ${r.frame}`,
  );
const notesOf = async (path: string): Promise<string> =>
  (await importPagemap(path)).metadata.notes.join("\n");

describe("pages that are present", () => {
  test("one behind the other on frames one behind the other are a range", async () => {
    const path = written(area(A, 4) + area(A + (8n << 12n), 2), [7n, 8n, 20n, ABSENT, 21n, 22n]);
    expect(await shown(path)).toEqual(["4k 0+2 at 7", "4k 2+1 at 20", "4k 8+2 at 21"]);
    expect(await notesOf(path)).toMatch(/not present: 1/);
  });
  test("those that are swapped out are counted", async () =>
    expect(await notesOf(written(area(A, 2), [7n, -5n]))).toMatch(/pages that are swapped out: 1/));
  test("[vsyscall] has no entries", async () =>
    expect(await shown(written(area(A, 1) + area(0xffff_ffff_ff60_0000n, 1), [7n]))).toHaveLength(1));
  test("in the recorded sample: two transparent large pages and one of hugetlbfs", async () => {
    const { rows } = await importPagemap(join(import.meta.dirname, "fixtures/pagemap/large.pages"));
    expect(rows.filter((r) => r.leaf === "2m").map((r) => r.bytes)).toEqual([
      2n ** 21n,
      2n ** 21n,
      2n ** 21n,
    ]);
  });
});

describe("large pages", () => {
  const two = [...block(512n), ...block(5n * 512n)];
  test("of hugetlbfs are as large as smaps says", async () =>
    expect(await shown(written(area(A, 1024, { page: 2048 }), two))).toEqual([
      "2m 0+512 at 512",
      "2m 512+512 at 2560",
    ]));
  test("transparent ones: as many as smaps counts, among blocks in one piece", async () => {
    expect(await shown(written(area(A, 1024, { huge: 4096 }), two))).toEqual([
      "2m 0+512 at 512",
      "2m 512+512 at 2560",
    ]);
    const one = written(area(A, 1024, { huge: 2048 }), two);
    expect(await shown(one)).toEqual(["2m 0+512 at 512", "4k 512+512 at 2560"]);
    expect(await notesOf(one)).toMatch(
      /beyond those that smaps counts as large pages, taken for small ones: 1/,
    );
    expect((await importPagemap(one)).metadata.fields.leaf).toBe("inferred");
  });
  test("are not where frames are apart, not aligned or a page is absent", async () => {
    for (const frames of [
      block(513n),
      [...block(512n).slice(0, 511), 9n],
      [...block(512n).slice(0, 511), ABSENT],
    ])
      expect((await shown(written(area(A, 512, { huge: 2048 }), frames)))[0]).toMatch(/^4k/);
    // The range begins in the midst of 2 MiB.
    expect(await shown(written(area(A + 4096n, 512, { huge: 2048 }), block(512n)))).toEqual([
      "4k 1+512 at 512",
    ]);
  });
  test("are inferred from maps, which does not say", async () => {
    const path = written(area(A, 512), block(512n));
    expect(await shown(path)).toEqual(["2m 0+512 at 512"]);
    expect(await notesOf(path)).toMatch(
      /taken for large pages: 1: maps does not say what they are; smaps does/,
    );
    expect((await importPagemap(path)).metadata.fields.leaf).toBe("inferred");
  });
});

describe("what cannot be taken as it is", () => {
  const refusal = (maps: string, frames: bigint[]): Promise<string> =>
    refusedLater(importPagemap(written(maps, frames)));
  test("frames that were hidden", async () =>
    expect(await refusal(area(A, 3), [0n, 0n, 0n])).toMatch(/CAP_SYS_ADMIN: record it as root/));
  test("nothing that is present", async () =>
    expect(await refusal(area(A, 2), [ABSENT, ABSENT])).toMatch(/has no page that is present/));
  test("more entries than pages", async () =>
    expect(await refusal(area(A, 1), [1n, 2n])).toMatch(
      /more entries of pagemap than its ranges have pages/,
    ));
  test("lines of something else, ranges that are none, pages that are not modelled", async () => {
    expect(await refusal(`${area(A, 1)}what is this\n`, [1n])).toMatch(
      /line 2: is "what is this", which is no line/,
    );
    expect(await refusal("7f0000001000-7f0000001000 rw-p 0 00:00 0\n", [])).toMatch(
      /line 1: the range .* whole pages/,
    );
    expect(await refusal(area(A, 16, { page: 64 }), [])).toMatch(/line 3: pages of 64 KiB are not modelled/);
  });
  test("a file that was cut off has what it holds", async () => {
    const whole = readFileSync(written(area(A, 1024, { page: 2048 }), [...block(512n), ...block(1024n)]));
    const cut = file("cut.pages", whole.subarray(0, whole.length - 100));
    expect(await shown(cut)).toEqual(["2m 0+512 at 512"]);
    expect(await notesOf(cut)).toMatch(/cut off in the range from 0x7f0000000000: what follows is not known/);
    expect(await refusedLater(importPagemap(file("head.pages", whole.subarray(0, 30))))).toMatch(
      /no page that is present/,
    );
  });
});
