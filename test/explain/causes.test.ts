import { describe, expect, test } from "vitest";
import { CAUSES, type Cause } from "../../src/abi/charges.js";
import { explain } from "../../src/explain/explain.js";
import type { Explanation, Holder, Wait } from "../../src/explain/result.js";
import { loadPath } from "../../src/path/load.js";
import { explanationText } from "../../src/report/explain/explain-text.js";
import { loadSources } from "../../src/sources/load.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { pair, polled, type Row, receive, send, traceOf } from "../support/script.js";

const sources = loadSources(),
  MiB = 1 << 20,
  FENCE = 4;
type Who = Pick<Holder, "operation" | "thread">;

function told(rows: readonly Row[], op: number, set: string[] = [], path = "native"): Explanation {
  return explain(traceOf(rows), loadPath(path), loadTestbed("thesis-2014", set), { op });
}
const waitsOf = (e: Explanation): Wait[] =>
  [...(e.completion?.parts ?? []), ...(e.message?.parts ?? [])].flatMap((p) => p.waits);
const operation = (n: number): Who => ({ operation: n, thread: null });
const thread = (node: number, tid: number): Who => ({ operation: null, thread: { node, tid } });

const received = polled("RECV", 64, { node: 1, qp: 200 });
/** A trace in which an operation waits for this cause, which operation, and for whom. */
const CASES: Record<Cause, { rows: Row[]; op: number; for: Who[]; set?: string[]; path?: string }> = {
  RESOURCE: {
    // Two threads ring the doorbell of a queue pair as soon as it
    // exists, and its creator makes its next call:
    // one at a time enters the VMM.
    rows: [...pair(), send("RDMA_WRITE", 8, { tid: 2 }), send("RDMA_WRITE", 8, { tid: 3 })],
    op: 1,
    for: [thread(0, 1), thread(0, 2)],
    path: "virt-ib",
  },
  ORDER: {
    rows: [...pair(), send("RDMA_WRITE", 8, { call: 90 }), send("RDMA_WRITE", 8, { call: 90 })],
    op: 1,
    for: [operation(0)],
    set: ["hca.process=5000"],
  },
  READS: {
    rows: [...pair(), send("RDMA_READ", 8), send("RDMA_WRITE", 8, { flags: 1 | FENCE })],
    op: 1,
    for: [operation(0)],
  },
  LINE: { rows: [...pair(), send("RDMA_WRITE", MiB), send("RDMA_WRITE", 8)], op: 1, for: [operation(0)] },
  BUFFER: {
    // Two bursts of the second are read while the first still has the link.
    rows: [...pair(), send("RDMA_WRITE", MiB), send("RDMA_WRITE", MiB)],
    op: 1,
    for: [operation(1)],
    set: ["wire.rate=4"],
  },
  WIRE: {
    rows: [...pair({ inline: 64 }), send("RDMA_WRITE", MiB), send("RDMA_WRITE", 8, { flags: 3 })],
    op: 1,
    for: [operation(0)],
  },
  RECEIVE: {
    rows: [
      ...pair(),
      { verb: "reg_mr", node: 1, lkey: 50, rkey: 51, size: 4096n },
      send("SEND", 64),
      receive(64),
      received,
    ],
    op: 0,
    for: [thread(1, 1)],
  },
  ARRIVAL: {
    // The burst of the first needs translations, that of the second is there at once.
    rows: [...pair(), send("RDMA_WRITE", 2048), send("RDMA_WRITE", 8)],
    op: 1,
    for: [operation(0)],
    set: ["pcie.read_rtt=100000"],
  },
  RETIRE: {
    rows: [...pair(), send("RDMA_READ", MiB), send("RDMA_WRITE", 8)],
    op: 1,
    for: [operation(0)],
  },
  LATE: {
    rows: [
      ...pair({ qps: 2 }),
      receive(64),
      send("SEND", 64),
      // The receiver first waits for a long message of another queue pair.
      receive(8 * MiB, { qp: 201 }),
      send("SEND", 8 * MiB, { qp: 101, tid: 2 }),
      polled("RECV", 8 * MiB, { node: 1, qp: 201 }),
      received,
    ],
    op: 1,
    for: [],
  },
};

