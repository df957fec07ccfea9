import { describe, expect, test } from "vitest";
import { bytesSource, loadPath, loadTestbed, openSource, replay } from "../../src/index.js";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import type { MemoryOracle } from "../oracle/memory/engine.js";
import { capture } from "../support/captures.js";
import {
  alone,
  around,
  controls,
  REGION_AT,
  REGION_PAGES,
  type Together,
  together,
} from "../support/coupled.js";
import { memoryTraceOf } from "../support/memory/memory.js";
import { memoryCapture, single } from "../support/memory/memory-replay.js";
import { execute, pagesOf, twin, unlike } from "../support/memory/memory-twin.js";
import { refused, saying } from "../support/refused.js";
import { encodeRows, type Row } from "../support/script.js";

/** First page and pages of the region that a program registers. */
function regionOf(verbs: readonly Row[]): [page: bigint, pages: number] {
  const { addr, size } = verbs.find((r) => r.verb === "reg_mr")!,
    page = addr! >> 12n;
  return [page, Number(((addr! + size! + 4095n) >> 12n) - page)];
}
/** Pages touched, and those that the region links. */
function footprint({ verbs, accesses }: Together): number {
  const [page, pages] = regionOf(verbs);
  return new Set([...pagesOf(accesses), ...Array.from({ length: pages }, (_, i) => page + BigInt(i))]).size;
}

/**
 * Calls and accesses by hand: before call i come the accesses up to `until(i)`; memlink
 * links the region when reg_mr is done, present, and unlinks it after dereg_mr (M6.4, M6.5, M6.7).
 */
function byHand(
  oracle: MemoryOracle,
  { verbs, accesses, path }: Together,
  until: (call: number) => number,
): void {
  let done = 0;
  const run = (end: number): void => {
    execute(oracle, accesses.slice(done, end));
    done = end;
  };
  verbs.forEach(({ verb }, i) => {
    run(until(i));
    if (path.startsWith("memlink") && verb === "reg_mr") oracle.link(...regionOf(verbs), true);
    if (path.startsWith("memlink") && verb === "dereg_mr") oracle.unlink(...regionOf(verbs));
  });
  run(accesses.length);
}

function compare(
  t: Together,
  until: (call: number) => number,
  more: { think?: boolean } = {},
): ReturnType<typeof single> {
  const both = single(together(t)),
    verbs = single(alone(t));
  const oracle = twin(t.path, {
    pages: footprint(t),
    ...(t.set ? { set: t.set } : {}),
    ...(t.testbed ? { testbed: t.testbed } : {}),
    ...more,
  });
  byHand(oracle, t, until);
  expect(unlike(both, oracle, verbs.layers), t.path).toEqual([]);
  expect(BigInt(both.makespan_ps), t.path).toBe(BigInt(verbs.makespan_ps) + oracle.clock());
  return both;
}

