import { LAYER_GROUPS, LAYERS, type Layer } from "../abi/layers.js";
import type { Param } from "../abi/params.js";
import type { Path } from "../path/flatten.js";

/**
 * A cost that can grow by itself: what a layer's steps and the device charge
 * to it, or a figure of the machine that several layers share.
 */
export interface Knob {
  readonly name: string;
  readonly layers: ReadonlySet<Layer>;
  readonly params: ReadonlySet<Param>;
  /** Layers whose time grows with it. */
  readonly feeds: readonly Layer[];
  /** Testbed values that it multiplies. */
  readonly values: readonly string[];
}

/** What the device charges to one layer only: its parameters, and the testbed values behind them. */
const DEVICE: Partial<Record<Layer, readonly (readonly [Param, readonly string[]])[]>> = {
  "hca.doorbell": [["doorbell_latency", ["hca.doorbell_latency"]]],
  "hca.wqe-fetch": [
    ["wqe_fetch", ["hca.wqe_fetch"]],
    ["rq_fetch", ["hca.rq_fetch"]],
  ],
  "hca.process": [
    ["process", ["hca.process"]],
    ["rx_packet", ["hca.rx_packet"]],
    ["atomic", ["hca.atomic"]],
  ],
  "hca.complete": [
    ["complete_latency", ["hca.complete_latency"]],
    ["event_latency", ["hca.event_latency"]],
  ],
  "dma.iommu": [["iommu_miss", ["iommu.miss"]]],
  "dma.payload": [["write_latency", ["pcie.write_latency"]]],
  "wire.serialize": [["c_wire", ["wire.rate"]]],
  "wire.fly": [["fly", ["wire.port", "wire.hop"]]],
};
/** What several layers share, so that none of them can grow without the others. */
const SHARED: readonly Knob[] = [
  {
    name: "pcie rate",
    layers: new Set(),
    params: new Set(["c_pcie"]),
    feeds: ["hca.doorbell", "hca.wqe-fetch", "hca.complete", "dma.payload"],
    values: ["pcie.gen", "pcie.lanes", "pcie.mps"],
  },
  {
    name: "pcie round trip",
    layers: new Set(),
    params: new Set(["read_rtt"]),
    feeds: ["hca.context", "hca.translate", "dma.payload"],
    values: ["pcie.read_rtt"],
  },
];
/** Time that no machine is charged for, and what emerges from caches and page tables and not from a cost. */
const NOT_COSTS: readonly Layer[] = ["app.think", ...LAYER_GROUPS.memory!];

/** The costs of a path, in the order of LAYERS, then the shared ones. */
export function knobsOf(path: Path): Knob[] {
  const steps = [...path.programs.values()].flat();
  const own = LAYERS.filter((l) => !NOT_COSTS.includes(l)).map((layer): Knob => {
    const device = DEVICE[layer] ?? [],
      costs = new Set(steps.filter((s) => s.layer === layer).map((s) => s.cost!));
    return {
      name: layer,
      layers: new Set([layer]),
      params: new Set(device.map(([param]) => param)),
      feeds: [layer],
      values: [...costs, ...device.flatMap(([, values]) => values)],
    };
  });
  return [...own.filter((k) => k.values.length > 0), ...SHARED];
}
