import { describe, expect, test } from "vitest";
import type { MemoryRow } from "../../src/trace/memory/memory-rows.js";
import {
  alone,
  around,
  controls,
  REGION_AT,
  REGION_PAGES,
  type Together,
  together,
} from "../support/coupled.js";
import { NO_WALK_CACHES, single } from "../support/memory/memory-replay.js";
import type { Row } from "../support/script.js";

/**
 * A machine on which an access of one line takes 5 × 1 ns on a host, whoever came before on the
 * structures that all threads share (M6.9): no TLB, no walk caches, and all memory is equally near.
 */
const FLAT = [
  ...NO_WALK_CACHES,
  ...["l1_4k", "l1_2m", "l1_1g", "l2_4k", "l2_2m", "l2_1g"].map((t) => `tlb.${t}_entries=0`),
  "cpu.clock=1",
  "cache.l1_latency=1",
  "cache.l2_latency=1",
  "cache.l3_latency=1",
  "mem.dram=1",
];
const ACCESS_PS = 5000;
const WITH_TID = ["vaddr", "size", "kind", "tid"] as const;

/** Calls that share nothing with those of another thread on a host: no firmware command, no lock. */
const CALLS: readonly Row[] = [
  { verb: "open_device" },
  ...Array.from({ length: 7 }, (_, i): Row => ({ verb: i % 2 === 0 ? "alloc_pd" : "dealloc_pd" })),
  { verb: "close_device" },
];
const threads = (...lists: (readonly Row[])[]): Row[] =>
  lists.flatMap((list, i) => list.map((r) => ({ ...r, tid: i + 1, ctx: i })));
/** n accesses of each thread in turns; later threads leave the turns when theirs are over. */
function inTurns(counts: Record<number, number>): MemoryRow[] {
  const rows = Object.entries(counts).flatMap(([tid, n]) =>
    Array.from({ length: n }, (_, i) => ({ i, tid: Number(tid) })),
  );
  return rows
    .sort((a, b) => a.i - b.i || a.tid - b.tid)
    .map(({ i, tid }) => ({ vaddr: BigInt(0x10000 * tid + 64 * i), size: 8, kind: 0, tid }));
}
const makespan = (t: Together): number => Number(single(together(t)).makespan_ps);