describe("a thread's accesses run between its calls: the makespan is that of the calls and of the accesses", () => {
  const verbs = controls(),
    accesses = around(5000),
    evenly = (i: number): number => Math.floor((accesses.length * (i + 1)) / verbs.length);

  test.each([
    "native",
    "native+guest_leaf=2m",
    "virt-ib",
    "virt-ib+host_leaf=4k",
    "memlink",
    "memlink+host_leaf=4k",
    "memlink+guest_leaf=2m",
    "memlink+host_leaf=1g",
    "memlink+khugepaged=delay",
  ])("%s", (path) => {
    for (const testbed of ["thesis-2014", "modern"]) {
      const { counters: c } = compare({ verbs, accesses, path, testbed }, evenly);
      expect([c["mem.accesses"], c["mem.pages_linked"], c["mem.pages_unlinked"]]).toEqual([
        5000,
        ...(path.startsWith("memlink") ? [REGION_PAGES, REGION_PAGES] : [0, 0]),
      ]);
    }
  });

  test("khugepaged makes the block large again before the next accesses, when its delay is over", () => {
    const path = "memlink+khugepaged=delay",
      collapsed = (set: string[]): number =>
        compare({ verbs, accesses, path, set }, evenly).counters["mem.blocks_collapsed"]!;
    expect([collapsed(["mem.khugepaged_delay=0"]), collapsed(["mem.khugepaged_delay=60000"])]).toEqual([
      1, 0,
    ]);
  });

  test("without instruction counts only accesses take time", () => {
    const t: Together = { verbs, accesses, path: "memlink", columns: ["vaddr", "size", "kind"] };
    const bare = accesses.map((a) => ({ ...a, gap: 0 }));
    expect(compare({ ...t, accesses: bare }, evenly, { think: false }).layers["app.think"]).toBeUndefined();
    expect(
      single(together({ verbs, accesses, path: "memlink", options: { think: "none" } })).layers["app.think"],
    ).toBeUndefined();
  });

  test("frames of a large region count, though few of its pages are touched", () => {
    // 700 pages and no more than 256 touched: the bits of the frames' permutation are those of the region.
    const large = verbs.map(
      (r): Row => (r.verb === "reg_mr" ? { ...r, addr: REGION_AT + 7n, size: 4096n * 700n } : r),
    );
    const few = around(200, 5);
    const { counters: c } = compare({ verbs: large, accesses: few, path: "memlink" }, (i) =>
      Math.floor((few.length * (i + 1)) / large.length),
    );
    expect([c["mem.pages_linked"], pagesOf(few).size < 256]).toEqual([701, true]);
  });
  test("calls that failed link and unlink nothing", () => {
    const failed = (verb: string): Row[] =>
      verbs
        .map((r): Row => (r.verb === verb ? { ...r, status: 12 } : r))
        .filter((r) => verb !== "reg_mr" || r.verb !== "dereg_mr");
    const links = (verb: string): unknown[] =>
      ["mem.pages_linked", "mem.pages_unlinked"].map(
        (c) => single(together({ verbs: failed(verb), accesses, path: "memlink" })).counters[c],
      );
    expect([links("reg_mr"), links("dereg_mr")]).toEqual([
      [0, 0],
      [REGION_PAGES, 0],
    ]);
  });
  test("what reg_mr links is there: its pages cost no violation, its neighbours do", () => {
    // Before reg_mr nothing; between the calls one load of each linked page, then of the page before them.
    const linked = Array.from(
      { length: REGION_PAGES },
      (_, i): MemoryRow => ({ vaddr: REGION_AT + BigInt(i) * 4096n, size: 8, kind: 0, gap: 0 }),
    );
    const timed = (rows: readonly MemoryRow[]): MemoryRow[] => rows.map((r) => ({ ...r, t: 350n }));
    const violations = (rows: readonly MemoryRow[]): number =>
      single(together({ ...TIMED, accesses: timed(rows), path: "memlink" })).counters["mem.ept_violations"]!;
    const tables = 1; // the guest's tables share one large gpa page
    expect(violations(linked)).toBe(tables);
    expect(violations([...linked, { ...linked[0]!, vaddr: REGION_AT - 4096n }])).toBe(tables + 1);
  });
});

/** Calls at 0, 100, … ns, and accesses with times. */
const TIMED: Omit<Together, "path" | "accesses"> = {
  verbs: controls().map((r, i) => ({ ...r, t: BigInt(100 * i), dur: 10 })),
  verbsMetadata: { clock: "ns" },
  memoryMetadata: { clock: "ns" },
  columns: ["vaddr", "size", "kind", "gap", "t"],
};

