import { LAYERS } from "../../abi/layers.js";
import type { Integer } from "../../numbers.js";
import type { LatencySummary } from "../../replay/log/latencies.js";
import type { Result } from "../../replay/result/document.js";
import { safe } from "../safe-text.js";

/**
 * One column of an exported table. Whole numbers have a sign, so that SQL can subtract
 * them; those that a JSON number cannot hold come as decimal strings.
 */
export interface TableColumn {
  readonly name: string;
  readonly type: "text" | "i64" | "f64";
  readonly values: readonly (string | number | bigint)[];
}
export interface ExportTable {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

type Row = Record<string, string | number | bigint>;
function table(name: string, types: Record<string, TableColumn["type"]>, rows: readonly Row[]): ExportTable {
  return {
    name,
    columns: Object.entries(types).map(([column, type]) => ({
      name: column,
      type,
      values: rows.map((r) => r[column]!),
    })),
  };
}

const LATENCY = {
  min_ps: "i64",
  mean_ps: "i64",
  p50_ps: "i64",
  p90_ps: "i64",
  p99_ps: "i64",
  p999_ps: "i64",
  max_ps: "i64",
} as const;
const latency = ({
  latency_ps: l,
}: {
  latency_ps: LatencySummary;
}): Record<keyof typeof LATENCY, Integer> => ({
  min_ps: l.min,
  mean_ps: l.mean,
  p50_ps: l.p50,
  p90_ps: l.p90,
  p99_ps: l.p99,
  p999_ps: l.p999,
  max_ps: l.max,
});

/**
 * The tables of results: replays, layers, counters, operations with service and wait by layer, and
 * latencies by queue pair where a result has them. `result` numbers the result they come from.
 */
export function tablesOf(results: readonly Result[]): ExportTable[] {
  const replays: Row[] = [],
    layers: Row[] = [],
    counters: Row[] = [],
    operations: Row[] = [],
    ledgers: Row[] = [],
    pairs: Row[] = [];
  results.forEach((result, i) => {
    for (const r of result.replays) {
      const of = { result: BigInt(i), path: r.path };
      replays.push({
        ...of,
        trace: result.trace.file,
        testbed: result.testbed.name,
        makespan_ps: r.makespan_ps,
        data_path_start_ps: r.data_path.start_ps,
        data_path_end_ps: r.data_path.end_ps,
        bytes: r.throughput.bytes,
        bytes_per_s: r.data_path.bytes_per_s,
        ops_per_s: r.data_path.ops_per_s,
      });
      for (const layer of LAYERS)
        if (r.layers[layer] !== undefined)
          layers.push({ ...of, layer, group: layer.slice(0, layer.indexOf(".")), ps: r.layers[layer]! });
      for (const [counter, value] of Object.entries(r.counters)) counters.push({ ...of, counter, value });
      for (const q of r.latencies_by_qp ?? [])
        pairs.push({
          ...of,
          node: BigInt(q.node),
          qp: BigInt(q.qp),
          verb: q.verb,
          opcode: q.opcode,
          size_class: q.size_class,
          count: BigInt(q.count),
          ...latency(q),
        });
      for (const o of r.operations) {
        const key = { ...of, verb: o.verb, opcode: o.opcode, size_class: o.size_class };
        operations.push({ ...key, count: BigInt(o.count), bytes: o.bytes, ...latency(o) });
        for (const layer of LAYERS)
          if (o.service[layer] !== undefined || o.wait[layer] !== undefined)
            ledgers.push({ ...key, layer, service_ps: o.service[layer] ?? 0, wait_ps: o.wait[layer] ?? 0 });
      }
    }
  });
  const key = { result: "i64", path: "text" } as const,
    operation = { ...key, verb: "text", opcode: "text", size_class: "text" } as const;
  return [
    table(
      "replays",
      {
        ...key,
        trace: "text",
        testbed: "text",
        makespan_ps: "i64",
        data_path_start_ps: "i64",
        data_path_end_ps: "i64",
        bytes: "i64",
        bytes_per_s: "f64",
        ops_per_s: "f64",
      },
      replays,
    ),
    table("layers", { ...key, layer: "text", group: "text", ps: "i64" }, layers),
    table("counters", { ...key, counter: "text", value: "i64" }, counters),
    table("operations", { ...operation, count: "i64", bytes: "i64", ...LATENCY }, operations),
    table("operation_layers", { ...operation, layer: "text", service_ps: "i64", wait_ps: "i64" }, ledgers),
    ...(pairs.length > 0
      ? [
          table(
            "latencies_by_qp",
            {
              ...key,
              node: "i64",
              qp: "i64",
              verb: "text",
              opcode: "text",
              size_class: "text",
              count: "i64",
              ...LATENCY,
            },
            pairs,
          ),
        ]
      : []),
  ];
}

/** What a spreadsheet would run as a formula begins with one of these, in its plain or its wide form. */
const FORMULA = /^[=+\-@＝＋－＠]/;

/**
 * RFC 4180: comma-separated, quoted where needed. Text is what a terminal may show, and
 * gets a leading apostrophe where a spreadsheet would run it as a formula.
 */
export function csvOf({ columns }: ExportTable): string {
  const cell = ({ type }: TableColumn, v: string | number | bigint): string => {
    if (type !== "text") return String(v);
    const shown = safe(String(v)),
      text = FORMULA.test(shown.trimStart()) ? `'${shown}` : shown;
    return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = columns[0]?.values.map((_, i) => columns.map((c) => cell(c, c.values[i]!)).join(",")) ?? [];
  return [columns.map((c) => c.name).join(","), ...rows, ""].join("\r\n");
}
