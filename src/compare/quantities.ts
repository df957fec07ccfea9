import { type ReplayResult, windowOf } from "../replay/result/result.js";

export const KINDS = ["total", "layer", "operation", "counter"] as const;
export type Kind = (typeof KINDS)[number];
export type Unit = "ps" | "bytes/s" | "count";

/** One whole number of a replay that a comparison looks at. */
export interface Quantity {
  readonly kind: Kind;
  readonly name: string;
  readonly unit: Unit;
  readonly value: bigint;
}
export const OPERATION_STATISTICS = ["count", "mean", "p50", "p99"] as const;

/** All quantities of a replay, by kind and name. */
export function quantitiesOf(r: ReplayResult): Map<string, Quantity> {
  const out = new Map<string, Quantity>();
  const add = (kind: Kind, name: string, unit: Unit, value: number | string | bigint): void =>
    void out.set(`${kind} ${name}`, { kind, name, unit, value: BigInt(value) });
  add("total", "total", "ps", r.makespan_ps);
  add("total", "data-path", "ps", windowOf(r));
  add("total", "throughput", "bytes/s", Math.round(r.data_path.bytes_per_s));
  if (r.memory)
    for (const name of ["access", "translation", "first_touch"] as const)
      add("total", `memory.${name}`, "ps", r.memory[`${name}_ps`]);
  for (const [layer, ps] of Object.entries(r.layers)) add("layer", layer, "ps", ps);
  for (const [counter, n] of Object.entries(r.counters)) add("counter", counter, "count", n);
  for (const o of r.operations) {
    const name = `${o.verb}:${o.opcode}:${o.size_class}`;
    for (const s of OPERATION_STATISTICS)
      add(
        "operation",
        `${name}:${s}`,
        s === "count" ? "count" : "ps",
        s === "count" ? o.count : o.latency_ps[s],
      );
  }
  return out;
}
