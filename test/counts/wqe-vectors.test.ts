import { describe, expect, test } from "vitest";
import type { Opcode } from "../../src/abi/verbs.js";
import { type Replayed, replayOn } from "../support/replay.js";
import {
  consumes,
  INLINE,
  MEMORY,
  message,
  pair,
  polled,
  receive,
  SIGNALED,
  send,
  traceOf,
} from "../support/script.js";

// Vectors of libmlx4 1.0.5 (prototype 10.1, prototype 10.3, prototype 12.1): U in
// 16-byte units, and how the device hears of the WQE.
interface Vector {
  opcode: Opcode;
  length: number;
  inline?: boolean;
  ud?: boolean;
  units: number;
  blueflame: number;
}
const VECTORS: readonly Vector[] = [
  { opcode: "SEND", length: 8, units: 2, blueflame: 0 },
  { opcode: "SEND", length: 1, inline: true, units: 2, blueflame: 64 },
  { opcode: "SEND", length: 44, inline: true, units: 4, blueflame: 64 },
  { opcode: "SEND", length: 45, inline: true, units: 5, blueflame: 128 },
  { opcode: "SEND", length: 224, inline: true, units: 16, blueflame: 256 },
  { opcode: "SEND", length: 225, inline: true, units: 17, blueflame: 0 },
  { opcode: "SEND", length: 0, inline: true, units: 1, blueflame: 0 },
  { opcode: "RDMA_WRITE", length: 8, units: 3, blueflame: 0 },
  { opcode: "RDMA_WRITE", length: 28, inline: true, units: 4, blueflame: 64 },
  { opcode: "RDMA_WRITE", length: 29, inline: true, units: 5, blueflame: 128 },
  { opcode: "RDMA_WRITE", length: 208, inline: true, units: 16, blueflame: 256 },
  { opcode: "RDMA_WRITE", length: 209, inline: true, units: 17, blueflame: 0 },
  { opcode: "RDMA_READ", length: 8, units: 3, blueflame: 64 },
  { opcode: "ATOMIC_FETCH_AND_ADD", length: 8, units: 4, blueflame: 0 },
  { opcode: "ATOMIC_CMP_AND_SWP", length: 8, units: 4, blueflame: 0 },
  { opcode: "SEND", length: 8, ud: true, units: 5, blueflame: 0 },
  { opcode: "SEND", length: 180, inline: true, ud: true, units: 16, blueflame: 256 },
  { opcode: "SEND", length: 181, inline: true, ud: true, units: 17, blueflame: 0 },
];
const MPS = 256;

function replay(v: Vector, path: string): Replayed["counters"] {
  const flags = SIGNALED | (v.inline ? INLINE : 0);
  return replayOn(
    traceOf([...pair({ type: v.ud ? 2 : 0, inline: 256 }), ...message(v.opcode, v.length, { flags })]),
    path,
  ).counters;
}
/** TLPs of the whole message but its doorbell: fetches are a request and a completion each here. */
function tlpsBehindDoorbell(v: Vector, counters: Replayed["counters"]): number {
  const read = 2,
    wqe = v.blueflame > 0 ? 0 : 1 + Math.ceil((64 * Math.ceil(v.units / 4)) / MPS);
  // read here, written there
  const payload = v.length === 0 ? 0 : (v.inline || v.opcode === "RDMA_READ" ? 0 : read) + 1;
  const remote =
    v.opcode === "RDMA_READ" || v.opcode.startsWith("ATOMIC")
      ? read + (v.opcode.startsWith("ATOMIC") ? 1 - read : 0)
      : 0;
  const receiver = consumes(v.opcode) ? read + 1 : 0; // receive WQE, CQE
  const misses = (["qpc", "cqc", "mpt", "mtt"] as const).reduce(
    (n, cache) => n + counters[`${cache}.misses`],
    0,
  );
  return wqe + payload + remote + receiver + 1 + read * misses;
}

