import { describe, expect, test } from "vitest";
import { encodeMapping, type MappingRow } from "../../src/index.js";
import { LEAF_BYTES } from "../../src/trace/mapping/mapping.js";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import { scratch } from "../support/files.js";
import { MEMORY_META } from "../support/memory/memory.js";
import {
  BLOCK,
  countersOf,
  GIB,
  loads,
  NO_WALK_CACHES,
  PAGE,
  pages,
  replayRows,
  single,
} from "../support/memory/memory-replay.js";
import { execute, pagesOf, twin, unlike } from "../support/memory/memory-twin.js";
import { Random } from "../support/random/rng.js";
import { refused } from "../support/refused.js";

const { file } = scratch();
let tables = 0;
const written = (rows: readonly MappingRow[]): string =>
  file(`map${tables++}.arrow`, encodeMapping(rows, MEMORY_META));

const A = 0x7f00_0000_0000n;
const row = (
  domain: MappingRow["domain"],
  leaf: MappingRow["leaf"],
  vaddr: bigint,
  bytes: bigint,
  frame: bigint,
): MappingRow => ({ domain, leaf, vaddr, bytes, frame });
const FRAMES_OF_GIB = GIB / PAGE;

describe("leaves come from the table", () => {
  const walks = (rows: readonly MemoryRow[], path: string, mapping: readonly MappingRow[]): string => {
    const c = countersOf(rows, path, { mapping: written(mapping), set: NO_WALK_CACHES });
    return (
      ["4k", "2m", "1g"].map((s) => c[`walks.${s}`]).join(" ") +
      ` refs ${c["walk.refs.guest"]}+${c["walk.refs.host"]}`
    );
  };
  test("of a process on a host", () => {
    expect(walks(loads(A), "native", [row("process", "2m", A, BLOCK, 512n * 9n)])).toBe("0 1 0 refs 3+0");
    expect(walks(loads(A), "native", [row("process", "1g", A, GIB, FRAMES_OF_GIB * 7n)])).toBe(
      "0 0 1 refs 2+0",
    );
    expect(walks(loads(A), "native+guest_leaf=1g", [row("process", "4k", A, PAGE, 3n)])).toBe(
      "1 0 0 refs 4+0",
    );
  });
  test("of a guest and its host", () => {
    const guest = row("guest", "4k", A, PAGE, 5n * FRAMES_OF_GIB + 3n);
    expect(walks(loads(A), "virt-ib", [guest])).toBe("1 0 0 refs 4+15");
    // Only the page's own host leaf is in the table: 4 references instead of 3 for it.
    expect(walks(loads(A), "virt-ib", [guest, row("host", "4k", 5n * GIB + 3n * PAGE, PAGE, 77n)])).toBe(
      "1 0 0 refs 4+16",
    );
    expect(walks(loads(A), "virt-ib", [guest, row("host", "1g", 5n * GIB, GIB, 0n)])).toBe("1 0 0 refs 4+14");
    expect(
      walks(loads(A), "virt-ib", [row("guest", "2m", A, BLOCK, 0n), row("host", "1g", 0n, GIB, 0n)]),
    ).toBe("0 1 0 refs 3+11");
  });
  test("pages outside of it get the path's leaf, or the largest below that overlaps no row", () => {
    const map = [row("process", "4k", A + PAGE, PAGE, 3n)];
    expect(walks([...loads(A), ...loads(A + BLOCK), ...loads(A + GIB)], "native+guest_leaf=2m", map)).toBe(
      "1 2 0 refs 10+0",
    );
    expect(walks([...loads(A), ...loads(A + BLOCK), ...loads(A + GIB)], "native+guest_leaf=1g", map)).toBe(
      "1 1 1 refs 9+0",
    );
    expect(walks(pages(A, 3), "native", map)).toBe("3 0 0 refs 12+0");
  });
});

test("frames are where the table says: two pages on one frame are one line", () => {
  const apart = [row("process", "4k", A, PAGE, 8n), row("process", "4k", A + PAGE, PAGE, 9n)],
    same = [apart[0]!, { ...apart[1]!, frame: 8n }];
  const dram = (mapping: MappingRow[]): number =>
    countersOf(pages(A, 2), "native", { mapping: written(mapping) })["mem.refs.dram"]!;
  expect([dram(apart), dram(same)]).toEqual([2, 1]);
});

