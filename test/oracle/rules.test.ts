import { describe, expect, it } from "vitest";
import { LAYERS, type Layer } from "../../src/abi/layers.js";
import { add, fresh, type OwnClock, plain, stage, sum, takeOver, ZERO } from "./clock.js";
import { Cache } from "./device/cache.js";
import { type PathDocument, settle } from "./path.js";
import { qpSizes, wqeSize } from "./sizes.js";

const nonZero = (ledger: readonly bigint[]): Record<string, number> =>
  Object.fromEntries(ledger.flatMap((v, i) => (v === 0n ? [] : [[LAYERS[i]!, Number(v)]])));

describe("the ledger's test vector", () => {
  const stages: { layer: Layer; unit: bigint; split: boolean; after: bigint; to: Layer }[] = [
    { layer: "hca.process", unit: 20n, split: false, after: 100n, to: "hca.doorbell" },
    { layer: "dma.payload", unit: 30n, split: true, after: 400n, to: "dma.payload" },
    { layer: "wire.serialize", unit: 60n, split: true, after: 500n, to: "wire.fly" },
  ];
  let thread: OwnClock = fresh(ZERO);
  const ops = [4n, 1n, 2n].map((packets) => {
    const begin = fresh(thread);
    thread = add(begin, "lib.post", 50n);
    return { packets, head: thread, tail: thread, since: begin.time };
  });
  const resources = stages.map(() => ZERO);
  for (const op of ops) {
    stages.forEach((s, i) => {
      const out = stage(op, resources[i]!, s.layer, s.unit, s.split ? s.unit * op.packets : s.unit);
      resources[i] = out.resource;
      op.head = add(out.head, s.to, s.after);
      op.tail = add(out.tail, s.to, s.after);
    });
    thread = takeOver(thread, op.tail, "lib.poll");
  }
  const common = {
    "lib.post": 50,
    "hca.process": 20,
    "hca.doorbell": 100,
    "dma.payload": 430,
    "wire.fly": 500,
  };

  it.each([
    [0, 1160, 1340, 240, { ...common, "wire.serialize": 240 }, {}, 1340],
    [
      1,
      1400,
      1400,
      300,
      { ...common, "wire.serialize": 60 },
      { "dma.payload": 70, "wire.serialize": 120 },
      1350,
    ],
    [
      2,
      1460,
      1520,
      420,
      { ...common, "wire.serialize": 120 },
      { "dma.payload": 50, "wire.serialize": 150 },
      1420,
    ],
  ])("operation %i: head %i, tail %i", (i, head, tail, wire, service, wait, latency) => {
    const op = ops[i]!;
    expect([Number(op.head.time), Number(op.tail.time)]).toEqual([head, tail]);
    expect(nonZero(op.tail.ledger)).toEqual({ ...common, "wire.serialize": wire });
    expect(nonZero(op.tail.service)).toEqual(service);
    expect(nonZero(op.tail.wait)).toEqual(wait);
    expect(Number(sum(op.tail.service) + sum(op.tail.wait))).toBe(latency);
    expect(Number(op.tail.time - op.since)).toBe(latency);
  });

  it("ends the thread at 1540", () => {
    expect(nonZero(plain(add(thread, "lib.poll", 20n)).ledger)).toEqual({
      ...common,
      "wire.serialize": 420,
      "lib.poll": 20,
    });
  });
});

describe("sizes and caches", () => {
  it.each([
    ["SEND", false, 1, false, 8, 2],
    ["SEND", false, 1, true, 1, 2],
    ["SEND", false, 1, true, 44, 4],
    ["SEND", false, 1, true, 45, 5],
    ["SEND", false, 1, true, 224, 16],
    ["SEND", false, 1, true, 225, 17],
    ["RDMA_WRITE", false, 1, false, 8, 3],
    ["RDMA_READ", false, 1, false, 8, 3],
    ["ATOMIC_FETCH_AND_ADD", false, 1, false, 8, 4],
    ["SEND", true, 1, false, 8, 5],
  ] as const)("%s ud=%s sges=%i inline=%s length=%i: %i units", (opcode, ud, sges, inline, length, units) => {
    expect(wqeSize(opcode, ud, sges, inline, length).units).toBe(units);
  });

  it("rc_pingpong's QP has 64 slots and 3 pages", () => {
    expect(
      qpSizes({ type: "RC", sendWr: 1, recvWr: 500, sendSge: 1, recvSge: 1, inline: 0, usesSrq: false }),
    ).toEqual({ shift: 6, sqSlots: 64n, rqSlots: 512n, bufPages: 3n });
  });

  it("replaces the least recently used", () => {
    const cache = new Cache(2, 2);
    expect([1n, 2n, 1n, 3n, 1n, 2n].map((k) => cache.lookup(k))).toEqual([
      false,
      false,
      true,
      false,
      true,
      false,
    ]);
  });
});

describe("paths", () => {
  it("settles mechanisms in order and flattens groups", () => {
    const base: PathDocument = {
      name: "base",
      mechanisms: { memory: "bounce" },
      implies: [{ if: { memory: ["memlink", "bounce"] }, set: { irq: "intx", iommu: "on" } }],
      groups: {
        G: [{ layer: "vm.exit", cost: "cpu.post", count: "2*pages + 1", hold: "vmm.bql", guard: "wr" }],
      },
    };
    const mine: PathDocument = {
      name: "mine",
      extends: "base",
      mechanisms: { memory: "memlink" },
      programs: {
        reg_mr: [
          { use: "G", times: 3, hold: ["guest.lock"], guard: "pages" },
          { layer: "vm.irq", cost: "cpu.post", if: { irq: "msix" } },
        ],
      },
    };
    const path = settle({ documents: { base, mine }, path: "mine", overrides: { iommu: "off" } });
    expect(path.mechanisms).toMatchObject({ memory: "memlink", irq: "intx", iommu: "off" });
    const [only, ...rest] = path.programs.get("reg_mr")!;
    expect(rest).toEqual([]);
    expect(only).toMatchObject({
      layer: "vm.exit",
      hold: ["guest.lock", "vmm.bql"],
      guards: ["pages", "wr"],
    });
    expect([...only!.count]).toEqual([
      ["pages", 6n],
      ["", 3n],
    ]);
  });
});
