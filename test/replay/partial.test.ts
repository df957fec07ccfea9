import { describe, expect, test } from "vitest";
import { compare } from "../../src/compare/compare.js";
import { checkResult } from "../../src/compare/read-result.js";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { digestOf, fileDigest } from "../../src/replay/result/document.js";
import { compareMarkdown } from "../../src/report/compare/compare-markdown.js";
import { htmlReport } from "../../src/report/html/page.js";
import { textReport } from "../../src/report/text/text.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { cutTrace } from "../../src/trace/verbs/cut.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { capture } from "../support/captures.js";
import { refused } from "../support/refused.js";
import { schemaErrors } from "../support/schemas.js";
import { MEMORY, message, pair, polled, type Row, receive, send, traceOf } from "../support/script.js";
import { accounted, cutSide, partial } from "./cut-side.js";

const PATHS = ["native", "virt-ib"],
  SET_UP = pair(),
  AT = SET_UP.length;
const whole = (trace: Parameters<typeof replay>[0], paths = PATHS): ReturnType<typeof replay> =>
  replay(trace, paths.map(loadPath), loadTestbed("thesis-2014"));

describe("a ping-pong whose server ends half way", () => {
  const trace = cutSide("rc-pingpong-4k", 0, 0.5),
    rows = [...readRows(trace)],
    result = partial(trace);
  /** The client cannot go on in the call that polls for the message behind the server's last. */
  const sent = rows.filter((r) => r.node === 0 && r.verb === "post_send").length,
    never = rows.filter((r) => r.node === 1 && r.opcode === "RECV")[sent]!,
    lost = rows.findIndex((r) => r.node === 1 && r.call === never.call),
    left = rows.filter((r, row) => r.node === 1 && row >= lost).length;

  test("is refused without --partial, which the sentence names", () => {
    expect(refused(() => whole(trace))).toMatch(
      /row 2895 \(node 1, thread 1436\) waits for a receive completion; .* with replay --partial$/,
    );
  });
  test("leaves out the client's rows from the first message on that never came", () => {
    expect([lost, left]).toEqual([2895, 1396]);
    expect(result.trace.left_out).toEqual([
      {
        node: 1,
        name: "client",
        tid: 1436,
        rows: left,
        from_row: lost,
        why: "waits for a receive completion",
      },
    ]);
    expect(result.replays.map((r) => r.operations.find((o) => o.verb === "message")!.count)).toEqual([
      // Behind its last send the server polled one message more.
      sent * 2 + 1,
      sent * 2 + 1,
    ]);
  });
  test("accounts for every row; file, rows, threads and digest are those of the whole", () => {
    expect(result.trace.rows).toBe(rows.length);
    expect(accounted(result)).toBe(rows.length);
    expect(result.trace.threads).toBe(2);
    expect(result.trace.digest).toBe(fileDigest(trace));
    expect(result.digest).toBe(digestOf(result));
  });
  test("replays what is left as that trace by itself", () => {
    const kept = cutTrace(
      trace,
      trace.threads.map(([node, , n]) => (node === 1 ? n - left : n)),
    );
    expect(result.replays).toEqual(whole(kept).replays);
  });
  test("fits its schema, and is read again", () => {
    expect(schemaErrors("result", result)).toEqual([]);
    expect(checkResult(JSON.parse(JSON.stringify(result)), "r.json")).toMatchObject({ trace: result.trace });
    const damaged = { ...result, trace: { ...result.trace, left_out: [{ node: 1 }] } };
    expect(refused(() => checkResult(damaged, "r.json"))).toMatch(/trace.left_out is no list of threads/);
  });
  test("text and page say what is left out, and why", () => {
    const text = textReport(result, 200);
    expect(text).toContain("4291 rows = 2512 replayed + 383 spin + 0 refused + 1396 left out; 2 nodes");
    const why = "1396 rows of node 1 (client), thread 1436, from row 2895 on: waits for a receive completion";
    expect(text).toContain(`left out: ${why}\n`);
    const page = htmlReport([result]);
    expect(page).toContain("4,291 = 2,512 replayed + 383 spin + 0 refused + 1,396 left out");
    expect(page).toContain(why);
  });
});

test("a trace that goes to its end is replayed as without --partial", () => {
  const trace = capture("rc-pingpong-events");
  expect(partial(trace)).toEqual(whole(trace));
  trace.close();
});
test("a poll that never returned is left out with the event before it, which is not assumed", () => {
  const { trace, replays } = partial(cutSide("rc-pingpong-events", 1, 0.5));
  expect(trace.left_out).toMatchObject([{ node: 0, rows: 2208, from_row: 4411 }]);
  expect(replays.map((r) => r.counters["events.assumed"])).toEqual([0, 0]);
});

describe("two paths that stop at different rows", () => {
  const trace = cutSide("send-bw-srq", 0, 0.3),
    [one, both] = [partial(trace, ["native"]), partial(trace)],
    rowsOf = (result: typeof one): number[] => result.trace.left_out!.map((l) => l.rows);
  test("replay the same rows, those of the one that stops first, in either order", () => {
    expect([rowsOf(one), rowsOf(partial(trace, ["virt-ib"]))]).toEqual([[708], [1112]]);
    expect(rowsOf(both)).toEqual([1112]);
    expect(rowsOf(partial(trace, ["virt-ib", "native"]))).toEqual([1112]);
  });
  test("are not compared by results that left out different rows", () => {
    const files = { base: "base.json", new: "new.json" },
      options = { basePath: "native", newPath: "native" };
    expect(refused(() => compare(one, both, files, options))).toMatch(
      /leaves out other rows \(1112 of \d+ rows\) than base.json \(708 of \d+ rows\)/,
    );
    expect(compare(one, both, files, { ...options, anyTrace: true }).notes).toHaveLength(1);
    expect(compareMarkdown(compare(both, both, files))).toMatch(
      /^Note: .*left out.* base 1112 of 3346 rows, new 1112 of 3346 rows/m,
    );
  });
});

