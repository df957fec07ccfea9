import { describe, expect, test } from "vitest";
import { refused, saying } from "../support/refused.js";
import { replayOn } from "../support/replay.js";
import { message, pair, polled, receive, send, traceOf } from "../support/script.js";

const SET_UP = pair();
const AT = SET_UP.length;

describe("a trace that lacks what its rows wait for", () => {
  test("one side's sends: names the row of each thread that waits, and for what", () => {
    const rows = [
      ...SET_UP,
      receive(8),
      receive(8),
      send("SEND", 8),
      polled("SEND", 8),
      polled("RECV", 8, { node: 1, qp: 200 }),
      polled("RECV", 8, { node: 1, qp: 200 }),
    ];
    const said = refused(() => replayOn(traceOf(rows), "native"));
    expect(said).toMatch(
      saying(
        "^script.arrow: deadlock: ",
        `row ${AT + 5} \\(node 1, thread 1\\) waits for a receive completion; `,
        "lacks the rows that would end this wait.*capture both sides to the end",
      ),
    );
    expect(said).not.toMatch(/node 0/);
  });
  test(
    "the receives of the other side: the sender waits for its " +
      "completion, the other side for the message behind it",
    () => {
      const rows = [
        ...SET_UP,
        send("SEND", 8, { node: 1, qp: 200 }),
        send("SEND", 8),
        polled("SEND", 8),
        polled("SEND", 8, { node: 1, qp: 200 }),
      ];
      // Without a receive WQE the message parks at the receiver: no acknowledgement, no completion.
      const said = refused(() => replayOn(traceOf(rows), "native"));
      expect(said).toMatch(
        saying(
          `row ${AT + 2} \\(node 0, thread 1\\) waits for a send completion`,
          `row ${AT + 3} \\(node 1, thread 1\\) waits for a send completion`,
        ),
      );
    },
  );
  test("RDMA WRITEs of the peer", () => {
    const rows = [
      ...SET_UP,
      ...message("RDMA_WRITE", 8),
      send("RDMA_WRITE", 8, { node: 1, qp: 200, await_writes: 2 }),
    ];
    expect(refused(() => replayOn(traceOf(rows), "native"))).toMatch(
      saying(`row ${AT + 2} \\(node 1, thread 1\\) waits for RDMA WRITEs of the peer`),
    );
  });
  test("completions that another thread polls, which itself waits", () => {
    const rows = [
      ...SET_UP,
      receive(8),
      send("SEND", 8),
      polled("SEND", 8, { tid: 2 }),
      polled("RECV", 8, { node: 1, qp: 200 }),
      send("SEND", 8),
      polled("RECV", 8, { qp: 100, tid: 2 }),
    ];
    // The second send has no receive at the other side, and thread 2 was to receive what node 1 never sends.
    expect(
      refused(() =>
        replayOn(
          traceOf([...rows.slice(0, AT), receive(8, { node: 0, qp: 100 }), ...rows.slice(AT)]),
          "native",
        ),
      ),
    ).toMatch(saying("\\(node 0, thread 2\\) waits for a receive completion"));
  });
  test("a UD message of a node to itself, where both nodes number their queue pairs alike: says so", () => {
    const alike = pair({ type: 2 }).map((row) => (row.qp === 200 ? { ...row, qp: 100 } : row));
    const rows = [
      ...alike,
      receive(8, { node: 0, qp: 100 }),
      send("SEND", 8, { peer_qp: 100 }),
      polled("RECV", 8, { node: 0, qp: 100 }),
    ];
    expect(refused(() => replayOn(traceOf(rows), "native"))).toMatch(
      saying("UD queue pairs of several nodes have the number 100, and what one node sends"),
    );
    expect(
      refused(() =>
        replayOn(traceOf([...pair({ type: 2 }), polled("RECV", 8, { node: 0, qp: 100 })]), "native"),
      ),
    ).not.toMatch(/UD queue pairs of several/);
  });
  test("of many threads that wait, six are named and the rest counted", () => {
    const qps = 9;
    const rows = [
      ...pair({ qps }),
      ...Array.from({ length: qps }, (_, i) => [
        receive(8, { qp: 200 + i }),
        polled("RECV", 8, { node: 1, qp: 200 + i, tid: 10 + i }),
      ]).flat(),
    ];
    const said = refused(() => replayOn(traceOf(rows), "native"));
    expect(said.match(/waits for a receive completion/g)?.length).toBe(6);
    expect(said).toMatch(/; and 3 more; /);
  });
});
