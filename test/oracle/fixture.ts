import { LAYERS } from "../../src/abi/layers.js";
import { row } from "../support/random/row.js";
import { type PathDocument } from "./path.js";
import { type OracleResult, runOracle, type TestbedDocument, type VerbsRowLike } from "./run.js";

/** Every device value is its own round number of ns; PCIe moves a byte in 1 ps. */
export function testbed(over: Record<string, number | string> = {}): TestbedDocument {
  const ns = {
    "hca.process": 10,
    "hca.rx_packet": 5,
    "hca.doorbell_latency": 100,
    "hca.wqe_fetch": 200,
    "hca.rq_fetch": 70,
    "hca.atomic": 40,
    "hca.complete_latency": 30,
    "hca.event_latency": 900,
    "pcie.read_rtt": 400,
    "pcie.write_latency": 150,
    "iommu.miss": 250,
    "wire.port": 50,
    "wire.hop": 20,
    "cpu.post": 60,
    "cpu.poll": 25,
    "cpu.lock": 1000,
  };
  const plainValues = {
    "cpu.clock": 1,
    "pcie.mps": 256,
    "pcie.mrrs": 512,
    "pcie.rcb": 64,
    "pcie.completion_chunk": "mps",
    "hca.burst_bytes": 4096,
    "wire.hops": 1,
    "wire.header_bytes": 26,
    "wire.mtu": 1024,
    "hca.qpc_entries": 64,
    "hca.qpc_ways": 64,
    "hca.cqc_entries": 64,
    "hca.cqc_ways": 64,
    "hca.mpt_entries": 64,
    "hca.mpt_ways": 64,
    "hca.mtt_entries": 512,
    "hca.mtt_ways": 64,
    "iommu.entries": 64,
    "iommu.ways": 64,
  };
  const values: TestbedDocument["values"] = { "wire.rate": { value: 8, unit: "Gb/s" } };
  for (const [name, value] of Object.entries(ns)) values[name] = { value, unit: "ns" };
  for (const [name, value] of Object.entries(plainValues)) values[name] = { value, unit: "count" };
  for (const [name, value] of Object.entries(over))
    values[name] = { ...(values[name] ?? { unit: "ns" }), value };
  return { values };
}

export const PATH: PathDocument = {
  name: "tiny",
  groups: { LOCKED: [{ layer: "guest.driver", cost: "cpu.lock" }] },
  programs: {
    post_send: [
      { layer: "lib.post", cost: "cpu.post", count: "wr" },
      { use: "LOCKED", hold: "guest.lock", if: { guest_lock: "on" }, times: 2 },
      { launch: true },
    ],
    post_recv: [{ layer: "lib.post", cost: "cpu.post", count: "wr" }],
    poll_cq: [{ layer: "lib.poll", cost: "cpu.poll" }],
    req_notify_cq: [{ launch: true }],
    get_cq_event: [{ wait: "event" }, { guard: "slept", layer: "kernel.syscall", cost: "cpu.poll" }],
  },
};

export const nonZero = (ledger: readonly bigint[]): Record<string, number> =>
  Object.fromEntries(ledger.flatMap((v, i) => (v === 0n ? [] : [[LAYERS[i]!, Number(v)]])));

/** On the path and testbed of this file. */
export function replay(
  rows: VerbsRowLike[],
  over: Record<string, number | string> = {},
  mechanisms: Record<string, string> = {},
  think: "none" | "recorded" = "none",
): OracleResult {
  return runOracle({
    rows,
    path: { documents: { tiny: PATH }, path: "tiny", overrides: mechanisms },
    testbed: testbed(over),
    pcieCoefQ16: 65536n,
    think,
  });
}

/** One thread on each of two nodes, a CQ and a QP each; without the last row a QP has no partner. */
export function pair(type = 0): VerbsRowLike[] {
  return [0, 1].flatMap((node) => [
    row({ verb: "create_cq", node, call: 1, cq: 1, cqe: 10 }),
    row({
      verb: "create_qp",
      node,
      call: 2,
      qp: 5,
      cq: 1,
      rcq: 1,
      qp_type: type,
      cap_send_wr: 1,
      cap_recv_wr: 1,
      cap_send_sge: 1,
      cap_recv_sge: 1,
    }),
    row({ verb: "modify_qp", node, call: 9, qp: 5, peer_qp: 5 }),
  ]);
}
export const send = (
  call: number,
  opcode: string,
  length: number,
  more: Partial<VerbsRowLike> = {},
): VerbsRowLike =>
  row({
    verb: "post_send",
    call,
    qp: 5,
    opcode,
    length,
    num_sge: 1,
    sge: [{ addr: 0n, length, lkey: 7 }],
    flags: 1,
    ...more,
  });
export const polled = (
  call: number,
  opcode: string,
  length: number,
  more: Partial<VerbsRowLike> = {},
): VerbsRowLike => row({ verb: "poll_cq", call, qp: 5, cq: 1, opcode, length, ...more });
export const receive = (call: number, more: Partial<VerbsRowLike> = {}): VerbsRowLike =>
  row({
    verb: "post_recv",
    call,
    node: 1,
    qp: 5,
    num_sge: 1,
    sge: [{ addr: 0n, length: 4096, lkey: 7 }],
    length: 4096,
    ...more,
  });
