import type { Layer } from "./layers.js";

/**
 * One figure of a testbed that the device model reads. Everything that must know such a figure is made from
 * DEVICE_VALUES: the parameter block, the schema's list, the
 * check of documents, random testbeds, the costs of
 * `--tolerance` and the table in docs/path-format.md.
 */
export interface DeviceValue {
  readonly name: string;
  /** What it measures, and so which units are legal: src/testbed/convert.ts. */
  readonly kind: "time" | "rate" | "frequency" | "size" | "name";
  /** The slot of the parameter block that holds it, or that it has a part in (COMBINED). */
  readonly param?: string;
  /** How a slot of its own holds it: whole ps, ps × 65536 (what is multiplied by a count), or an integer. */
  readonly as?: "ps" | "q16" | "integer";
  /** Least legal integer (default 0). */
  readonly least?: number;
  /** The legal values, where only some can be built. */
  readonly legal?: readonly (number | string)[];
  /** Layers that grow with it. */
  readonly layers?: readonly Layer[];
  /** What the cost is called where several layers share it. */
  readonly knob?: string;
  readonly says: string;
  /** The version of verbscope that first read it. */
  readonly since: string;
  /** What a testbed written before `since` takes instead of it, and why that is what was computed then. */
  readonly otherwise?: ({ readonly like: string } | { readonly value: number; readonly unit: string }) & {
    readonly why: string;
  };
}

const PCIE_TRAFFIC = ["hca.doorbell", "hca.wqe-fetch", "hca.complete", "dma.payload"] as const;
const time = { kind: "time", as: "ps", since: "0.1.0" } as const;
const counted = { kind: "time", as: "q16", since: "0.1.0" } as const;
const size = { kind: "size", as: "integer", since: "0.1.0" } as const;
const part = { kind: "size", since: "0.1.0" } as const;

