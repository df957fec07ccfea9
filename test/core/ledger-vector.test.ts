import { describe, expect, test } from "vitest";
import type { Layer } from "../../src/abi/layers.js";
import { layer, ledger, ownLedger, probe, sum } from "../support/probe.js";

// Three operations of 4, 1 and 2 packets through three shared stages; every
// number is of the worked example behind R1.6 and R4.4.
const STAGES: readonly { layer: Layer; unit: bigint; splits: boolean; after: bigint; to: Layer }[] = [
  { layer: "hca.process", unit: 20n, splits: false, after: 100n, to: "hca.doorbell" },
  { layer: "dma.payload", unit: 30n, splits: true, after: 400n, to: "dma.payload" },
  { layer: "wire.serialize", unit: 60n, splits: true, after: 500n, to: "wire.fly" },
];
const COMMON = {
  "lib.post": 50,
  "hca.process": 20,
  "hca.doorbell": 100,
  "dma.payload": 430,
  "wire.fly": 500,
};

const x = probe();
const thread = x.clock_new(),
  own = x.own_new();
const operations = [4n, 1n, 2n].map((packets) => {
  x.own_zero(own); // its call starts here
  const start = Number(x.time_of(thread));
  x.clock_add(thread, own, layer("lib.post"), 50n);
  return { packets, start, flow: x.flow_new(thread, own) };
});
const resources = STAGES.map(() => x.clock_new());
for (const { packets, flow } of operations) {
  STAGES.forEach((s, i) => {
    x.flow_fifo(resources[i]!, flow, layer(s.layer), s.unit, s.splits ? s.unit * packets : s.unit);
    x.flow_lat(flow, layer(s.to), s.after);
  });
}
// The thread waits for all, then pays for one poll.
for (const { flow } of operations) x.take_over(thread, own, x.flow_tail(flow), layer("lib.poll"));
x.clock_add(thread, own, layer("lib.poll"), 20n);

describe("the worked example of the ledger rule, through the core's fifo and lat", () => {
  test.each([
    {
      i: 0,
      head: 1160,
      tail: 1340,
      wire: 240,
      service: { ...COMMON, "wire.serialize": 240 },
      wait: {},
      latency: 1340,
    },
    {
      i: 1,
      head: 1400,
      tail: 1400,
      wire: 300,
      service: { ...COMMON, "wire.serialize": 60 },
      wait: { "dma.payload": 70, "wire.serialize": 120 },
      latency: 1350,
    },
    {
      i: 2,
      head: 1460,
      tail: 1520,
      wire: 420,
      service: { ...COMMON, "wire.serialize": 120 },
      wait: { "dma.payload": 50, "wire.serialize": 150 },
      latency: 1420,
    },
  ])("operation $i: head $head, tail $tail", ({ i, head, tail, wire, service, wait, latency }) => {
    const { flow, start } = operations[i]!;
    expect(Number(x.time_of(x.flow_head(flow)))).toBe(head);
    expect(Number(x.time_of(x.flow_tail(flow)))).toBe(tail);
    expect(ledger(x, x.flow_tail(flow))).toEqual({ ...COMMON, "wire.serialize": wire });
    const mine = ownLedger(x, x.flow_tail_own(flow));
    expect(mine).toEqual({ service, wait });
    expect(sum(mine.service) + sum(mine.wait)).toBe(latency);
    expect(tail - start).toBe(latency);
  });

  test("the thread ends at 1540", () => {
    expect(Number(x.time_of(thread))).toBe(1540);
    expect(ledger(x, thread)).toEqual({ ...COMMON, "wire.serialize": 420, "lib.poll": 20 });
  });
});