describe("threads by their tid", () => {
  const base: Omit<Together, "accesses"> = {
    verbs: threads(CALLS, CALLS),
    path: "native",
    set: FLAT,
    columns: WITH_TID,
  };
  const idle = Number(single(alone({ ...base, verbs: CALLS, accesses: [] })).makespan_ps);

  test("each executes its own, and the makespan is that of the slower one", () => {
    for (const counts of [
      { 1: 1000, 2: 10 },
      { 1: 10, 2: 1000 },
      { 1: 700, 2: 700 },
    ]) {
      expect(makespan({ ...base, accesses: inTurns(counts) })).toBe(
        idle + ACCESS_PS * Math.max(counts[1], counts[2]),
      );
    }
  });
  test("the longest part of the trace belongs to a thread that is not the first", () => {
    expect(makespan({ ...base, accesses: [...inTurns({ 2: 300 }), ...inTurns({ 1: 20 })] })).toBe(
      idle + 300 * ACCESS_PS,
    );
  });

  test("rows of threads without verbs are refused, counted and noted", () => {
    const t: Together = { ...base, accesses: inTurns({ 1: 40, 7: 25, 9: 3 }) },
      result = together(t);
    expect(result.trace.memory_trace).toMatchObject({ rows: 68, replayed: 40, refused: 28 });
    expect(result.trace.notes.join("\n")).toMatch(
      /28 accesses are refused: their threads make no verbs call/,
    );
    expect(single(result).counters["mem.accesses"]).toBe(40);
    expect(makespan(t)).toBe(idle + 40 * ACCESS_PS);
  });

  test("without a tid column all belong to the thread with most rows, and the notes say so", () => {
    const verbs = threads(CALLS.slice(0, 2), CALLS),
      accesses = inTurns({ 1: 50 }),
      result = together({ ...base, verbs, accesses, columns: ["vaddr", "size", "kind"] });
    expect(Number(single(result).makespan_ps)).toBe(idle + 50 * ACCESS_PS);
    expect(result.trace.notes.join("\n")).toMatch(
      /does not name threads: its accesses are those of thread 2, which has most verbs rows \(assumed\)/,
    );
  });

  test("a thread without accesses keeps the gaps between its calls, one with accesses does not", () => {
    const timed = threads(CALLS, CALLS).map((r, i) => ({
        ...r,
        t: BigInt(1_000_000 * (1 + (i % 9))),
        dur: 1,
      })),
      gaps = 8 * 999_999_000; // from the end of a call to the next, in ps
    const t: Together = {
      ...base,
      verbs: timed,
      verbsMetadata: { clock: "ns", emulated: false },
      accesses: inTurns({ 1: 5 }),
    };
    expect(Number(single(together(t)).layers["app.think"])).toBe(gaps);
    expect(makespan(t)).toBe(idle + gaps);
    expect(makespan({ ...t, accesses: inTurns({ 1: 5, 2: 6 }) })).toBe(idle + 6 * ACCESS_PS);
  });

  test("the order of shared state does not depend on batches", () => {
    const shared: Together = {
      verbs: threads(controls(), controls({ lkey: 8 })),
      path: "memlink",
      accesses: around(1500).map((a, i) => ({ ...a, tid: 1 + (i % 3 === 0 ? 1 : 0) })),
      columns: ["vaddr", "size", "kind", "gap", "tid"],
    };
    const digests = (
      [
        [512, 1 << 18],
        [1, 1],
        [5, 7],
        [512, 1000],
        [1, 1 << 18],
      ] as const
    ).map((batches) => together({ ...shared, batches }).digest);
    expect(new Set(digests).size).toBe(1);
  });
});

describe("nodes", () => {
  const other = REGION_AT + (1n << 30n),
    pages = 3;
  const region = { addr: other, size: 4096n * BigInt(pages) };
  const verbs: Row[] = [
    ...controls(),
    ...controls({ node: 1 }).map((r): Row => (r.verb === "reg_mr" ? { ...r, ...region } : r)),
  ];
  // Nodes of one trace must be connected somehow: a UD queue pair of each is enough.
  const connected = [...verbs.slice(0, 2), ...ud(0), ...verbs.slice(2, 11), ...ud(1), ...verbs.slice(11)];
  const on = (name: string): ReturnType<typeof together> =>
    together({
      verbs: connected,
      verbsMetadata: { nodes: [{ name: "server" }, { name: "client" }] },
      memoryMetadata: { nodes: [{ name }] },
      accesses: around(200),
      path: "memlink",
    });

  test("the memory trace's node is the one of its name", () => {
    expect([on("server"), on("client")].map((r) => single(r).counters["mem.pages_linked"])).toEqual([
      REGION_PAGES,
      pages,
    ]);
    expect(on("client").trace.notes.join("\n")).not.toMatch(/which node/);
  });
  test("another name is node 0, and the notes say so", () => {
    const result = on("sort");
    expect(single(result).counters["mem.pages_linked"]).toBe(REGION_PAGES);
    expect(result.trace.notes.join("\n")).toMatch(
      /does not say which node it is of \("sort" is none of server, client\): its accesses are those of node 0, server \(assumed\)/,
    );
  });
});

function ud(node: number): Row[] {
  return [
    { verb: "create_cq", node, cq: 1, cqe: 10 },
    {
      verb: "create_qp",
      node,
      qp: 100 + node,
      cq: 1,
      rcq: 1,
      qp_type: 2,
      cap_send_wr: 4,
      cap_recv_wr: 4,
      cap_send_sge: 1,
      cap_recv_sge: 1,
    },
  ];
}
