import { expect, test } from "vitest";
import { NO_ID } from "../../src/abi/columns.js";
import { pairQps, type QpEndpoint } from "../../src/trace/verbs/pairs.js";

const qp = (node: number, qpn: number, dest: number, more: Partial<QpEndpoint> = {}): QpEndpoint => ({
  node,
  ctx: 0,
  ordinal: 0,
  qpn,
  type: 0,
  dest,
  rq_psn: 1,
  sq_psn: 1,
  ...more,
});
const pairs = (...qps: QpEndpoint[]): number[] => [...pairQps(qps)];

test("partners name each other", () => {
  expect(pairs(qp(0, 5, 9), qp(1, 9, 5), qp(1, 7, 5))).toEqual([1, 0, -1]);
});
test("equal numbers on both nodes: the other node comes before itself", () => {
  expect(pairs(qp(0, 5, 5), qp(1, 5, 5))).toEqual([1, 0]);
});
test("a QP whose destination is itself", () => {
  expect(pairs(qp(0, 5, 5))).toEqual([0]);
});
test("two QPs of one node that loop back", () => {
  expect(pairs(qp(0, 5, 6), qp(0, 6, 5))).toEqual([1, 0]);
});
test("packet sequence numbers tell numbers apart that repeat across devices", () => {
  const a = { rq_psn: 10, sq_psn: 20 },
    b = { rq_psn: 20, sq_psn: 10 };
  expect(
    pairs(
      qp(0, 5, 5, { ctx: 0, ...a }),
      qp(0, 5, 5, { ctx: 1, ordinal: 1 }),
      qp(1, 5, 5, { ctx: 0 }),
      qp(1, 5, 5, { ctx: 1, ordinal: 1, ...b }),
    ),
  ).toEqual([3, 2, 1, 0]);
});
test("a number that is used again pairs in order of creation", () => {
  expect(pairs(qp(0, 5, 9), qp(0, 5, 9, { ordinal: 1 }), qp(1, 9, 5), qp(1, 9, 5, { ordinal: 1 }))).toEqual([
    2, 3, 0, 1,
  ]);
});
test("unconnected and UD QPs have no partner", () => {
  expect(pairs(qp(0, 5, NO_ID), qp(1, 9, 5, { type: 2 }), qp(0, 5, 9, { type: 2 }))).toEqual([-1, -1, -1]);
});