describe("placement", () => {
  // to 999 ns, ever sparser
  const accesses = around(3000).map((a, i) => ({ ...a, t: BigInt(Math.floor((i * i) / 9000)) }));
  const t: Together = { ...TIMED, accesses, path: "memlink" };
  const before = (call: number): number => accesses.filter((a) => a.t < BigInt(100 * call)).length;

  test("by time where both traces have a clock, and the gaps between calls are replaced", () => {
    compare(t, before);
    for (const think of ["recorded", "auto"] as const) compare({ ...t, options: { think } }, before);
    expect(before(8)).toBeLessThan(accesses.length); // some run after the last call
    expect(together(t).trace.notes.join("\n")).not.toMatch(/share no clock/);
  });
  test("evenly where one has none, and the notes say so", () => {
    const without = { ...t, verbsMetadata: { clock: "none" as const } };
    compare(without, (i) => Math.floor((accesses.length * (i + 1)) / 9));
    expect(together(without).trace.notes.join("\n")).toMatch(
      /the traces share no clock: accesses are spread evenly/,
    );
  });
  test("does not depend on batches of either trace", () => {
    for (const one of [t, { ...t, verbsMetadata: {} }]) {
      const digests = (
        [
          [512, 1 << 18],
          [1, 1],
          [1, 1000],
          [4, 7],
          [9, 2999],
        ] as const
      ).map((batches) => together({ ...one, batches }).digest);
      expect(new Set(digests).size).toBe(1);
    }
  });
});

describe("recordings", () => {
  test.each(["native", "virt-ib", "memlink"])("rc-pingpong-4k with sort on %s: nothing is lost", (label) => {
    const testbed = loadTestbed("thesis-2014"),
      path = [loadPath(label)],
      accesses = memoryCapture("sort");
    const result = replay(capture("rc-pingpong-4k"), path, testbed, { memory: accesses }),
      r = single(result),
      verbs = replay(capture("rc-pingpong-4k"), path, testbed).replays[0]!;
    expect(Object.values(r.layers).reduce<bigint>((n, ps) => n + BigInt(ps), 0n)).toBe(BigInt(r.makespan_ps));
    expect(result.trace.memory_trace).toMatchObject({
      rows: accesses.rows,
      replayed: accesses.rows,
      refused: 0,
    });
    expect([r.counters["mem.accesses"], r.counters["cqe.polled"]]).toEqual([
      accesses.rows,
      verbs.counters["cqe.polled"],
    ]);
    expect(Number(r.makespan_ps)).toBeGreaterThan(Number(verbs.makespan_ps));
    expect(result.trace.notes.join("\n")).toMatch(/does not say which node .* node 0, .*\(assumed\)/);
  });
});

describe("ends with one sentence", () => {
  const verbs = controls(),
    accesses = around(10);
  const t: Together = { verbs, accesses, path: "memlink" };
  test("when no thread fits", () => {
    expect(
      refused(() =>
        together({
          ...t,
          accesses: accesses.map((a) => ({ ...a, tid: 5 })),
          columns: ["vaddr", "size", "kind", "tid"],
        }),
      ),
    ).toMatch(
      saying(
        "memory.arrow: column tid names no thread of node 0 of verbs.arrow",
        "\\(1\\)",
        "replay them apart",
      ),
    );
  });
  test("when the node has no rows", () => {
    const rows: Row[] = controls({ node: 1 }),
      source = openSource(bytesSource("verbs.arrow", encodeRows(rows)));
    expect(
      refused(() =>
        replay(source, [loadPath("native")], loadTestbed("thesis-2014"), { memory: memoryTraceOf(accesses) }),
      ),
    ).toMatch(saying("verbs.arrow: node 0 has no rows", "memory.arrow", "replay the traces apart"));
  });
  test("when what is asked of memory is wrong", () => {
    expect(refused(() => together({ ...t, memoryOptions: { link: "heapp" } }))).toMatch(
      /--link heapp: not a range; write none, all/,
    );
    expect(
      refused(() =>
        together({ ...t, memoryOptions: { placement: "thp=0.5" }, path: "memlink+guest_leaf=2m" }),
      ),
    ).toMatch(/path memlink\+guest_leaf=2m: --placement thp decides page sizes by itself/);
  });
});
