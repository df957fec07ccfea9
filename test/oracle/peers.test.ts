import { describe, expect, it } from "vitest";
import { row } from "../support/random/row.js";
import { nonZero, pair, polled, receive, replay, send } from "./fixture.js";
import { type Endpoint, partnersOf } from "./pairs.js";
import type { VerbsRowLike } from "./run.js";

const qp = (node: number, number: number, peerNumber: number, more: Partial<Endpoint> = {}): Endpoint => ({
  node,
  ctx: 0,
  ordinal: 0,
  number,
  type: "RC",
  peerNumber,
  ...more,
});
function partners(...qps: Endpoint[]): number[] {
  const found = partnersOf(qps);
  return qps.map((q) => (found.has(q) ? qps.indexOf(found.get(q)!) : -1));
}

describe("pairs (R2.41)", () => {
  it.each<[string, Endpoint[], number[]]>([
    ["name each other", [qp(0, 5, 9), qp(1, 9, 5), qp(1, 7, 5)], [1, 0, -1]],
    ["are of one type", [qp(0, 5, 9), qp(1, 9, 5, { type: "UC" })], [-1, -1]],
    ["are not UD", [qp(0, 5, 9, { type: "UD" }), qp(1, 9, 5, { type: "UD" })], [-1, -1]],
    [
      "do not differ in PSNs that are known",
      [qp(0, 5, 9, { rqPsn: 1 }), qp(1, 9, 5, { sqPsn: 2 })],
      [-1, -1],
    ],
    ["may not know a PSN", [qp(0, 5, 9, { rqPsn: 1 }), qp(1, 9, 5)], [1, 0]],
    ["may be one QP", [qp(0, 5, 5, { rqPsn: 1, sqPsn: 1 })], [0]],
    ["are not one QP without a PSN of its own", [qp(0, 5, 5, { rqPsn: 1 })], [-1]],
    ["are not one QP whose PSNs differ", [qp(0, 5, 5, { rqPsn: 1, sqPsn: 2 })], [-1]],
    [
      "have equal PSNs both ways before they are on two nodes",
      [
        qp(0, 5, 5, { rqPsn: 1, sqPsn: 2 }),
        qp(0, 5, 5, { ordinal: 1, rqPsn: 2, sqPsn: 1 }),
        qp(1, 5, 5, { rqPsn: 2 }),
      ],
      [1, 0, -1],
    ],
    [
      "are on two nodes before of two contexts",
      [qp(0, 5, 5), qp(0, 5, 5, { ctx: 1 }), qp(1, 5, 5)],
      [2, -1, 0],
    ],
    [
      "of two nodes are of two contexts, whatever their numbers",
      [qp(0, 5, 5), qp(1, 5, 5, { ctx: 1, ordinal: 1 }), qp(1, 5, 5)],
      [2, -1, 0],
    ],
    [
      "are of two contexts before closest",
      [qp(0, 5, 5), qp(0, 5, 5, { ordinal: 1 }), qp(0, 5, 5, { ctx: 1, ordinal: 3 })],
      [-1, 2, 1],
    ],
    ["are two QPs before one", [qp(0, 5, 5), qp(0, 5, 5, { ordinal: 1 })], [1, 0]],
    ["are closest in order of creation", [qp(0, 5, 9), qp(1, 9, 5, { ordinal: 1 }), qp(1, 9, 5)], [2, -1, 0]],
  ])("partners %s", (_, qps, expected) => {
    expect(partners(...qps)).toEqual(expected);
  });
});

describe("who gets a UD send (R2.23)", () => {
  const made = (node: number, number: number): VerbsRowLike[] => [
    row({ verb: "create_cq", node, call: 1, cq: 1, cqe: 10 }),
    row({ verb: "create_qp", node, call: 2, qp: number, cq: 1, rcq: 1, qp_type: 2 }),
  ];
  const to = (number: number): Partial<VerbsRowLike> => ({ peer_qp: number });

  it("the first other node that has the number, else the own one", () => {
    const rows = [
      ...made(0, 5),
      ...made(1, 7),
      ...made(2, 5),
      receive(3, { node: 0 }),
      receive(3, { node: 2 }),
      send(4, "SEND", 8, to(5)),
      polled(4, "RECV", 8, { node: 2 }),
      row({ ...send(5, "SEND", 8, to(5)), node: 2 }),
      polled(5, "RECV", 48, { node: 0 }),
    ];
    const { deadlock, seen, operations } = replay(rows);
    expect(deadlock).toBeUndefined();
    expect(seen.otherLengths).toBe(0); // 48: with the GRH
    expect(operations.get("message|SEND|8")!.count).toBe(2);
  });
});

describe("loopback (R4.28)", () => {
  it.each([
    ["SEND", 2000, 2048, 1n],
    ["RDMA_READ", 2000, 2048, 0n],
    ["ATOMIC_FETCH_AND_ADD", 8, 8, 0n],
  ])("%s takes no time on the link", (opcode, length, sizeClass, acks) => {
    const self = pair()
      .slice(0, 3)
      .map((r) => (r.verb === "modify_qp" ? { ...r, rq_psn: 7, sq_psn: 7 } : r));
    const rows = [...self, receive(3, { node: 0 }), send(4, opcode, length), polled(5, opcode, length)];
    const { counters, operations, deadlock } = replay(rows);
    expect(deadlock).toBeUndefined();
    expect(counters).toMatchObject({ "wire.packets": 0n, "wire.bytes": 0n, acks });
    const op = operations.get(`post_send|${opcode}|${sizeClass}`)!;
    expect(nonZero(op.service)).not.toHaveProperty("wire.serialize");
    expect(nonZero(op.service)).not.toHaveProperty("wire.fly");
  });
});

describe("a program that sleeps until a message comes (R4.6.7)", () => {
  const alone = [
    ...pair().slice(0, 2),
    receive(3, { node: 0 }),
    row({ verb: "req_notify_cq", call: 4, cq: 1 }),
    row({ verb: "get_cq_event", call: 5, cq: 1 }),
  ];
  it("has it while it sleeps, and the poll does not bring another", () => {
    const { counters, operations } = replay([...alone, polled(6, "RECV", 64)]);
    expect(counters).toMatchObject({ "ops.injected": 1n, interrupts: 1n, "events.assumed": 0n });
    expect(operations.get("get_cq_event|NONE|none")!.sum).toBe(25_000n); // woken, of its own
    expect(operations.get("poll_cq|NONE|none")!.sum).toBe(25_000n);
  });
  it("has the path_mtu that its QP had then", () => {
    const later = row({ verb: "modify_qp", call: 7, qp: 5, path_mtu: 256 });
    const { counters } = replay([...alone, later, polled(8, "RECV", 1000)]);
    expect(counters["wire.packets"]).toBe(2n); // of 1024 bytes, and its ack
  });
  it("has only the first completion behind it", () => {
    const behind = [polled(6, "NONE", 0, { status: 5 }), polled(7, "RDMA_WRITE", 8), polled(8, "RECV", 64)];
    const { counters, operations } = replay([...alone, send(9, "RDMA_WRITE", 8), ...behind]);
    expect(counters).toMatchObject({ "ops.injected": 1n, "events.assumed": 1n });
    expect(operations.get("poll_cq|NONE|none")!.count).toBe(3);
  });
});
