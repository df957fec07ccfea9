import { describe, expect, it } from "vitest";
import { row } from "../support/random/row.js";
import { sum } from "./clock.js";
import { nonZero, pair, polled, receive, replay, send } from "./fixture.js";

describe("tiny replays", () => {
  // post 60; doorbell 28 B; fetch: mrd 24 B, 200, cpl 84 B; process 10; QPC miss 400
  const toWire = 60_000 + 28 + 100_000 + 24 + 200_000 + 84 + 10_000 + 400_000;
  const ack = 30_000 + 70_000 + 5_000; // 30 bytes of AETH packet, fly, rx
  const visible = 56 + 400_000 + 30_000; // CQE write, CQC miss, latency

  it("SEND of 8 bytes, 1 packet", () => {
    const result = replay([
      ...pair(),
      receive(3),
      send(3, "SEND", 8),
      polled(4, "SEND", 8),
      polled(4, "RECV", 8, { node: 1 }),
    ]);
    // payload read, wire, fly, rx, QPC, receive WQE
    const arrival = toWire + 24 + 400_000 + 28 + 34_000 + 70_000 + 5_000 + 400_000 + 70_000;
    const sender = arrival + ack + visible + 25_000;
    const operation = result.operations.get("post_send|SEND|8")!;
    expect(Number(operation.sum)).toBe(sender - 25_000);
    expect(nonZero(operation.wait)).toEqual({});
    const receiver = arrival + 32 + visible + 25_000; // the CQE's own posted write carries the latency
    expect(result.operations.get("message|SEND|8")!.latencies).toEqual([BigInt(receiver)]);
    expect(Number(result.makespan_ps)).toBe(Math.max(sender, receiver));
    expect(sum(result.layers)).toBe(result.makespan_ps);
    expect(result.deadlock).toBeUndefined();
    expect(result.rows).toEqual({ total: 10, replayed: 10, spin: 0, refused: 0 });
  });

  it("a WRITE of three bursts overlaps its stages", () => {
    const rows = [...pair(), send(3, "RDMA_WRITE", 10_000, { num_sge: 1 }), polled(4, "RDMA_WRITE", 10_000)];
    const result = replay(rows, { "hca.rx_packet": 0, "wire.rate": 8 });
    // the wire is slowest: bursts of 4096, 4096 and 1808 bytes wait for it; first packet carries RETH
    const bytes = 10_000 + 10 * 26 + 16;
    // requests of 4096 bytes, rtt, first MTU of completions
    const firstByte = toWire + 24 * 8 + 400_000 + 1024 + 4 * 20;
    const lastOnWire = firstByte + bytes * 1000;
    expect(Number(result.operations.get("post_send|RDMA_WRITE|16384")!.sum)).toBe(
      lastOnWire + 70_000 + 30_000 + 70_000 + visible,
    ); // B's QPC miss delays burst 0 only
    expect(result.counters).toMatchObject({
      "wire.packets": 11n,
      "wire.bytes": BigInt(bytes + 30),
      acks: 1n,
      "dma.reads": 1n + 3n + 2n + 1n,
      "dma.writes": 4n,
      "rkey.unknown": 1n,
    });
  });

  it("a READ comes back in bursts and retires without an ack", () => {
    const result = replay([...pair(), send(3, "RDMA_READ", 5000), polled(4, "RDMA_READ", 5000)]);
    expect(result.counters).toMatchObject({
      acks: 0n,
      "wire.packets": 6n,
      "wire.bytes": BigInt(42 + 5000 + 5 * 26 + 8),
      "dma.writes": 3n,
    });
    expect(result.operations.get("post_send|RDMA_READ|8192")!.count).toBe(1);
  });

  it("a SEND without a receive waits for the poster", () => {
    const late = Array.from({ length: 100 }, (_, i) =>
      row({ verb: "post_recv", node: 1, call: 100 + i, qp: 5, num_sge: 1, status: 12 }),
    );
    const rows = [
      ...pair(),
      ...late,
      receive(500),
      send(3, "SEND", 8),
      polled(4, "SEND", 8),
      polled(501, "RECV", 8, { node: 1 }),
    ];
    const result = replay(rows);
    expect(result.counters["rnr.waits"]).toBe(1n);
    const wait = nonZero(result.operations.get("post_send|SEND|8")!.wait);
    expect(wait["lib.post"]).toBeGreaterThan(0);
    expect(result.rows.refused).toBe(100);
    expect(result.operations.get("post_send|SEND|8")!.sum).toBe(
      BigInt(101 * 60_000 + 70_000 + ack + visible),
    );
  });

  it("two threads contend for a lock", () => {
    const setup = pair().slice(0, 2);
    const rows = [...setup, send(3, "RDMA_WRITE", 0), send(3, "RDMA_WRITE", 0, { tid: 1 })];
    const result = replay(rows, {}, { guest_lock: "on" });
    const calls = result.operations.get("post_send|NONE|none")!;
    expect(calls.latencies.map(Number)).toEqual([2_060_000, 4_060_000]);
    expect(nonZero(calls.wait)).toEqual({ "guest.lock": 2_000_000 });
    expect(nonZero(result.layers)).toEqual({ "lib.post": 60_000, "guest.driver": 4_000_000 });
  });

  it("an event wakes a sleeper, and a missing peer's message is injected", () => {
    const setup = [...pair().slice(0, 2), receive(3, { node: 0 })];
    const rows = [
      ...setup,
      row({ verb: "req_notify_cq", call: 4, cq: 1 }),
      send(5, "SEND", 8),
      row({ verb: "get_cq_event", call: 6, cq: 1 }),
      polled(7, "SEND", 8),
      polled(8, "RECV", 64),
    ];
    const result = replay(rows);
    expect(result.counters).toMatchObject({ interrupts: 1n, "ops.injected": 1n, "cqe.polled": 2n });
    expect(result.operations.get("message|SEND|64")!.count).toBe(1);
    expect(result.deadlock).toBeUndefined();
  });

  it("an inline SEND does not overtake the payload of the one before", () => {
    const rows = [
      ...pair(),
      receive(3),
      receive(3),
      send(3, "SEND", 3000),
      send(4, "SEND", 8, { flags: 3 }),
      polled(5, "RECV", 3000, { node: 1 }),
    ];
    const result = replay(rows, { "pcie.read_rtt": 4000 });
    expect([...result.operations.keys()].filter((k) => k.startsWith("message"))).toEqual([
      "message|SEND|4096",
    ]);
    expect(nonZero(result.operations.get("post_send|SEND|8")!.wait)["wire.serialize"]).toBeGreaterThan(0);
  });

  it("a failed completion waits for nothing and matches nothing", () => {
    const rows = [
      ...pair(),
      receive(3),
      send(3, "SEND", 8, { wr_id: 9n }),
      polled(4, "NONE", 77, { wr_id: 9n, status: 12 }),
      polled(5, "SEND", 8, { wr_id: 9n }),
    ];
    const result = replay(rows);
    expect(result.counters).toMatchObject({ "cqe.polled": 2n, "wqe.posted": 1n });
    expect(result.operations.get("poll_cq|NONE|none")!.latencies).toEqual([25_000n, 25_000n]);
    expect(result.deadlock).toBeUndefined();
  });

  it("an event that never comes is assumed when nothing else can happen", () => {
    const rows = [
      ...pair().slice(0, 2),
      send(3, "RDMA_WRITE", 8),
      row({ verb: "get_cq_event", call: 4, cq: 1 }),
      polled(5, "RDMA_WRITE", 8),
    ];
    const result = replay(rows);
    expect(result.counters).toMatchObject({
      "events.assumed": 1n,
      interrupts: 0n,
      "qpc.misses": 1n,
      "qpc.hits": 0n,
    });
    expect(result.operations.get("get_cq_event|NONE|none")!.sum).toBe(0n);
    expect(result.deadlock).toBeUndefined();
  });

  it("names what a stuck thread waits for", () => {
    const result = replay([...pair(), send(3, "SEND", 8), polled(4, "SEND", 8)]);
    expect(result.deadlock!.threads).toMatchObject([{ node: 0, row: 7, verb: "poll_cq" }]);
  });
});
