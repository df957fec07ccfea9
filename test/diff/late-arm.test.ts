import { expect, test } from "vitest";
import { loadTestbed } from "../../src/testbed/load.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { documents } from "../support/random/differ.js";
import { pair, type Row, send, traceOf } from "../support/script.js";
import { compare } from "./compare.js";

/**
 * R4.5.3: thread 1 arms late. Thread 0 goes on by an event that
 * is assumed (R3.20), so it posts at a time before
 * that arm; the event of its completion then has the arm's clock, not the earlier one of the CQE.
 */
test("a CQE that is visible before its CQ was armed gives an event at the arm's clock", () => {
  const other: Row = { verb: "alloc_pd", node: 0, tid: 2 };
  const rows: Row[] = [
    ...pair(),
    { verb: "create_cq", node: 0, cq: 2, cqe: 10 },
    { verb: "req_notify_cq", node: 0, cq: 2 },
    ...Array.from({ length: 3000 }, () => other),
    { verb: "req_notify_cq", node: 0, tid: 2, cq: 1 },
    { verb: "get_cq_event", node: 0, cq: 2 },
    send("RDMA_WRITE", 8),
    { verb: "get_cq_event", node: 0, cq: 1 },
  ];
  const trace = traceOf(rows),
    choice = { documents, path: "native", overrides: {} };
  expect(compare(trace, [...readRows(trace)] as never, choice, loadTestbed("thesis-2014"), false)).toEqual(
    [],
  );
});
