import { expect, test } from "vitest";
import { loadPath } from "../../src/path/load.js";
import { replay } from "../../src/replay/replay.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { scratch } from "../support/files.js";
import { refused, saying } from "../support/refused.js";
import { encodeRows, message, pair, type Row } from "../support/script.js";

const { trace } = scratch();
const run = (rows: Row[]): unknown =>
  replay(trace(encodeRows(rows)), [loadPath("native")], loadTestbed("thesis-2014"));
const misnamed = (nodes: readonly number[]): Row[] =>
  [...pair(), ...message("RDMA_WRITE", 8)].map((r) =>
    r.peer_qp !== undefined && r.verb === "modify_qp" && nodes.includes(r.node!)
      ? { ...r, peer_qp: r.peer_qp + 50 }
      : r,
  );

test("two captures of different runs are refused: no QP of one names a QP of the other", () => {
  expect(refused(() => run(misnamed([0, 1])))).toMatch(
    saying(
      "\\.arrow: its 2 nodes cannot be matched",
      "column peer_qp of modify_qp",
      "merge captures of one run, or replay each node alone$",
    ),
  );
  expect(refused(() => run(misnamed([0])))).toMatch(/cannot be matched/); // partners name each other
});
test("two that do match are not", () => {
  expect(() => run(misnamed([]))).not.toThrow();
});
test("more nodes than there is memory for are refused before anything is made", () => {
  const rows: Row[] = [{ verb: "query_port", node: 4096 }];
  expect(refused(() => run(rows))).toMatch(/has 4097 nodes, more than 4096, .*; replay fewer nodes at once$/);
});
