import { describe, expect, test } from "vitest";
import type { Opcode } from "../../src/abi/verbs.js";
import { probe, setParam } from "../support/probe.js";
import { replayOn } from "../support/replay.js";
import { consumes, message, pair, traceOf } from "../support/script.js";

// InfiniBand: LRH 8 + BTH 12 + ICRC 4 + VCRC 2 a packet; extended
// headers by opcode; payload padded to 4 bytes.
const H = 26,
  RETH = 16,
  ATOMIC_ETH = 28,
  AETH = 4,
  ATOMIC_ACK_ETH = 8,
  IMM = 4,
  DETH = 8;
const RC = 0,
  UC = 1,
  UD = 2;

/** Packets and bytes that one message moves in both directions, packet by packet. */
function expected(
  type: number,
  opcode: Opcode,
  length: number,
  mtu: number,
): { packets: number; bytes: number } {
  const sizes: number[] = [];
  for (let left = length; left > 0; left -= mtu) sizes.push(Math.min(left, mtu));
  if (sizes.length === 0) sizes.push(0);
  const padded = (n: number): number => 4 * Math.ceil(n / 4);
  const data = (first: number, last: number, each: number): number[] =>
    sizes.map((n, i) => padded(n) + H + each + (i === 0 ? first : 0) + (i === sizes.length - 1 ? last : 0));
  let packets: number[];
  if (opcode.startsWith("ATOMIC")) packets = [H + ATOMIC_ETH, H + AETH + ATOMIC_ACK_ETH];
  else if (opcode === "RDMA_READ") packets = [H + RETH, ...data(AETH, sizes.length > 1 ? AETH : 0, 0)];
  else {
    const last = opcode.endsWith("IMM") || opcode.endsWith("INV") ? IMM : 0;
    packets = data(opcode.startsWith("RDMA") ? RETH : 0, last, type === UD ? DETH : 0);
    if (type === RC) packets.push(H + AETH);
  }
  return { packets: packets.length, bytes: packets.reduce((a, b) => a + b, 0) };
}

const OPCODES: Record<number, readonly Opcode[]> = {
  [RC]: [
    "SEND",
    "SEND_WITH_IMM",
    "SEND_WITH_INV",
    "RDMA_WRITE",
    "RDMA_WRITE_WITH_IMM",
    "RDMA_READ",
    "ATOMIC_CMP_AND_SWP",
    "ATOMIC_FETCH_AND_ADD",
  ],
  [UC]: ["SEND", "SEND_WITH_IMM", "RDMA_WRITE", "RDMA_WRITE_WITH_IMM"],
  [UD]: ["SEND", "SEND_WITH_IMM"],
};
const MTUS = [256, 512, 1024, 2048, 4096];
/** Around packets and around the bursts of 16 KiB in which thesis-2014 serves long messages. */
const sizesOf = (type: number, opcode: Opcode, mtu: number): number[] =>
  opcode.startsWith("ATOMIC")
    ? [8]
    : [
        0,
        1,
        3,
        4,
        mtu - 1,
        mtu,
        ...(type === UD ? [] : [mtu + 1, 2 * mtu, 5 * mtu + 2, 16384, 16385, 65537]),
      ];

describe.each([
  [RC, "RC"],
  [UC, "UC"],
  [UD, "UD"],
] as const)("type %i", (type, name) => {
  test.each(OPCODES[type]!)(`${name} %s: packets and bytes of every size and MTU`, (opcode) => {
    for (const mtu of [256, 1024, 4096])
      for (const size of sizesOf(type, opcode, mtu)) {
        const { counters } = replayOn(traceOf([...pair({ type, mtu }), ...message(opcode, size)]), "native");
        const label = `${size} bytes, MTU ${mtu}`;
        expect({ packets: counters["wire.packets"], bytes: counters["wire.bytes"] }, label).toEqual(
          expected(type, opcode, size, mtu),
        );
        expect(counters.acks, label).toBe(
          type === RC && opcode !== "RDMA_READ" && !opcode.startsWith("ATOMIC") ? 1 : 0,
        );
        expect(counters["cqe.polled"], label).toBe(consumes(opcode) ? 2 : 1);
        expect(counters["rkey.unknown"], label).toBe(0);
      }
  });
});

test("RoCEv2's headers replace InfiniBand's", () => {
  const { counters } = replayOn(traceOf([...pair({ mtu: 1024 }), ...message("SEND", 3000)]), "native", {
    set: ["wire.header_bytes=82"],
  });
  expect(counters["wire.bytes"]).toBe(3000 + 3 * 82 + 82 + AETH);
});

test("packets = max(1, ⌈L/MTU⌉), each with its overhead and padding, for all L", () => {
  const x = probe();
  for (const mtu of MTUS)
    for (let n = 0; n <= 3 * mtu; n++) {
      const packets = Math.max(1, Math.ceil(n / mtu)),
        rest = n - (packets - 1) * mtu;
      if (
        Number(x.wire_bytes(BigInt(n), BigInt(mtu), 26n)) !==
        (packets - 1) * mtu + 4 * Math.ceil(rest / 4) + 26 * packets
      )
        expect.fail(`${n} bytes, MTU ${mtu}`);
    }
  setParam(x, "c_wire", BigInt(Math.round((8000 / 32) * 65536))); // 32 Gb/s: 250 ps a byte
  expect(x.wire_time(2074n)).toBe(518500n);
});
