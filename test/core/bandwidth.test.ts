import { describe, expect, test } from "vitest";
import { generate } from "../../src/generate/generate.js";
import { loadTestbed } from "../../src/testbed/load.js";
import { bytesSource } from "../../src/trace/container/source.js";
import { openSource } from "../../src/trace/read.js";
import { encodeVerbs } from "../../src/trace/verbs/write.js";
import { completionBytes, type Gen, psPerByte, requestBytes, writeBytes } from "../support/pcie-tables.js";
import { replayOn } from "../support/replay.js";

const SIZE = 65536,
  MTU = { "thesis-2014": 2048, modern: 4096 } as const;
const ACK = 4,
  RETH = 16;

/** ps that each shared part of the path needs for one 64 KiB RDMA WRITE; the slowest bounds the rate. */
function stages(testbed: keyof typeof MTU, bidirectional: boolean): Record<string, number> {
  const v = (name: string): number => loadTestbed(testbed).values[name]!.value as number;
  const mtu = MTU[testbed],
    packets = SIZE / mtu,
    header = v("wire.header_bytes");
  const pcie = psPerByte(v("pcie.gen") as Gen, v("pcie.lanes"), v("pcie.mps")),
    wire = 8000 / v("wire.rate");
  const requests = requestBytes(SIZE, v("pcie.mrrs")),
    payload = writeBytes(SIZE, v("pcie.mps"));
  // One direction loads the sender's PCIe with requests and the
  // receiver's with payload; both directions load each with both.
  return {
    "PCIe read data": completionBytes(SIZE, v("pcie.mps")) * pcie,
    "PCIe upstream": (payload + (bidirectional ? requests : 0)) * pcie,
    wire: (SIZE + packets * header + RETH + (bidirectional ? header + ACK : 0)) * wire,
  };
}

function replayWrites(
  testbed: keyof typeof MTU,
  bidirectional: boolean,
  iters: number,
  path: string,
): number {
  const { builder, metadata } = generate("write-bw", {
    size: SIZE,
    txDepth: 128,
    iters,
    mtu: MTU[testbed],
    bidirectional,
  });
  return Number(
    replayOn(openSource(bytesSource("bw.arrow", encodeVerbs(builder, metadata))), path, { testbed }).data_path
      .end_ps,
  );
}

describe.each(["thesis-2014", "modern"] as const)(
  "ib_write_bw, 64 KiB, 128 outstanding, on %s",
  (testbed) => {
    describe.each([false, true])("bidirectional %s", (bidirectional) => {
      const parts = stages(testbed, bidirectional);
      // A sender hears of its writes when the other HCA has them: its rate is bound by
      // its own read data and the wire, and within 2 % by all parts.
      const sender = bidirectional ? Object.values(parts) : [parts["PCIe read data"]!, parts.wire!];
      const bytes = bidirectional ? 2 * SIZE : SIZE;

      test.each(["native", "memlink"])("%s sustains the closed form's rate", (path) => {
        // their difference has no ramp
        const [few, many] = [1000, 4000].map((iters) => replayWrites(testbed, bidirectional, iters, path));
        const rate = (3000 * bytes) / (many! - few!);
        const share = (of: readonly number[]): number => (rate * Math.max(...of)) / bytes;
        expect(share(Object.values(parts))).toBeGreaterThan(0.98);
        expect(share(Object.values(parts))).toBeLessThan(1.02);
        expect(share(sender)).toBeLessThan(1.0005);
      });
    });
  },
);

test("the bounds are those of the published machines", () => {
  const megabytes = Object.fromEntries(
    Object.entries(stages("thesis-2014", false)).map(([part, ps]) => [part, Math.round((SIZE / ps) * 1e6)]),
  );
  expect(megabytes).toEqual({ "PCIe read data": 3325, "PCIe upstream": 3277, wire: 3949 });
});
