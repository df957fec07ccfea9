import { describe, expect, it } from "vitest";
import { changes, engine, load } from "../fixtures.js";
import { type MappingRow, renumber } from "../renumber.js";

const GIB = 0x40000n,
  BYTES = GIB * 4096n;
const row = (domain: string, leaf: string, page: bigint, pages: bigint, frame: bigint): MappingRow => ({
  vaddr: page * 4096n,
  bytes: pages * 4096n,
  leaf,
  frame,
  domain,
});

/** `count` pages, each alone in its 2 MiB from frame `from`, mapped at every second page from 0x40000. */
const scattered = (count: bigint, from: bigint): MappingRow[] =>
  Array.from({ length: Number(count) }, (_, i) =>
    row("guest", "4k", 0x40000n + 2n * BigInt(i), 1n, from + 512n * BigInt(i)),
  );

describe("mapping tables", () => {
  it("guest frames and host pages are one numbering, host frames another", () => {
    const rows = [
      row("guest", "4k", 0x1000n, 2n, 9n * GIB + 5n),
      row("guest", "1g", 4n * GIB, GIB, 2n * GIB),
      row("iova", "4k", 1n, 1n, 77n * GIB),
      row("host", "2m", 9n * GIB, 512n, 100n * GIB + 1024n),
      row("host", "4k", 5n * GIB + 7n, 1n, 50n * GIB + 3n),
    ];
    // gpa GiBs 2 5 9 become 0 1 2, hpa GiBs 50 100 become 0 1
    expect(renumber(rows)).toEqual({
      guestFirstBlock: 512 * 3,
      hostFirstBlock: 512 * 2,
      mapping: [
        { page: 0x1000n, pages: 2, leaf: 1, frame: Number(2n * GIB + 5n), dimension: "guest" },
        { page: 4n * GIB, pages: Number(GIB), leaf: 3, frame: 0, dimension: "guest" },
        { page: 2n * GIB, pages: 512, leaf: 2, frame: Number(GIB + 1024n), dimension: "host" },
        { page: GIB + 7n, pages: 1, leaf: 1, frame: 3, dimension: "host" },
      ],
    });
  });

  it("a range over two GiBs stays whole", () => {
    const { mapping, guestFirstBlock } = renumber([
      row("process", "4k", 0n, 2n, 8n * GIB - 1n),
      row("process", "4k", 9n, 1n, 30n * GIB),
    ]);
    expect(mapping.map((r) => r.frame)).toEqual([Number(GIB - 1n), Number(2n * GIB)]);
    expect(guestFirstBlock).toBe(512 * 3);
    expect(renumber([])).toEqual({ mapping: [], guestFirstBlock: 0, hostFirstBlock: 0 });
  });

  it("refuses overlaps, what is not aligned, and more than 64 GiB", () => {
    expect(() => renumber([row("guest", "4k", 0n, 4n, 0n), row("process", "4k", 3n, 1n, 9n)])).toThrow(
      "overlap",
    );
    expect(() => renumber([row("guest", "4k", 0n, 4n, 0n), row("host", "4k", 3n, 1n, 9n)])).not.toThrow();
    expect(() => renumber([row("guest", "2m", 0n, 512n, 1n)])).toThrow("multiples");
    expect(() => renumber([row("guest", "2m", 1n, 512n, 0n)])).toThrow("multiples");
    expect(() => renumber([{ ...row("guest", "1g", 0n, GIB, 0n), bytes: BYTES / 2n }])).toThrow("multiples");
    expect(() => renumber([row("guest", "1g", 0n, 64n * GIB, GIB)])).not.toThrow();
    expect(() => renumber([row("guest", "1g", 0n, 65n * GIB, GIB)])).toThrow("64 GiB");
  });

  it("takes units of 2 MiB beyond 64 GiB: 1g leaves first, then the rest ascending", () => {
    // 62 GiB in 1g leaves, and GiBs 5, 72, 200, 300: 66 GiB
    const rows = [
      row("guest", "2m", 0x1000n, 512n, 300n * GIB + 1024n),
      row("guest", "4k", 1n, 1n, 200n * GIB + 512n + 7n),
      row("guest", "1g", GIB, 31n * GIB, 41n * GIB),
      row("guest", "1g", 100n * GIB, 31n * GIB, 10n * GIB),
      row("guest", "4k", 16n, 4n, 72n * GIB - 2n),
      row("guest", "4k", 3n, 1n, 5n * GIB + 3n),
    ];
    // GiBs 10 to 71 become 0 to 61; behind them one unit each of GiBs 5, 72, 200, 300 in this order
    const units = 62n * GIB;
    expect(renumber(rows)).toEqual({
      guestFirstBlock: 62 * 512 + 4,
      hostFirstBlock: 0,
      mapping: [
        { page: 0x1000n, pages: 512, leaf: 2, frame: Number(units + 3n * 512n), dimension: "guest" },
        { page: 1n, pages: 1, leaf: 1, frame: Number(units + 2n * 512n + 7n), dimension: "guest" },
        { page: GIB, pages: Number(31n * GIB), leaf: 3, frame: Number(31n * GIB), dimension: "guest" },
        { page: 100n * GIB, pages: Number(31n * GIB), leaf: 3, frame: 0, dimension: "guest" },
        // its first two pages lie in the GiB of the last 1g leaf
        { page: 16n, pages: 2, leaf: 1, frame: Number(units - 2n), dimension: "guest" },
        { page: 18n, pages: 2, leaf: 1, frame: Number(units + 512n), dimension: "guest" },
        { page: 3n, pages: 1, leaf: 1, frame: Number(units + 3n), dimension: "guest" },
      ],
    });
  });

  it("takes units of 4 KiB next: 1g leaves, 2m leaves, the other pages", () => {
    const rows = [
      ...scattered(600n, GIB).reverse(), // 600 of 2 MiB, in GiBs 1 and 2
      row("guest", "4k", 0x9000n, 3n, 400n * GIB + 511n), // from the 2 MiB before a 2m leaf into it
      row("guest", "2m", 0xa000n, 512n, 400n * GIB + 512n),
      row("guest", "2m", 0xb000n, 512n, 3n * GIB),
      row("guest", "2m", 0xc000n, 512n, 20n * GIB + 512n), // in the GiB of a 1g leaf
      row("guest", "4k", 0xd000n, 1n, 20n * GIB + 5n), // likewise
      row("guest", "1g", 100n * GIB, 63n * GIB, 10n * GIB),
    ];
    const { mapping, guestFirstBlock } = renumber(rows);
    // GiBs 10 to 72 become 0 to 62, then the 2m leaves of GiBs 3 and 400, then 600 pages and one of GiB 400
    const leaves = 63n * GIB,
      others = leaves + 1024n;
    const pages = Array.from({ length: 600 }, (_, i) => Number(others) + i).reverse();
    expect(mapping.slice(0, 600).map((r) => r.frame)).toEqual(pages);
    expect(mapping.slice(600)).toEqual([
      { page: 0x9000n, pages: 1, leaf: 1, frame: Number(others + 600n), dimension: "guest" },
      { page: 0x9001n, pages: 2, leaf: 1, frame: Number(leaves + 512n), dimension: "guest" },
      { page: 0xa000n, pages: 512, leaf: 2, frame: Number(leaves + 512n), dimension: "guest" },
      { page: 0xb000n, pages: 512, leaf: 2, frame: Number(leaves), dimension: "guest" },
      { page: 0xc000n, pages: 512, leaf: 2, frame: Number(10n * GIB + 512n), dimension: "guest" },
      { page: 0xd000n, pages: 1, leaf: 1, frame: Number(10n * GIB + 5n), dimension: "guest" },
      { page: 100n * GIB, pages: Number(63n * GIB), leaf: 3, frame: 0, dimension: "guest" },
    ]);
    // 601 pages are two blocks, the second begun
    expect(guestFirstBlock).toBe(63 * 512 + 2 + 2);
  });

  it("each unit is left at 64 GiB and a frame", () => {
    const leaves = row("guest", "1g", 100n * GIB, 63n * GIB, 10n * GIB);
    const last = (rows: MappingRow[]) => {
      const { mapping, guestFirstBlock } = renumber(rows);
      return [mapping.at(-1)?.frame, guestFirstBlock];
    };
    // page 9 of a 2 MiB of GiB 200; before it 63 GiB, and
    const page = row("guest", "4k", 0x90000n, 1n, 200n * GIB + 9n);
    // nothing: 64 GiB in units of GiB
    expect(last([leaves, page])).toEqual([Number(63n * GIB + 9n), 64 * 512]);
    // 511 pages in GiBs 1 and 2: 64 GiB in units of 2 MiB
    const from = GIB + GIB / 2n;
    expect(last([leaves, ...scattered(511n, from), page])).toEqual([Number(64n * GIB) - 512 + 9, 64 * 512]);
    // 512 pages: 64 GiB and 2 MiB, so units of 4 KiB, and 513 pages in all
    expect(last([leaves, ...scattered(512n, from), page])).toEqual([Number(63n * GIB + 512n), 63 * 512 + 2]);
    // 511 2m leaves and 511 pages of two of 2 MiB: 64 GiB in units of 4 KiB
    const full = [
      leaves,
      row("guest", "2m", 0x100000n, 511n * 512n, 80n * GIB),
      row("guest", "4k", 0n, 511n, 90n * GIB + 3n),
    ];
    expect(last([...full, page])).toEqual([Number(64n * GIB) - 1, 64 * 512]);
    expect(() => renumber([...full, row("guest", "4k", 0x80000n, 1n, 0n), page])).toThrow("64 GiB");
    // frames that have a number already need no other
    expect(last([...full, page, row("guest", "4k", 0x80000n, 1n, 10n * GIB)])).toEqual([0, 64 * 512]);
  });

  it.each([
    ["2 MiB", 700n, 62n * GIB + 700n * 512n],
    ["4 KiB", 1100n, 62n * GIB],
  ])("large leaves of either dimension keep their alignment in units of %s", (_, count, first) => {
    const { mapping } = renumber([
      ...scattered(count, GIB + 1n),
      row("guest", "2m", 0x100000n, 2048n, 4n * GIB + 512n),
      row("host", "2m", 4n * GIB + 1024n, 2048n, 7n * GIB - 512n),
      row("guest", "1g", 100n * GIB, 40n * GIB, 10n * GIB),
      row("host", "1g", 40n * GIB, 32n * GIB, 500n * GIB),
      row("host", "4k", 10n * GIB - 1n, 2n, 900n * GIB + 1n),
    ]);
    for (const { leaf, page, frame, pages } of mapping) {
      const size = 512 ** (leaf - 1);
      expect([Number(page) % size, frame % size, pages % size]).toEqual([0, 0, 0]);
    }
    // gpa: GiBs 10 to 71 are 1g leaves of the one or the other dimension, 40 to 49 of both;
    // hpa: GiBs 6, 7, 500 to 531 and 900 are 35, so in units of GiB
    expect(mapping.filter((r) => r.leaf > 1)).toEqual([
      { page: 0x100000n, pages: 2048, leaf: 2, frame: Number(first), dimension: "guest" },
      { page: first + 512n, pages: 2048, leaf: 2, frame: Number(GIB) - 512, dimension: "host" },
      { page: 100n * GIB, pages: Number(40n * GIB), leaf: 3, frame: 0, dimension: "guest" },
      { page: 30n * GIB, pages: Number(32n * GIB), leaf: 3, frame: Number(2n * GIB), dimension: "host" },
    ]);
  });

  it("a row of the host dimension is cut where its pages or its frames jump", () => {
    // gpa in units of 4 KiB: 63 GiB of 1g leaves, 600 pages, the row's first two; hpa in units of GiB
    const pages = renumber([
      row("guest", "1g", 100n * GIB, 63n * GIB, 10n * GIB),
      ...scattered(600n, GIB),
      row("host", "4k", 10n * GIB - 2n, 5n, 1000n * GIB + 7n),
    ]);
    expect(pages.mapping.slice(601)).toEqual([
      { page: 63n * GIB + 600n, pages: 2, leaf: 1, frame: 7, dimension: "host" },
      { page: 0n, pages: 3, leaf: 1, frame: 9, dimension: "host" },
    ]);
    expect([pages.guestFirstBlock, pages.hostFirstBlock]).toEqual([63 * 512 + 2, 512]);
    // gpa in units of GiB: 1 and 10 to 72; hpa in units of 4 KiB: the row's page 11 is in a 1g leaf's GiB
    const frames = renumber([
      row("host", "1g", 10n * GIB, 63n * GIB, 10n * GIB),
      ...scattered(600n, GIB).map((r) => ({ ...r, domain: "host" })),
      row("host", "4k", 2n * GIB - 16n, 12n, 10n * GIB - 11n),
    ]);
    expect(frames.mapping.slice(601)).toEqual([
      { page: GIB - 16n, pages: 11, leaf: 1, frame: Number(63n * GIB + 600n), dimension: "host" },
      { page: GIB - 5n, pages: 1, leaf: 1, frame: 0, dimension: "host" },
    ]);
    expect([frames.guestFirstBlock, frames.hostFirstBlock]).toEqual([64 * 512, 63 * 512 + 2]);
  });

  it("a row of 0 bytes has no unit, and its leaf no area", () => {
    const rows = [row("guest", "1g", 100n * GIB, 63n * GIB, 10n * GIB), ...scattered(600n, GIB)];
    const { mapping, guestFirstBlock } = renumber([...rows, row("guest", "1g", 0n, 0n, GIB)]);
    expect(mapping.slice(0, -1)).toEqual(renumber(rows).mapping);
    expect([mapping.at(-1)?.pages, guestFirstBlock]).toEqual([0, 63 * 512 + 2]);
    expect(renumber([row("guest", "4k", 0n, 0n, GIB + 5n)]).guestFirstBlock).toBe(0);
  });

  it("leaves and frames come from the table, others from the first free block", () => {
    const { mapping, guestFirstBlock } = renumber([row("process", "2m", 512n, 512n, 0n)]);
    const oracle = engine({ mapping, guestFirstBlock, guestLevels: 4 });
    expect(changes(oracle, () => load(oracle, 513))).toMatchObject({ "walk.refs.guest": 3, "walks.2m": 1 });
    expect(changes(oracle, () => load(oracle, 0))).toMatchObject({ "walk.refs.guest": 4, "walks.4k": 1 });
    // page 513 is at frame 1 by the table, page 1 at frame 512 × 512 + 1
    const cached = engine({ mapping, guestFirstBlock, structures: { "cache.l1": [1 << 24, 4] } });
    load(cached, 513, 1);
    expect(cached.counters()["mem.refs.dram"]).toBe(2n);
    // at first block 0 they are one frame, and so one line
    const clashing = engine({ mapping, guestFirstBlock: 0, structures: { "cache.l1": [1 << 24, 4] } });
    load(clashing, 513, 1);
    expect(clashing.counters()["mem.refs.dram"]).toBe(1n);
  });
});
