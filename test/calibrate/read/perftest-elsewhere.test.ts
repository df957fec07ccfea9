import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import { changed, fixture, refusal } from "../../support/calibrate/measured.js";

const LATENCY = fixture("perftest-send-lat.txt"),
  HDR = fixture("perftest-hdr-send-lat.txt"),
  STRICT = fixture("perftest-bw.json"),
  LOOSE = fixture("perftest-loose.json");

describe("buffers of an accelerator are refused", () => {
  const HOST =
    "but verbscope simulates buffers in the host's memory: " +
    "measure with them there, without --use_cuda and the like";
  const SAYS = `says that the buffers were an accelerator's, ${HOST}`;
  test.each([
    ["refused/perftest-cuda.txt", `m: line 1: ${SAYS}`],
    ["refused/perftest-rocm.txt", `m: line 4: ${SAYS}`],
    ["refused/perftest-rocm.json", `m: line 18: Use_ROCm_memory is "ON", ${HOST}`],
  ])("%s", (name, message) => expect(refusal(fixture(name))).toBe(message));
  test.each([
    "initializing CUDA",
    "allocated GPU buffer address at 00007f3fa4000000 pointer=0x7f3fa4000000",
    "Using ROCm Device with ID: 0, Name: AMD Instinct MI355X",
    "Allocated 65536 bytes of accelerator buffer at 0x7fe939600000 on fd 9",
    "allocated MUSA buffer of 65536 bytes at 0x7fe939600000",
    "NEURON_RT_VISIBLE_CORES is not set, setting to 0",
    "$ ib_send_lat -d mlx5_0 --use_cuda=0 node-b",
  ])("told by: %s", (said) => {
    expect(refusal(`${said}\n${LATENCY}`)).toBe(`m: line 1: ${SAYS}`);
    expect(refusal(`${LATENCY}${said}\n`)).toBe(`m: line 27: ${SAYS}`);
  });
  test("of a kind that is not known", () =>
    expect(refusal(changed(HDR, " rdma_cm", " Use Moon memory : ON\n rdma_cm"))).toBe(
      `m: line 12: Use Moon memory is "ON", ${HOST}`,
    ));
  test("and the host's are not, where a version says that it could", () => {
    const { measurements } = readMeasured("m", HDR);
    expect(
      readMeasured("m", changed(HDR, " rdma_cm", " Use ROCm memory : OFF\n rdma_cm")).measurements,
    ).toHaveLength(measurements.length);
    expect(STRICT).toContain('"Use_ROCm_memory": "OFF"');
    expect(readMeasured("m", STRICT).measurements).toHaveLength(1);
  });
});

describe("devices whose verbs are the processor's work are refused", () => {
  const SOFTWARE = (name: string): string =>
    `the device is "${name}", whose verbs are the processor's work: ` +
    "its times say nothing of an HCA, measure on hardware";
  test("in JSON", () =>
    expect(refusal(fixture("refused/perftest-rxe.json"))).toBe(`m: line 5: ${SOFTWARE("rxe0")}`));
  test.each(["rxe0", "rxe_eth0", "enp1s0_rxe", "siw0", "siw_lo", "hfi1_0", "qib0", "ipath0"])(
    "%s",
    (name) => {
      expect(refusal(changed(LATENCY, "mlx5_0", name))).toBe(`m: line 6: ${SOFTWARE(name)}`);
      expect(refusal(changed(STRICT, "mlx5_0", name))).toBe(`m: line 5: ${SOFTWARE(name)}`);
    },
  );
  test.each(["mlx5_bond_0", "mlx4_0", "rocep1s0f0", "ibp24s0", "bnxt_re0", "ionic_0", "irdma0"])(
    "%s is not",
    (name) => expect(readMeasured("m", changed(LATENCY, "mlx5_0", name)).measurements).toHaveLength(3),
  );
});

test("transports of other devices are refused", () => {
  const only = "verbscope simulates that of InfiniBand and RoCE, measure on one of them";
  expect(refusal(changed(LATENCY, "Transport type : IB", "Transport type : IW"))).toBe(
    `m: line 7: the transport is "IW", iWARP over TCP: ${only}`,
  );
  expect(refusal(changed(LOOSE, "Transport_type: IB", "Transport_type: IW"))).toMatch(/iWARP over TCP/);
  expect(refusal(changed(LATENCY, "Transport type : IB", "Transport type : USNIC"))).toBe(
    `m: line 7: the transport is "USNIC": ${only}`,
  );
});
test("buffers of MPI on a device are refused", () =>
  expect(
    refusal(
      changed(
        fixture("osu-latency.txt"),
        "# Size",
        "# Send Buffer on DEVICE (D) and Receive Buffer on DEVICE (D)\n# Size",
      ),
    ),
  ).toMatch(/^m: line 2: says that a buffer was an accelerator's, .*: measure with H H$/));
