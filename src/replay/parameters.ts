import {
  type CombinedParam,
  type DeviceParam,
  type DeviceValue,
  deviceValues,
} from "../abi/device-values.js";
import { PARAMS, type Param } from "../abi/params.js";
import type { Path } from "../path/flatten.js";
import { coefficient, completionChunk, integer, pcieCoefficient, wholePs } from "../testbed/convert.js";
import type { Testbed } from "../testbed/document.js";

/** Slots that several values make together (R4.10, R4.11, R4.18). */
const COMBINED: Record<CombinedParam, (testbed: Testbed) => bigint> = {
  c_pcie: pcieCoefficient,
  chunk: completionChunk,
  fly: (t) =>
    wholePs(t, "wire.port") + ((integer(t, "wire.hops", 0) * coefficient(t, "wire.hop", "time")) >> 16n),
};
function converted(testbed: Testbed, { name, kind, as, least = 0 }: DeviceValue): bigint {
  if (as === "integer") return integer(testbed, name, least);
  if (as === "ps") return wholePs(testbed, name);
  return coefficient(testbed, name, kind === "rate" ? "rate" : "time");
}
function deviceParameters(testbed: Testbed): Record<DeviceParam, bigint> {
  const own = deviceValues.filter((v) => v.as !== undefined).map((v) => [v.param, converted(testbed, v)]);
  const together = Object.entries(COMBINED).map(([param, of]) => [param, of(testbed)]);
  return Object.fromEntries([...own, ...together]);
}

/**
 * The parameter block of a replay: a path's device switches and a testbed's device values (R4.1.2, R4.27).
 */
export function parameters(
  testbed: Testbed,
  path: Path,
  nodes: number,
  threads: number,
  think: boolean,
): BigUint64Array {
  const m = path.mechanisms;
  const values: Record<Param, bigint> = {
    nodes: BigInt(nodes),
    threads: BigInt(threads),
    think: think ? 1n : 0n,
    ...deviceParameters(testbed),
    iommu_on: m.iommu === "on" ? 1n : 0n,
    mtt_optimal: m.mtt_policy === "optimal" && m.memory === "direct" ? 1n : 0n,
    bf_uc: m.bf_memtype === "uc" ? 1n : 0n,
  };
  return BigUint64Array.from(PARAMS, (p) => values[p]);
}