test("what is outside of the table lies behind its frames, on the host and in a guest", () => {
  // Two GiB of frames, so the first free block is 1024: an unmapped page at the
  // start of a block must not meet the second GiB's first frame.
  const dram = (path: string, mapping: MappingRow[]): number =>
    countersOf(loads(A + BLOCK, A), path, { mapping: written(mapping) })["mem.refs.dram"]!;
  const process = [
    row("process", "4k", A, PAGE, 9n * FRAMES_OF_GIB),
    row("process", "4k", A + PAGE, PAGE, 3n * FRAMES_OF_GIB),
  ];
  expect(dram("native", process)).toBe(2);
  const host = [
    row("guest", "4k", A, PAGE, 0n),
    row("host", "4k", 0n, PAGE, 9n * FRAMES_OF_GIB),
    row("host", "4k", 7n * PAGE, PAGE, 3n * FRAMES_OF_GIB),
  ];
  expect(dram("virt-ib", host)).toBe(2);
});

test("rows of domain iova are noted and not used; frames by policy are not mentioned", () => {
  const iova = [row("iova", "4k", A, PAGE, 1n), row("iova", "2m", 0n, BLOCK, 0n)],
    { trace, replays } = replayRows(loads(A), ["virt-ib"], { mapping: written(iova) });
  expect(trace.notes.join("\n")).toMatch(
    /2 rows of the mapping table are of domain iova, which page walks do not use/,
  );
  expect(trace.notes.join("\n")).not.toMatch(/frames are handed out by policy/);
  expect(replays).toEqual(replayRows(loads(A), ["virt-ib"]).replays);
});

describe("frames of more than 64 GiB", () => {
  /** Pages whose frames lie `apart` frames from one another. */
  const scattered = (count: number, apart: bigint): MappingRow[] =>
    Array.from({ length: count }, (_, i) =>
      row("process", "4k", A + BigInt(i) * PAGE, PAGE, BigInt(i) * apart),
    );
  const replayed = (mapping: MappingRow[]) => {
    const { trace, replays } = replayRows(loads(...[0n, 1n, 2n].map((i) => A + i * PAGE)), ["native"], {
      mapping: written(mapping),
    });
    return { notes: trace.notes.join("\n"), dram: Number(replays[0]!.counters["mem.refs.dram"]) };
  };
  test("are numbered in smaller units, and it is said", () => {
    expect(replayed(scattered(64, FRAMES_OF_GIB)).notes).not.toMatch(/different GiB/);
    expect(replayed(scattered(65, FRAMES_OF_GIB)).notes).toMatch(
      /frames of the first dimension and gpas lie in more than 64 different GiB and are numbered 2 MiB by 2 MiB/,
    );
    expect(replayed(scattered(2 ** 15 + 1, 512n)).notes).toMatch(/numbered page by page/);
  });
  test("pages on one frame stay one line in each unit", () => {
    for (const far of [scattered(65, FRAMES_OF_GIB), scattered(2 ** 15 + 1, 512n)]) {
      const apart = replayed(far).dram;
      expect(replayed(far.map((r, i) => (i === 1 ? { ...r, frame: far[0]!.frame } : r))).dram).toBe(
        apart - 1,
      );
    }
  });
  test("that are used are refused in one sentence", () => {
    const sentence = (mapping: MappingRow[]): string =>
      refused(() => replayRows(loads(A), ["native"], { mapping: written(mapping) }));
    expect(sentence([row("process", "1g", 0n, 65n * GIB, 0n)])).toMatch(
      /map\d+\.arrow: its frames of the first dimension and gpas are more than the 64 GiB .*; give the part/,
    );
    expect(sentence([row("host", "4k", 0n, 2n ** 60n, 0n)])).toMatch(/and gpas are more than the 64 GiB/);
  });
});

/**
 * What brings the numbers of frames to units of 2 MiB (14 pages in GiBs of their own behind
 * 52 GiB in leaves of 1 GiB) or of 4 KiB (6200 pages), on the host as well or not.
 */
