import { LAYERS, type Layer } from "../../abi/layers.js";
import type { Integer } from "../../numbers.js";
import type { LatencySummary, QpLatencies } from "../../replay/log/latencies.js";
import type { OperationResult } from "../../replay/result/result.js";
import type { Column } from "./column.js";

/** What an exported row is of: the result's number and the path. */
export interface Of {
  readonly index: number;
  readonly path: string;
}
export const OF: readonly Column<Of>[] = [
  { name: "result", type: "i64", unit: "count", value: (r) => BigInt(r.index) },
  { name: "path", type: "text", unit: "text", value: (r) => r.path },
];
interface OfClass extends Of {
  readonly o: Pick<OperationResult, "verb" | "opcode" | "size_class">;
}
const CLASS: readonly Column<OfClass>[] = (["verb", "opcode", "size_class"] as const).map((name) => ({
  name,
  type: "text",
  unit: "text",
  value: (r) => r.o[name],
}));
/** Heads of latencies; the page's table of queue pairs leaves out what stands in between. */
const LATENCIES: readonly (readonly [keyof LatencySummary, string?])[] = [
  ["min"],
  ["mean"],
  ["p50", "p50"],
  ["p90"],
  ["p99", "p99"],
  ["p999", "p99.9"],
  ["max", "max"],
];
const latencies = <T extends { readonly o: { readonly latency_ps: LatencySummary } }>(): Column<T>[] =>
  LATENCIES.map(([name, head]) => ({
    name: `${name}_ps`,
    type: "i64",
    ...(head === undefined ? {} : { head }),
    unit: "ps",
    value: (r) => r.o.latency_ps[name],
  }));

export interface OperationRow extends Of {
  readonly o: OperationResult;
}
export const OPERATION_COLUMNS: readonly Column<OperationRow>[] = [
  ...OF,
  ...CLASS,
  { name: "count", type: "i64", unit: "count", value: (r) => BigInt(r.o.count) },
  { name: "bytes", type: "i64", unit: "count", value: (r) => r.o.bytes },
  ...latencies<OperationRow>(),
];

export interface OperationLayerRow extends OperationRow {
  readonly layer: Layer;
}
export const OPERATION_LAYER_COLUMNS: readonly Column<OperationLayerRow>[] = [
  ...OF,
  ...CLASS,
  { name: "layer", type: "text", unit: "text", value: (r) => r.layer },
  { name: "service_ps", type: "i64", unit: "ps", value: (r) => r.o.service[r.layer] ?? 0 },
  { name: "wait_ps", type: "i64", unit: "ps", value: (r) => r.o.wait[r.layer] ?? 0 },
];
/** A row for each layer that a class of operations spent time in. */
export const layerRows = (row: OperationRow): OperationLayerRow[] =>
  LAYERS.filter((l) => row.o.service[l] !== undefined || row.o.wait[l] !== undefined).map((layer) => ({
    ...row,
    layer,
  }));

export interface QpRow extends Of {
  readonly o: QpLatencies;
  /** The class in words, for the page. */
  readonly operation: string;
}
export const QP_COLUMNS: readonly Column<QpRow>[] = [
  { name: "queue_pair", head: "queue pair", unit: "text", value: (r) => `node ${r.o.node}, QP ${r.o.qp}` },
  OF[0]!,
  { ...OF[1]!, head: "path" },
  { name: "operation", head: "operation", unit: "text", value: (r) => r.operation },
  { name: "node", type: "i64", unit: "count", value: (r) => BigInt(r.o.node) },
  { name: "qp", type: "i64", unit: "count", value: (r) => BigInt(r.o.qp) },
  ...CLASS,
  { name: "count", type: "i64", head: "count", unit: "count", value: (r) => BigInt(r.o.count) },
  ...latencies<QpRow>(),
];

export interface LayerRow extends Of {
  readonly layer: Layer;
  readonly ps: Integer;
}
export const LAYER_COLUMNS: readonly Column<LayerRow>[] = [
  ...OF,
  { name: "layer", type: "text", unit: "text", value: (r) => r.layer },
  { name: "group", type: "text", unit: "text", value: (r) => r.layer.slice(0, r.layer.indexOf(".")) },
  { name: "ps", type: "i64", unit: "ps", value: (r) => r.ps },
];
export interface CounterRow extends Of {
  readonly counter: string;
  readonly value: Integer;
}
export const COUNTER_COLUMNS: readonly Column<CounterRow>[] = [
  ...OF,
  { name: "counter", type: "text", unit: "text", value: (r) => r.counter },
  { name: "value", type: "i64", unit: "count", value: (r) => r.value },
];