export const DEVICE_VALUES = [
  { name: "cpu.clock", kind: "frequency", since: "0.1.0", says: "clock that values in cycles divide by" },
  { name: "pcie.gen", ...part, param: "c_pcie", legal: [1, 2, 3, 4, 5], says: "PCIe generation" },
  { name: "pcie.lanes", ...part, param: "c_pcie", legal: [1, 2, 4, 8, 16], says: "PCIe lanes" },
  {
    name: "pcie.mps",
    ...size,
    param: "mps",
    least: 1,
    legal: [128, 256, 512, 1024, 2048, 4096],
    says: "largest payload of a TLP",
  },
  { name: "pcie.mrrs", ...size, param: "mrrs", least: 1, says: "largest read request" },
  { name: "pcie.rcb", ...part, param: "chunk", says: "read completion boundary" },
  {
    name: "pcie.completion_chunk",
    kind: "name",
    since: "0.1.0",
    param: "chunk",
    legal: ["mps", "rcb"],
    says: "bytes of a read completion: those of pcie.mps or of pcie.rcb",
  },
  {
    name: "pcie.read_rtt",
    ...counted,
    param: "read_rtt",
    layers: ["hca.context", "hca.translate", "dma.payload"],
    knob: "pcie round trip",
    says: "from a read request of the HCA to the first byte of its completion",
  },
  {
    name: "pcie.write_latency",
    ...time,
    param: "write_latency",
    layers: ["dma.payload"],
    says: "from a posted write's last byte to memory",
  },
  {
    name: "wire.rate",
    kind: "rate",
    since: "0.1.0",
    param: "c_wire",
    as: "q16",
    layers: ["wire.serialize"],
    says: "data rate of the link",
  },
  {
    name: "wire.header_bytes",
    ...size,
    param: "header_bytes",
    says: "headers and check sums of each packet",
  },
  { name: "wire.mtu", ...size, param: "mtu", least: 1, says: "MTU of a QP whose path_mtu is not recorded" },
  {
    name: "wire.port",
    kind: "time",
    since: "0.1.0",
    param: "fly",
    layers: ["wire.fly"],
    says: "both ports and the cable",
  },
  { name: "wire.hop", kind: "time", since: "0.1.0", param: "fly", layers: ["wire.fly"], says: "one switch" },
  { name: "wire.hops", ...part, param: "fly", says: "switches on the way" },
  {
    name: "hca.process",
    ...time,
    param: "process",
    layers: ["hca.process"],
    says: "the send engine, for one WQE",
  },
  {
    name: "hca.rx_packet",
    ...counted,
    param: "rx_packet",
    layers: ["hca.process"],
    says: "the receive engine, for one packet",
  },
  {
    name: "hca.doorbell_latency",
    ...time,
    param: "doorbell_latency",
    layers: ["hca.doorbell"],
    says: "from a doorbell's arrival to its effect",
  },
  {
    name: "hca.wqe_fetch",
    ...time,
    param: "wqe_fetch",
    layers: ["hca.wqe-fetch"],
    says: "the device's share of reading a WQE",
  },
  {
    name: "hca.rq_fetch",
    ...time,
    param: "rq_fetch",
    layers: ["hca.wqe-fetch"],
    says: "waiting for a receive WQE, which is prefetched",
  },
  { name: "hca.atomic", ...time, param: "atomic", layers: ["hca.process"], says: "executing an atomic" },
  {
    name: "hca.complete_latency",
    ...time,
    param: "complete_latency",
    layers: ["hca.complete"],
    says: "from a CQE's write to its visibility",
  },
  {
    name: "hca.event_latency",
    ...time,
    param: "event_latency",
    layers: ["hca.complete"],
    says: "from an event to the sleeper's wake-up",
  },
  {
    name: "hca.burst_bytes",
    ...size,
    param: "burst_bytes",
    says: "payload that one QP moves before the next has its turn",
  },
  { name: "hca.qpc_entries", ...size, param: "qpc_entries", says: "entries of the cache of QP contexts" },
  { name: "hca.qpc_ways", ...size, param: "qpc_ways", least: 1, says: "ways of the cache of QP contexts" },
  { name: "hca.cqc_entries", ...size, param: "cqc_entries", says: "entries of the cache of CQ contexts" },
  { name: "hca.cqc_ways", ...size, param: "cqc_ways", least: 1, says: "ways of the cache of CQ contexts" },
  { name: "hca.mpt_entries", ...size, param: "mpt_entries", says: "entries of the cache of memory regions" },
  { name: "hca.mpt_ways", ...size, param: "mpt_ways", least: 1, says: "ways of the cache of memory regions" },
  {
    name: "hca.mtt_entries",
    ...size,
    param: "mtt_entries",
    says: "entries of the cache of page translations, 8 a line",
  },
  {
    name: "hca.mtt_ways",
    ...size,
    param: "mtt_ways",
    least: 1,
    says: "ways of the cache of page translations, 8 a line",
  },
  {
    name: "iommu.entries",
    ...size,
    param: "iommu_entries",
    says: "entries of the IOMMU's cache of translations",
  },
  {
    name: "iommu.ways",
    ...size,
    param: "iommu_ways",
    least: 1,
    says: "ways of the IOMMU's cache of translations",
  },
  {
    name: "iommu.miss",
    ...counted,
    param: "iommu_miss",
    layers: ["dma.iommu"],
    says: "the IOMMU's walk after a miss",
  },
] as const satisfies readonly DeviceValue[];

type Given = (typeof DEVICE_VALUES)[number];
/**
 * Slots that several values make together (src/replay/parameters.ts), the layers that grow with one, and the
 * values that do it.
 */
export const COMBINED = {
  c_pcie: { knob: "pcie rate", layers: PCIE_TRAFFIC, values: ["pcie.gen", "pcie.lanes", "pcie.mps"] },
  chunk: { layers: [], values: [] },
  fly: { layers: ["wire.fly"], values: ["wire.port", "wire.hop"] },
} as const;
export type CombinedParam = keyof typeof COMBINED;
export type DeviceParam = Extract<Given, { param: string }>["param"];
/** The device's slots of the parameter block, in the order of the values that they hold. */
export const DEVICE_PARAMS = [
  ...new Set(DEVICE_VALUES.flatMap((v): DeviceParam[] => ("param" in v ? [v.param] : []))),
];
/** The same without literal types, for whoever goes through them. */
export const deviceValues: readonly DeviceValue[] = DEVICE_VALUES;
/** The only values that a figure can have; undefined where it is any number. */
export const legalValues = (name: string): DeviceValue["legal"] =>
  deviceValues.find((v) => v.name === name)?.legal;
