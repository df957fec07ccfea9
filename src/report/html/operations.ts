import type { ReplayResult } from "../../replay/result/result.js";
import { pageTable } from "../columns/column.js";
import { QP_COLUMNS, type QpRow } from "../columns/operations.js";
import { operationClasses } from "./charts/chart-latency.js";
import type { Cell, Table } from "./parts/chart.js";
import { details, table } from "./parts/elements.js";
import { type Markup, markup, NOTHING } from "./parts/markup.js";
import { counted, operationName, plural, sameClass, time } from "./parts/values.js";

/** Operations by class: how many, and their median latency on each path. */
export function operationsTable(replays: readonly ReplayResult[]): Markup {
  const classes = operationClasses(replays);
  if (classes.length === 0) return NOTHING;
  const rows = classes.map((o): Cell[] => [
    operationName(o),
    counted(o.count),
    counted(o.bytes),
    ...replays.map((r): Cell => {
      const found = r.operations.find((x) => sameClass(x, o));
      return found ? time(found.latency_ps.p50) : "–";
    }),
  ]);
  const made = (caption: string, part: Cell[][]): Table => ({
    caption,
    head: ["operation", "count", "bytes", ...replays.map((r) => `${r.path}: p50`)],
    rows: part,
  });
  const work = rows.filter((_, i) => classes[i]!.size_class !== "none"),
    calls = rows.filter((_, i) => classes[i]!.size_class === "none");
  return markup`<h3>Operations</h3>
    ${
      work.length > 0
        ? table(made("Messages and posted work: median latency", work))
        : markup`<p>No messages and no posted work.</p>`
    }
    ${
      calls.length > 0
        ? details(
            `Calls that move no bytes: ${plural(calls.length, "class", "classes")}`,
            table(made("Calls: median time", calls)),
          )
        : ""
    }${queuePairs(replays)}`;
}

/** Latencies by queue pair, where the replay kept them. */
function queuePairs(replays: readonly ReplayResult[]): Markup {
  const rows = replays.flatMap((r) =>
    (r.latencies_by_qp ?? []).map((o): QpRow => ({ index: 0, path: r.path, o, operation: operationName(o) })),
  );
  if (rows.length === 0) return NOTHING;
  const caption = "Latencies by queue pair";
  return details(caption, table({ caption, ...pageTable(QP_COLUMNS, rows) }));
}

/** All counters that count something on a path. */
export function countersTable(replays: readonly ReplayResult[]): Markup {
  const names = [...new Set(replays.flatMap((r) => Object.keys(r.counters)))],
    used = names.filter((n) => replays.some((r) => Number(r.counters[n] ?? 0) !== 0));
  if (used.length === 0) return NOTHING;
  const rows = used.map((n): Cell[] => [n, ...replays.map((r): Cell => counted(r.counters[n] ?? 0))]);
  return markup`<h3>Counters and mechanisms</h3>
    ${details(
      `${plural(used.length, "counter")} that are not 0 everywhere`,
      table({
        caption: `Counters; ${names.length - used.length} more are 0 on every path`,
        head: ["counter", ...replays.map((r) => r.path)],
        rows,
      }),
    )}${mechanisms(replays)}`;
}
function mechanisms(replays: readonly ReplayResult[]): Markup {
  const names = [...new Set(replays.flatMap((r) => Object.keys(r.mechanisms)))];
  if (names.length === 0) return NOTHING;
  return details(
    "Mechanisms of the paths",
    table({
      caption: "What each path is made of",
      head: ["mechanism", ...replays.map((r) => r.path)],
      rows: names.map((n) => [n, ...replays.map((r) => String(r.mechanisms[n] ?? "–"))]),
    }),
  );
}