function filler(random: Random, base: bigint): MappingRow[] {
  const count = random.pick([0, 0, 0, 0, 0, 14, 14, 14, 14, 6200]),
    far = base + 2n ** 38n,
    many = 52n * GIB;
  if (count === 0) return [];
  const guest = [
    row("guest", "1g", far, many, 100n * FRAMES_OF_GIB),
    ...Array.from({ length: count }, (_, i) =>
      row(
        "guest",
        "4k",
        far + many + BigInt(i) * PAGE,
        PAGE,
        BigInt(200 + i) * FRAMES_OF_GIB + BigInt(random.int(0, 2 ** 18 - 1)),
      ),
    ),
  ];
  const host = guest.map((g) =>
    row("host", g.leaf, g.frame * PAGE, g.bytes, g.frame + 1000n * FRAMES_OF_GIB),
  );
  return random.pick([true, false]) ? guest : [...guest, ...host];
}

/** Ranges over some pages around A (or the top half of the address space), and over some of their gpas. */
function randomMapping(random: Random, base: bigint): MappingRow[] {
  const rows = filler(random, base);
  const add = (made: MappingRow): void => {
    const dimension = (r: MappingRow): boolean => (r.domain === "host") === (made.domain === "host");
    if (
      !rows.some((r) => dimension(r) && r.vaddr < made.vaddr + made.bytes && made.vaddr < r.vaddr + r.bytes)
    )
      rows.push(made);
  };
  const leaf = (): MappingRow["leaf"] => random.pick(["4k", "4k", "2m", "1g"] as const);
  const frame = (size: bigint): bigint =>
    ((BigInt(random.pick([0, 3, 9, 40])) * FRAMES_OF_GIB + BigInt(random.int(0, 2 ** 18))) / (size / PAGE)) *
    (size / PAGE);
  for (let i = random.int(1, 12); i > 0; i--) {
    const l = leaf(),
      size = LEAF_BYTES[l],
      at = base + BigInt(random.int(0, 4 * 512)) * PAGE;
    add(
      row(
        random.pick(["process", "guest"] as const),
        l,
        (at / size) * size,
        size * BigInt(l === "4k" ? random.magnitude(200) : random.int(1, 2)),
        frame(size),
      ),
    );
  }
  for (const g of rows.filter((r) => r.domain !== "host" && r.vaddr < base + 2n ** 38n))
    for (let i = random.int(0, 2); i > 0; i--) {
      const l = leaf(),
        size = LEAF_BYTES[l],
        gpa = g.frame * PAGE + BigInt(random.int(0, Math.min(300, Number(g.bytes / PAGE)) - 1)) * PAGE;
      add(
        row(
          "host",
          l,
          (gpa / size) * size,
          size * BigInt(l === "4k" ? random.magnitude(50) : 1),
          frame(size),
        ),
      );
    }
  return rows;
}

test("counters are the oracle's, on random tables and accesses", () => {
  let host = 0,
    links = 0;
  const units = { small: 0, page: 0 };
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed, 9),
      base = random.pick([A, 0xffff_8000_0000_0000n]),
      mapping = randomMapping(random, base);
    const rows = Array.from(
      { length: 1500 },
      (): MemoryRow => ({
        vaddr: base + BigInt(random.int(0, random.pick([4 * 512, 300])) * 4096 + random.int(0, 4090)),
        size: random.pick([8, 8, 500]),
        kind: random.int(0, 2),
        gap: 1,
      }),
    );
    const touched = [...pagesOf(rows)].sort((a, b) => (a < b ? -1 : 1)),
      path = random.pick([
        "native",
        "native+guest_leaf=2m",
        "virt-ib",
        "virt-ib+guest_leaf=1g+host_leaf=1g",
        "memlink",
        "memlink+guest_leaf=2m",
      ]);
    const link = path.startsWith("memlink"),
      replayed = single(replayRows(rows, [path], { mapping: written(mapping), link: link ? "all" : "none" }));
    const oracle = twin(path, { pages: touched.length, mapping });
    if (link) for (const page of touched) oracle.link(page, 1);
    execute(oracle, rows);
    expect(
      unlike(replayed, oracle).filter((d) => !d.startsWith("mem.tlb_flushes")),
      `seed ${seed}, ${path}`,
    ).toEqual([]);
    host += mapping.filter((r) => r.domain === "host").length;
    if (mapping.length > 6000) units.page++;
    else if (mapping.some((r) => r.vaddr === base + 2n ** 38n)) units.small++;
    links += replayed.counters["mem.blocks_split"]!;
  }
  expect([host > 50, links > 20, units.small > 5, units.page > 2]).toEqual([true, true, true, true]);
});