test.each(CAUSES)("%s: it is said for whom", (cause) => {
  const { rows, op, set, path, for: whom } = CASES[cause],
    e = told(rows, op, set, path),
    waits = waitsOf(e).filter(
      (w) => w.cause === cause && (cause !== "RESOURCE" || w.for.some((h) => h.thread)),
    );
  expect(waits.length, JSON.stringify(waitsOf(e))).toBeGreaterThan(0);
  for (const w of waits) {
    expect(w.for.map(({ operation, thread }) => ({ operation, thread }))).toEqual(whom);
    expect(explanationText(e, sources).replaceAll(/\s+/g, " ")).toContain(w.why);
  }
});

describe("a resource that several had", () => {
  const posts = Array.from({ length: 9 }, (_, i) => send("RDMA_WRITE", 65536, { qp: 100 + i }));
  const e = told([...pair({ qps: 9 }), ...posts], 8, ["lib.wqe_post=0", "lib.doorbell_store=0"]);

  test("each has its share, and the shares are the wait", () => {
    const shared = waitsOf(e).find((w) => w.cause === "RESOURCE" && w.for.length > 4)!;
    expect(shared.for.reduce((n, h) => n + Number(h.ps), 0)).toBe(shared.ps);
    expect(new Set(shared.for.map((h) => h.operation)).size).toBeGreaterThan(2);
  });
  test("the first are named one by one, the others summed up", () =>
    expect(explanationText(e, sources)).toMatch(
      /waits[^]*\(dma\.payload [\d ]+\)[^]*and \d+ more \([\d ]+\)/,
    ));
});

describe("what the simulated peer sends", () => {
  const rows = [
    ...pair().filter((r) => r.node === 0),
    receive(64, { node: 0, qp: 100 }),
    polled("RECV", 64, { node: 0, qp: 100 }),
  ];
  const e = told(rows, 0, [], "virt-ib"),
    text = explanationText(e, sources);

  test("is explained from its post to the poll, with the peer's own steps", () => {
    expect(e).toMatchObject({
      completion: null,
      operation: { row: null, thread: null, call_ps: null, opcode: "SEND", bytes: 64 },
      message: { shared: 0, polled: { thread: { node: 0, tid: 1 } } },
    });
    expect(e.message!.parts[0]).toMatchObject({ node: 1, thread: null, step: "wqe.build" });
    expect(text).toContain("posted by the simulated peer");
    expect(text).toMatch(/^simulated peer/m);
  });
  test("on another path, when the peer's is another", () => {
    const native = explain(traceOf(rows), loadPath("virt-ib"), loadTestbed("thesis-2014"), {
      op: 0,
      peer: "native",
    });
    const ids = (x: Explanation): string[] => x.message!.parts.flatMap((p) => p.step ?? []);
    expect(ids(e)).toContain("vq.kick");
    expect(ids(native)).not.toContain("vq.kick");
  });
});

test("long messages: bursts alike are told in one line", () => {
  const e = told([...pair(), send("RDMA_WRITE", MiB)], 0),
    lines = explanationText(e, sources).split("\n");
  const at = lines.findIndex((l) => /… 6[12] bursts alike: wait \d+, cost [\d ]+$/.test(l));
  expect(e.completion!.parts.filter((p) => p.stage === "READ_DATA")).toHaveLength(64);
  expect(at).toBeGreaterThan(0);
  expect(lines.length).toBeLessThan(110);
});

test("several work requests of one call begin with the same steps", () => {
  const rows = [...pair(), send("RDMA_WRITE", 8, { call: 90 }), send("RDMA_WRITE", 16, { call: 90 })],
    [first, second] = [told(rows, 0), told(rows, 1)];
  const steps = (e: Explanation): unknown => e.completion!.parts.filter((p) => p.step !== null);
  expect(steps(second)).toEqual(steps(first));
  expect(first.completion!.parts[0]!.formula).toBe("2 (wr) × lib.wqe_post (75 ns)");
  expect([first.operation.bytes, second.operation.bytes]).toEqual([8, 16]);
  expect(first.operation.row! + 1).toBe(second.operation.row);
});
