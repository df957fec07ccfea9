import { describe, expect, it } from "vitest";
import { row } from "../support/random/row.js";
import { nonZero, pair, polled, receive, replay, send } from "./fixture.js";
import type { OracleResult, VerbsRowLike } from "./run.js";

const failed = (call: number, wrId: bigint): VerbsRowLike =>
  polled(call, "NONE", 0, { wr_id: wrId, status: 12 });
const withCaps = (more: Partial<VerbsRowLike>): VerbsRowLike[] =>
  pair().map((r) => (r.verb === "create_qp" ? { ...r, cap_send_wr: 0, cap_recv_wr: 0, ...more } : r));

describe("failed completions (R2.42)", () => {
  const sizes = ({ operations }: OracleResult): string[] =>
    [...operations.keys()].filter((k) => k.startsWith("post_send|RDMA")).sort();
  const write = (call: number, length: number, wrId: bigint): VerbsRowLike =>
    send(call, "RDMA_WRITE", length, { wr_id: wrId });

  it("leave their WR out of statistics, though it runs", () => {
    const result = replay([...pair(), write(3, 8, 1n), write(4, 16, 2n), failed(5, 1n)]);
    expect(sizes(result)).toEqual(["post_send|RDMA_WRITE|16"]);
    expect(result.counters["wqe.posted"]).toBe(2n);
  });
  it("fail the first of equal wr_ids that is neither retired nor failed", () => {
    const result = replay([
      ...pair(),
      write(3, 8, 1n),
      write(4, 16, 1n),
      write(5, 32, 1n),
      write(6, 64, 1n),
      polled(7, "RDMA_WRITE", 8, { wr_id: 1n }),
      failed(8, 1n),
      failed(9, 1n),
    ]);
    expect(sizes(result)).toEqual(["post_send|RDMA_WRITE|64", "post_send|RDMA_WRITE|8"]);
  });
  it("of receives fail nothing", () => {
    const result = replay([...pair(), write(3, 8, 1n), polled(4, "RECV", 0, { wr_id: 1n, status: 5 })]);
    expect(sizes(result)).toEqual(["post_send|RDMA_WRITE|8"]);
  });
});

describe("queues (R2.43)", () => {
  const three = [3, 4, 5].map((call) => send(call, "RDMA_WRITE", 8));
  it.each<[string, VerbsRowLike[], number]>([
    ["a third of two", [...withCaps({ cap_send_wr: 2 }), ...three], 1],
    ["nothing is known", [...withCaps({}), ...three], 0],
    [
      "a refused one",
      [...withCaps({ cap_send_wr: 2 }), ...three.slice(0, 2), { ...three[2]!, status: 12 }],
      0,
    ],
    [
      "room was made",
      [...withCaps({ cap_send_wr: 2 }), three[0]!, three[1]!, polled(6, "RDMA_WRITE", 8), three[2]!],
      0,
    ],
    [
      "a failed completion makes none",
      [...withCaps({ cap_send_wr: 1 }), three[0]!, failed(6, 0n), three[1]!],
      1,
    ],
    ["receives", [...withCaps({ cap_recv_wr: 1 }), receive(3), receive(4)], 1],
    [
      "receives that were taken",
      [
        ...withCaps({ cap_recv_wr: 1 }),
        receive(3),
        send(3, "SEND", 8),
        polled(4, "RECV", 8, { node: 1 }),
        receive(5),
      ],
      0,
    ],
  ])("%s", (_what, rows, count) => {
    expect(replay(rows).seen.overCapacity).toBe(count);
  });
  it("inline data beyond what was asked for", () => {
    const inline = [28, 29].map((length, i) => send(3 + i, "RDMA_WRITE", length, { flags: 3 }));
    expect(replay([...withCaps({ cap_inline: 28 }), ...inline]).seen.overInline).toBe(1);
  });
});

describe("long calls (R3.6)", () => {
  it.each([
    ["as it is", 4294967294, 705_032_706_000],
    ["0 when its end is not known", 4294967295, 0],
  ])("the gap behind one is %s", (_what, dur, gap) => {
    const calls = [1000n, 5_000_001_000n].map((t, i) => row({ verb: "alloc_pd", call: 1 + i, t, dur }));
    const { layers } = replay(calls, {}, {}, "recorded");
    expect(nonZero(layers)["app.think"] ?? 0).toBe(gap);
  });
});

describe("for the report (R5.4, R5.5)", () => {
  it("the data path runs from the first post to the last end", () => {
    const { dataPath, makespan_ps } = replay([
      ...pair(),
      row({ verb: "post_recv", call: 3, qp: 5, status: 12 }),
      send(4, "RDMA_WRITE", 8),
      polled(5, "RDMA_WRITE", 8),
    ]);
    expect(dataPath).toMatchObject({ start: 60_000n, end: makespan_ps });
  });
  it("without an end there is none", () => {
    expect(replay(pair()).dataPath.end).toBeUndefined();
  });
  it("a message that never finds a receive", () => {
    const { seen, deadlock } = replay([...pair(), send(3, "SEND", 8), send(4, "SEND", 8), receive(3)]);
    expect([seen.unmatched, deadlock]).toEqual([1, undefined]);
  });
  it("a receive that is too small, of a SEND", () => {
    const small = (call: number): VerbsRowLike =>
      receive(call, { sge: [{ addr: 0n, length: 7, lkey: 7 }], length: 7 });
    const sent = [send(3, "SEND", 8), send(4, "SEND", 7), send(5, "RDMA_WRITE_WITH_IMM", 8)];
    expect(replay([...pair(), small(3), small(4), small(5), ...sent]).seen.short).toBe(1);
  });
  it("a completion of another length than its message", () => {
    const sent = [receive(3), receive(4), send(3, "SEND", 8), send(4, "SEND", 8)];
    const got = [8, 48].map((length, i) => polled(5 + i, "RECV", length, { node: 1 }));
    expect(replay([...pair(), ...sent, ...got]).seen.otherLengths).toBe(1);
  });
});
