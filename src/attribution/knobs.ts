import { COMBINED, deviceValues } from "../abi/device-values.js";
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

interface DeviceCost {
  readonly param: Param;
  readonly layers: readonly Layer[];
  readonly values: readonly string[];
  readonly knob?: string;
}
/**
 * What the device charges: a slot of the parameter block, where it goes, and the testbed values behind it.
 */
const DEVICE: readonly DeviceCost[] = [
  ...deviceValues
    .filter((v) => v.as !== undefined && v.layers !== undefined)
    .map((v) => ({ ...v, param: v.param as Param, layers: v.layers!, values: [v.name] })),
  ...Object.entries(COMBINED).map(([param, c]) => ({ ...c, param: param as Param })),
];
/** What several layers share, so that none of them can grow without the others. */
const SHARED = DEVICE.filter((c) => c.knob !== undefined).map(
  (c): Knob => ({
    name: c.knob!,
    layers: new Set(),
    params: new Set([c.param]),
    feeds: c.layers,
    values: c.values,
  }),
);
/** Time that no machine is charged for, and what emerges from caches and page tables and not from a cost. */
const NOT_COSTS: readonly Layer[] = ["app.think", ...LAYER_GROUPS.memory!];

/** The costs of a path, in the order of LAYERS, then the shared ones. */
export function knobsOf(path: Path): Knob[] {
  const steps = [...path.programs.values()].flat();
  const own = LAYERS.filter((l) => !NOT_COSTS.includes(l)).map((layer): Knob => {
    const device = DEVICE.filter((c) => c.knob === undefined && c.layers.includes(layer)),
      costs = new Set(steps.filter((s) => s.layer === layer).map((s) => s.cost!));
    return {
      name: layer,
      layers: new Set([layer]),
      params: new Set(device.map((c) => c.param)),
      feeds: [layer],
      values: [...costs, ...device.flatMap((c) => c.values)],
    };
  });
  return [...own.filter((k) => k.values.length > 0), ...SHARED];
}