describe("a WQE's size and doorbell", () => {
  test.each(VECTORS)(
    "$opcode of $length B, inline $inline, UD $ud: U = $units, BlueFlame $blueflame B",
    (v) => {
      const native = replay(v, "native");
      expect(native).toMatchObject({
        "wqe.posted": 1,
        "wqe.bytes": 64 * Math.ceil(v.units / 4),
        "doorbells.trapped": 0,
        "doorbells.mapped": v.blueflame > 0 ? 0 : 1,
        "blueflame.writes": v.blueflame > 0 ? 1 : 0,
      });
      // write-combining: one TLP for 64 bytes; the guest's uncached page: one for each 8-byte store
      expect(native["pcie.tlps"] - tlpsBehindDoorbell(v, native)).toBe(
        v.blueflame > 0 ? v.blueflame / 64 : 1,
      );
      const memlink = replay(v, "memlink");
      expect(memlink).toMatchObject({
        "doorbells.mapped": native["doorbells.mapped"],
        "blueflame.writes": native["blueflame.writes"],
        "doorbells.trapped": 0,
      });
      expect(memlink["pcie.tlps"] - tlpsBehindDoorbell(v, memlink)).toBe(
        v.blueflame > 0 ? v.blueflame / 8 : 1,
      );
      for (const path of ["virt-ib", "virt-ib+memory=memlink"]) {
        expect(replay(v, path)).toMatchObject({
          "doorbells.mapped": 0,
          "doorbells.trapped": v.blueflame > 0 ? 0 : 1,
          "blueflame.writes": v.blueflame > 0 ? 1 : 0,
          "wqe.bytes": native["wqe.bytes"],
        });
      }
    },
  );

  test("an RDMA WRITE without SGEs goes through BlueFlame", () => {
    const { counters } = replayOn(
      traceOf([...pair(), send("RDMA_WRITE", 0, { num_sge: 0, sge: [] }), polled("RDMA_WRITE", 0)]),
      "native",
    );
    expect(counters).toMatchObject({ "blueflame.writes": 1, "doorbells.mapped": 0, "wqe.bytes": 64 });
  });

  test("U grows by one for each SGE", () => {
    const sge = [0, 1, 2, 3].map((i) => ({ addr: MEMORY[0] + BigInt(64 * i), length: 16, lkey: 10 }));
    const bytes = [1, 2, 3, 4].map(
      (n) =>
        replayOn(
          traceOf([
            ...pair({ sges: 4 }),
            receive(64),
            send("SEND", 16 * n, { num_sge: n, sge: sge.slice(0, n) }),
            polled("SEND", 16 * n),
          ]),
          "native",
        ).counters["wqe.bytes"],
    );
    expect(bytes).toEqual([64, 64, 64, 128]);
  });
});

describe("a list of 8 SENDs", () => {
  const list = Array.from({ length: 8 }, () => send("SEND", 8, { call: 1000 }));
  const trace = traceOf([
    ...pair(),
    ...list.map(() => receive(8)),
    ...list,
    ...list.map(() => polled("SEND", 8)),
  ]);
  test("rings once, mapped or trapped", () => {
    expect(replayOn(trace, "native").counters).toMatchObject({
      "wqe.posted": 8,
      "wqe.bytes": 512,
      "doorbells.mapped": 1,
    });
    expect(replayOn(trace, "virt-ib").counters).toMatchObject({
      "wqe.posted": 8,
      "doorbells.mapped": 0,
      "doorbells.trapped": 1,
    });
  });
  test("of inline WRs or READs does not use BlueFlame", () => {
    const inline = Array.from({ length: 2 }, () => send("RDMA_READ", 8, { call: 1000 }));
    const { counters } = replayOn(
      traceOf([...pair(), ...inline, ...inline.map(() => polled("RDMA_READ", 8))]),
      "native",
    );
    expect(counters).toMatchObject({ "blueflame.writes": 0, "doorbells.mapped": 1 });
  });
});

test("a list refused whole rings no doorbell", () => {
  const { counters } = replayOn(traceOf([...pair(), send("SEND", 8, { status: 12 })]), "native");
  expect(counters).toMatchObject({ "wqe.posted": 0, "doorbells.mapped": 0 });
});
