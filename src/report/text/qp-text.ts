import type { QpLatencies } from "../../replay/log/latencies.js";
import type { ReplayResult } from "../../replay/result/result.js";
import { timeText } from "../bars.js";
import type { Line } from "../lines.js";
import { pathColumns } from "./path-columns.js";

const SHOWN = 10;
const keyOf = (l: QpLatencies): string =>
  `node ${l.node} QP ${l.qp} ${l.verb} ${l.opcode} ≤${l.size_class} B`;

/** Latencies of the busiest queue pairs on each path. */
export function queuePairs(replays: readonly ReplayResult[], width: number, line: Line): void {
  const of = new Map(replays.map((r) => [r, new Map((r.latencies_by_qp ?? []).map((l) => [keyOf(l), l]))]));
  const counts = new Map([...of.values()].flatMap((m) => [...m].map(([key, l]) => [key, l.count] as const)));
  if (counts.size === 0) return;
  const shown = [...counts].sort((a, b) => b[1] - a[1]).slice(0, SHOWN),
    name = Math.max(...shown.map(([key]) => key.length));
  line("Latencies by queue pair (p50 / p99; the busiest first)");
  pathColumns(
    replays,
    "queue pair".padEnd(name) + "count".padStart(9),
    shown.map(([key, count]) => ({
      label: key.padEnd(name) + String(count).padStart(9),
      cell: (r) => {
        const l = of.get(r)!.get(key)?.latency_ps;
        return l ? `${timeText(Number(l.p50))} / ${timeText(Number(l.p99))}` : "–";
      },
    })),
    width,
    line,
  );
  if (counts.size > SHOWN) line(`… and ${counts.size - SHOWN} more, in the JSON result`);
  line();
}
