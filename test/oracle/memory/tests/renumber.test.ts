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
