import { describe, expect, test } from "vitest";
import { loadTestbed } from "../../src/testbed/load.js";
import { completionBytes, type Gen, psPerByte } from "../support/pcie-tables.js";
import { operation, replayOn } from "../support/replay.js";
import { pair, polled, type Row, receive, send, traceOf } from "../support/script.js";

// A send queue is served in order and queue pairs take turns, burst by
// burst: "a small message never waits for a whole large one".
const MTU = { "thesis-2014": 2048, modern: 4096 } as const;
type Name = keyof typeof MTU;
const MiB = 1 << 20;

/** ps that `bytes` of payload need on the slower of the sender's PCIe and wire. */
function slowest(name: Name, bytes: number): number {
  const v = (value: string): number => loadTestbed(name).values[value]!.value as number;
  const pcie =
    completionBytes(bytes, v("pcie.mps")) * psPerByte(v("pcie.gen") as Gen, v("pcie.lanes"), v("pcie.mps"));
  return Math.max(pcie, (bytes * (MTU[name] + v("wire.header_bytes")) * 8000) / MTU[name] / v("wire.rate"));
}
const burst = (name: Name): number =>
  slowest(name, loadTestbed(name).values["hca.burst_bytes"]!.value as number);

describe.each(["thesis-2014", "modern"] as const)("%s", (testbed) => {
  test("a window of writes posted at once takes as long as its bytes, not longer for being several", () => {
    const window = (n: number): number => {
      const posts = Array.from({ length: n }, () => send("RDMA_WRITE", MiB)),
        polls = posts.map(() => polled("RDMA_WRITE", MiB));
      const { start_ps, end_ps } = replayOn(
        traceOf([...pair({ mtu: MTU[testbed] }), ...posts, ...polls]),
        "native",
        { testbed },
      ).data_path;
      return Number(end_ps) - Number(start_ps);
    };
    const one = window(1),
      eight = window(8);
    expect((eight - one) / slowest(testbed, 7 * MiB)).toBeGreaterThan(0.98);
    expect((eight - one) / slowest(testbed, 7 * MiB)).toBeLessThan(1.02);
  });

  // 4 MiB of stream. (A longer one also fills the receiver, whose PCIe writes
  // are 1.4 % slower than the reads of gen2: docs/limits.md.)
  const COUNT = 400,
    STREAM = 4;
  /**
   * Worst latency of 64-byte sends, one after the other, while another thread
   * keeps `depth` writes of 1 MiB outstanding on another QP.
   */
  const worst = (depth: number): { post: number; message: number } => {
    const write = (): Row => send("RDMA_WRITE", MiB, { tid: 2 }),
      done = (): Row => polled("RDMA_WRITE", MiB, { tid: 2 });
    const stream: Row[] = [];
    for (let i = 0; depth > 0 && i < STREAM + depth; i++) {
      if (i >= depth) stream.push(done());
      if (i < STREAM) stream.push(write());
    }
    const times = Array.from({ length: COUNT }, (_, i) => i);
    const rows: Row[] = [
      ...pair({ mtu: MTU[testbed], qps: 2 }),
      ...times.map(() => receive(64, { qp: 201 })),
      ...stream,
      ...times.flatMap(() => [send("SEND", 64, { qp: 101 }), polled("SEND", 64, { qp: 101 })]),
      ...times.map(() => polled("RECV", 64, { node: 1, qp: 201 })),
    ];
    const result = replayOn(traceOf(rows), "native", { testbed });
    return {
      post: Number(operation(result, "post_send", "SEND").latency_ps.max),
      message: Number(operation(result, "message", "SEND").latency_ps.max),
    };
  };
  const alone = worst(0);

  // It meets the other QP at five FIFO stages (WQE fetch, read data, link,
  // receive engine, write), and at each at most for two bursts.
  const bound = 10 * burst(testbed);
  test("ten bursts are less than a message", () => {
    expect(bound).toBeLessThan(slowest(testbed, MiB) / 5);
  });
  describe.each([1, 2, 4])(
    "a 64 B send beside %i outstanding 1 MiB writes of another QP waits for bursts, not for messages",
    (depth) => {
      const beside = worst(depth);
      test("until its completion", () => {
        expect(beside.post - alone.post).toBeLessThan(bound);
      });
      test("until it is received", () => {
        expect(beside.message - alone.message).toBeLessThan(bound);
      });
    },
  );
});
