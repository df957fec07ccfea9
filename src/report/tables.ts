import { LAYERS } from "../abi/layers.js";
import type { Result } from "../replay/document.js";

/** One column of an exported table. `u64` values that a JSON number cannot hold come as decimal strings. */
export interface TableColumn { readonly name: string; readonly type: "text" | "u64" | "i64" | "f64"; readonly values: readonly (string | number | bigint)[] }
export interface ExportTable { readonly name: string; readonly columns: readonly TableColumn[] }

type Row = Record<string, string | number | bigint>;
function table(name: string, types: Record<string, TableColumn["type"]>, rows: readonly Row[]): ExportTable {
  return { name, columns: Object.entries(types).map(([column, type]) => ({ name: column, type, values: rows.map((r) => r[column]!) })) };
}

/** The tables of results: replays, layers, counters, operations with service and wait by layer. `result` numbers the result they come from. */
export function tablesOf(results: readonly Result[]): ExportTable[] {
  const replays: Row[] = [], layers: Row[] = [], counters: Row[] = [], operations: Row[] = [], ledgers: Row[] = [];
  results.forEach((result, i) => {
    for (const r of result.replays) {
      const of = { result: BigInt(i), path: r.path };
      replays.push({ ...of, trace: result.trace.file, testbed: result.testbed.name, makespan_ps: r.makespan_ps, data_path_start_ps: r.data_path.start_ps, data_path_end_ps: r.data_path.end_ps, bytes: r.throughput.bytes, bytes_per_s: r.data_path.bytes_per_s, ops_per_s: r.data_path.ops_per_s });
      for (const layer of LAYERS) if (r.layers[layer] !== undefined) layers.push({ ...of, layer, group: layer.slice(0, layer.indexOf(".")), ps: r.layers[layer]! });
      for (const [counter, value] of Object.entries(r.counters)) counters.push({ ...of, counter, value });
      for (const o of r.operations) {
        const key = { ...of, verb: o.verb, opcode: o.opcode, size_class: o.size_class };
        const l = o.latency_ps;
        operations.push({ ...key, count: BigInt(o.count), bytes: o.bytes, min_ps: l.min, mean_ps: l.mean, p50_ps: l.p50, p90_ps: l.p90, p99_ps: l.p99, p999_ps: l.p999, max_ps: l.max });
        for (const layer of LAYERS) if (o.service[layer] !== undefined || o.wait[layer] !== undefined) ledgers.push({ ...key, layer, service_ps: o.service[layer] ?? 0, wait_ps: o.wait[layer] ?? 0 });
      }
    }
  });
  const key = { result: "u64", path: "text" } as const, operation = { ...key, verb: "text", opcode: "text", size_class: "text" } as const;
  return [
    table("replays", { ...key, trace: "text", testbed: "text", makespan_ps: "u64", data_path_start_ps: "u64", data_path_end_ps: "u64", bytes: "u64", bytes_per_s: "f64", ops_per_s: "f64" }, replays),
    table("layers", { ...key, layer: "text", group: "text", ps: "u64" }, layers),
    table("counters", { ...key, counter: "text", value: "u64" }, counters),
    table("operations", { ...operation, count: "u64", bytes: "u64", min_ps: "u64", mean_ps: "u64", p50_ps: "u64", p90_ps: "u64", p99_ps: "u64", p999_ps: "u64", max_ps: "u64" }, operations),
    table("operation_layers", { ...operation, layer: "text", service_ps: "u64", wait_ps: "u64" }, ledgers),
  ];
}

/** RFC 4180: comma-separated, quoted where needed; text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function csvOf({ columns }: ExportTable): string {
  const cell = (v: string | number | bigint): string => {
    const text = typeof v === "string" && /^[=+\-@\t\r]/.test(v) && !/^-?\d+$/.test(v) ? `'${v}` : String(v);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = columns[0]?.values.map((_, i) => columns.map((c) => cell(c.values[i]!)).join(",")) ?? [];
  return [columns.map((c) => c.name).join(","), ...rows, ""].join("\r\n");
}
