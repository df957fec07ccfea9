import { LAYERS } from "../../abi/layers.js";
import type { Result } from "../../replay/result/document.js";
import { type ExportTable, exportTable, type TableColumn } from "../columns/column.js";
import { MEMORY_COLUMNS, withMemory } from "../columns/memory.js";
import {
  COUNTER_COLUMNS,
  type CounterRow,
  LAYER_COLUMNS,
  type LayerRow,
  layerRows,
  OF,
  OPERATION_COLUMNS,
  OPERATION_LAYER_COLUMNS,
  type OperationRow,
  QP_COLUMNS,
  type QpRow,
} from "../columns/operations.js";
import { REPLAY_COLUMNS, replayRow } from "../columns/replays.js";
import { safe } from "../safe-text.js";

export type { ExportTable } from "../columns/column.js";

/**
 * The tables of results: replays, layers, counters, operations with service and wait by layer, and memory and
 * latencies by queue pair where a result has them. `result` numbers the result they come from.
 */
export function tablesOf(results: readonly Result[]): ExportTable[] {
  const all = results.flatMap((result, index) => result.replays.map((replay) => ({ result, index, replay })));
  const of = <T>(rows: (r: (typeof all)[number], of: { index: number; path: string }) => T[]): T[] =>
    all.flatMap((r) => rows(r, { index: r.index, path: r.replay.path }));
  const operations = of<OperationRow>(({ replay }, key) => replay.operations.map((o) => ({ ...key, o }))),
    pairs = of<QpRow>(({ replay }, key) =>
      (replay.latencies_by_qp ?? []).map((o) => ({ ...key, o, operation: o.verb })),
    ),
    memory = of(({ replay }, key) => withMemory([replay]).map((r) => ({ ...r, ...key })));
  const layers = of<LayerRow>(({ replay }, key) =>
    LAYERS.filter((l) => replay.layers[l] !== undefined).map((l) => ({
      ...key,
      layer: l,
      ps: replay.layers[l]!,
    })),
  );
  const counters = of<CounterRow>(({ replay }, key) =>
    Object.entries(replay.counters).map(([counter, value]) => ({ ...key, counter, value })),
  );
  return [
    exportTable(
      "replays",
      REPLAY_COLUMNS,
      all.map((r) => replayRow(r.replay, r.result, r.index)),
    ),
    exportTable("layers", LAYER_COLUMNS, layers),
    exportTable("counters", COUNTER_COLUMNS, counters),
    exportTable("operations", OPERATION_COLUMNS, operations),
    exportTable("operation_layers", OPERATION_LAYER_COLUMNS, operations.flatMap(layerRows)),
    ...(memory.length > 0 ? [exportTable("memory", [OF[0]!, ...MEMORY_COLUMNS], memory)] : []),
    ...(pairs.length > 0 ? [exportTable("latencies_by_qp", QP_COLUMNS, pairs)] : []),
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
