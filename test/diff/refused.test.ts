import { describe, expect, test } from "vitest";
import type { PathDocument } from "../../src/path/document.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { readRows } from "../../src/trace/verbs/read-rows.js";
import { runOracle } from "../oracle/run.js";
import { documents } from "../support/random/differ.js";
import { MEMORY, pair, type Row, receive, send, traceOf } from "../support/script.js";
import { compare } from "./compare.js";

/** A post costs so many times the cost of one. */
const dear = (count: string): Record<string, PathDocument> => ({
  dear: {
    schema: "verbscope.path/1",
    name: "dear",
    title: "a post that takes days",
    programs: {
      post_send: [
        { basis: "inferred", source: "made up", layer: "lib.post", cost: "hca.doorbell_latency", count },
        { basis: "inferred", source: "made up", launch: true },
      ],
    },
  } as unknown as PathDocument,
});
const wireMtu = loadTestbed("thesis-2014").values["wire.mtu"]!.value as number;
const sge = (node: 0 | 1, ...lengths: number[]): Row["sge"] =>
  lengths.map((length) => ({ addr: MEMORY[node], length, lkey: 10 + node }));

function both(rows: Row[], made: Record<string, PathDocument> = {}): { oracle: string; differ: string[] } {
  const trace = traceOf(rows),
    read = [...readRows(trace)] as never,
    choice = { documents: { ...documents, ...made }, path: Object.keys(made)[0] ?? "native", overrides: {} },
    testbed = loadTestbed("thesis-2014"),
    differ = compare(trace, read, choice, testbed, true);
  let oracle = "nothing";
  try {
    runOracle({
      rows: read,
      path: choice as never,
      testbed: testbed as never,
      pcieCoefQ16: 65536n,
      think: "recorded",
    });
  } catch (e) {
    oracle = (e as Error).message;
  }
  return { oracle, differ };
}

describe("core and oracle refuse the same row", () => {
  const rc = pair({ sges: 4 }),
    ud = pair({ type: 2, sges: 4, mtu: 0 });
  const first = rc.length;
  const asking = (verb: Row["verb"], more: Partial<Row>): Row[] => {
    const at = rc.findIndex((r) => r.verb === verb);
    return rc.map((r, i) => (i === at ? { ...r, ...more } : r));
  };
  const rowOf = (what: string, rows: readonly Row[]): number => {
    if (what.startsWith("R2.44")) return rows.findIndex((r, i) => r !== rc[i]);
    return what.startsWith("R3.25") ? first + 1 : first;
  };
  test.each<[string, Row[]]>([
    ["R2.24: SGEs of fewer bytes", [...rc, send("RDMA_WRITE", 9, { sge: sge(0, 8) })]],
    ["R2.24: SGEs of more bytes", [...rc, send("RDMA_WRITE", 9, { sge: sge(0, 8, 2), num_sge: 2 })]],
    ["R2.24: another number of SGEs", [...rc, send("RDMA_WRITE", 8, { num_sge: 2 })]],
    ["R2.24: SGEs of a receive", [...rc, receive(64, { sge: sge(1, 32, 31), num_sge: 2 })]],
    ["R2.24: another number of SGEs of a receive", [...rc, receive(64, { num_sge: 3 })]],
    ["R2.24: more than 2^31 bytes", [...rc, send("RDMA_WRITE", 2 ** 31 + 1, { sge: [], num_sge: 0 })]],
    ["R2.24: a UD message longer than wire.mtu", [...ud, send("SEND", wireMtu + 1)]],
    [
      "R2.24: a UD message longer than the path_mtu of its QP",
      [...pair({ type: 2, sges: 4, mtu: 512 }), send("SEND", 513)],
    ],
    ["R2.44: a QP of 2^31 WRs", asking("create_qp", { cap_send_wr: 2 ** 31 })],
    ["R2.44: a CQ of 2^32 − 1 entries", asking("create_cq", { cqe: 2 ** 32 - 1 })],
    ["R2.44: 1,025 SGEs a WR", asking("create_qp", { cap_recv_sge: 1025 })],
    ["R2.44: 64 KiB and a byte inline", asking("create_qp", { cap_inline: 65_537 })],
    [
      "R3.25: think time",
      [...rc, send("RDMA_WRITE", 8, { t: 1n }), send("RDMA_WRITE", 8, { t: 5n * 10n ** 15n })],
    ],
  ])("%s", (what, rows) => {
    expect(both(rows)).toEqual({
      oracle: expect.stringContaining(`row ${rowOf(what, rows)}:`) as string,
      differ: [],
    });
  });

  test("R3.25: a step's cost", () => {
    const { oracle, differ } = both([...rc, send("RDMA_WRITE", 2 ** 23)], dear("9000000*payload_bytes"));
    expect(oracle).toContain(`row ${first}:`);
    expect(differ).toEqual([]);
  });
});

describe("neither refuses", () => {
  test.each<[string, Row[]]>([
    [
      "R2.24: a UD message of wire.mtu",
      [...pair({ type: 2, mtu: 0 }), receive(wireMtu), send("SEND", wireMtu)],
    ],
    [
      "R2.24: a longer one that the library refused",
      [...pair({ type: 2 }), send("SEND", wireMtu + 1, { status: 12 })],
    ],
    [
      "R2.44: a QP of 2^31 WRs that the library refused",
      [
        ...pair(),
        { ...pair().find((r) => r.verb === "create_qp")!, qp: 99, cap_send_wr: 2 ** 31, status: 22 },
      ],
    ],
    ["R2.24: no SGEs recorded", [...pair(), send("RDMA_WRITE", 99, { sge: [], num_sge: 0 })]],
  ])("%s", (_, rows) => {
    expect(both(rows)).toEqual({ oracle: "nothing", differ: [] });
  });
});