describe("a side that ends before it connects a QP", () => {
  const BEFORE = "the other side ends before it connects the QP that this needs";
  test("gets no simulated peer: the other one stops at its first use", () => {
    const set = pair({ qps: 2 }).filter((r) => r.node !== 1 || r.verb !== "modify_qp" || r.qp === 200);
    const rows: Row[] = [
      ...set,
      ...message("SEND", 8),
      receive(64, { node: 0, qp: 101 }),
      send("SEND", 8, { qp: 101, peer_qp: 201 }),
      polled("SEND", 8, { qp: 101 }),
      ...message("SEND", 8),
    ];
    const { trace, replays } = partial(traceOf(rows));
    const first = rows.findIndex((r) => r.verb === "post_send" && r.qp === 101);
    // Behind it, node 0 has two rows of that QP and three of the other; node 1 has a receive that never comes.
    expect(trace.left_out).toEqual([
      { node: 0, name: "node 0", tid: 1, rows: 4, from_row: first, why: BEFORE },
      {
        node: 1,
        name: "node 1",
        tid: 1,
        rows: 1,
        from_row: rows.length - 1,
        why: "waits for a receive completion",
      },
    ]);
    expect(replays.map((r) => r.counters["ops.injected"])).toEqual([0, 0]);
  });
  test("where no QP of two nodes is connected, only what needs no connection is replayed", () => {
    const set = SET_UP.filter((r) => r.node !== 1 || r.verb !== "modify_qp");
    const rows = [...set, receive(64, { node: 0, qp: 100 }), ...message("SEND", 8)];
    expect(refused(() => whole(traceOf(rows)))).toMatch(/its 2 nodes cannot be matched: .* replay --partial/);
    const { trace } = partial(traceOf(rows));
    const at = rows.findIndex((r) => r.verb === "post_recv" && r.node === 1);
    expect(trace.left_out).toMatchObject([
      { node: 0, rows: 2, from_row: at + 1, why: BEFORE },
      { node: 1, rows: 2, from_row: at, why: expect.stringMatching(/a receive INIT/) as string },
    ]);
    expect(trace.notes.join()).not.toMatch(/simulated/);
  });
  test("a peer that was not recorded is simulated as ever", () => {
    const rows: Row[] = [
      ...pair({ qps: 2 }).map((r) =>
        r.node === 0 && r.qp === 101 && r.peer_qp ? { ...r, peer_qp: 900 } : r,
      ),
      send("SEND", 8, { qp: 101, peer_qp: 900 }),
      polled("SEND", 8, { qp: 101 }),
    ];
    expect(partial(traceOf(rows))).toEqual(whole(traceOf(rows)));
  });
});

describe("rows that lack one before them", () => {
  test("stop their thread, and what needs them stops too", () => {
    const rows: Row[] = [
      ...SET_UP,
      ...message("SEND", 8),
      receive(8),
      send("SEND", 8, { sge: [{ addr: MEMORY[0], length: 8, lkey: 77 }] }),
      polled("SEND", 8, { tid: 2 }),
      polled("RECV", 8, { node: 1, qp: 200 }),
    ];
    const { trace } = partial(traceOf(rows));
    expect(trace.left_out).toEqual([
      {
        node: 0,
        name: "node 0",
        tid: 1,
        rows: 1,
        from_row: AT + 5,
        why: expect.stringMatching(/^column sge.lkey is 77: .*its reg_mr row$/) as string,
      },
      {
        node: 0,
        name: "node 0",
        tid: 2,
        rows: 1,
        from_row: AT + 6,
        why: expect.stringMatching(/^column wr_id is 0: .* \(it may be among the rows left out\)$/) as string,
      },
      {
        node: 1,
        name: "node 1",
        tid: 1,
        rows: 1,
        from_row: AT + 7,
        why: "waits for a receive completion",
      },
    ]);
    expect(accounted(partial(traceOf(rows)))).toBe(rows.length);
  });
  test("calls of several rows are kept or left out whole", () => {
    const poll = { call: 900, node: 1, qp: 200 };
    const rows: Row[] = [
      ...SET_UP,
      receive(8),
      receive(8),
      send("SEND", 8),
      polled("SEND", 8),
      polled("RECV", 8, poll),
      polled("RECV", 8, poll),
    ];
    expect(partial(traceOf(rows)).trace.left_out).toMatchObject([{ node: 1, rows: 2, from_row: AT + 4 }]);
  });
  test("what is wrong elsewhere is refused with its row in the whole trace", () => {
    const rows: Row[] = [
      ...SET_UP,
      polled("SEND", 8, { tid: 2, qp: 999 }),
      polled("SEND", 8, { tid: 2, qp: 999 }),
      send("SEND", 8, { sge: [{ addr: 1n, length: 8, lkey: 10 }] }),
    ];
    expect(refused(() => partial(traceOf(rows)))).toMatch(
      new RegExp(`row ${AT + 2}: column sge.addr is 0x1: the entry does not lie inside`),
    );
  });
  test("a trace of which nothing can be replayed is left out as a whole", () => {
    const { trace, replays } = partial(traceOf([polled("SEND", 8)]));
    expect([trace.rows, trace.replayed, trace.left_out!.length]).toEqual([1, 0, 1]);
    expect(replays.map((r) => r.makespan_ps)).toEqual([0, 0]);
  });
});
