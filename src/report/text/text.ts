import { type Result, rowsLeftOut } from "../../replay/result/document.js";
import type { OperationResult, ReplayResult } from "../../replay/result/result.js";
import { inert, timeText } from "../bars.js";
import { terminalLines } from "../columns/column.js";
import { REPLAY_COLUMNS, REPLAY_NOTE, replayRow } from "../columns/replays.js";
import { leftOutSentences } from "../left-out.js";
import { hanging, type Line, wrap } from "../lines.js";
import { safe } from "../safe-text.js";
import { layers } from "./layers-text.js";
import { memoryParts, memorySummary } from "./memory-text.js";
import { pathColumns } from "./path-columns.js";
import { queuePairs } from "./qp-text.js";
import { selfCheckText } from "./self-check-text.js";
import { uncertaintyText } from "./uncertainty-text.js";

const COUNTERS_SHOWN = [
  "vq.calls",
  "exits.heavy",
  "exits.light",
  "irq.injected",
  "interrupts",
  "syscalls",
  "doorbells.mapped",
  "doorbells.trapped",
  "blueflame.writes",
  "wqe.posted",
  "cqe.polled",
  "copied.bytes",
  "memlink.pages_linked",
  "memlink.copied_bytes",
  "dma.read_bytes",
  "dma.write_bytes",
  "pcie.tlps",
  "qpc.misses",
  "mpt.misses",
  "mtt.misses",
  "iotlb.misses",
  "wire.packets",
  "wire.bytes",
  "rnr.waits",
  "ops.injected",
];

/** The report for a person; `width` is the terminal's. */
export function textReport(result: Result, width = 100): string {
  const out: string[] = [];
  // names come from files: whatever they hold, a line stays one
  const line: Line = (s = "") => void out.push(safe(s).trimEnd());
  const t = result.trace;
  line(
    `${inert(t.file)}: ${t.rows} rows = ${t.replayed} replayed + ${t.spin} spin + ${t.refused} ` +
      `refused${t.left_out ? ` + ${rowsLeftOut(t)} left out` : ""}; ` +
      `${t.nodes} node${t.nodes === 1 ? "" : "s"}, ${t.threads} thread${t.threads === 1 ? "" : "s"}`,
  );
  line(`testbed ${inert(result.testbed.name)}: ${inert(result.testbed.title)}`);
  line();
  const verbs = t.schema === "verbs/1";
  if (verbs) {
    for (const l of terminalLines(
      REPLAY_COLUMNS,
      result.replays.map((r) => replayRow(r)),
    ))
      line(l);
    hanging("(", `${REPLAY_NOTE})`, width, line);
  }
  if (t.memory) memorySummary(result.replays, width, line);
  line();
  layers(result.replays, width, line);
  line();
  uncertaintyText(result, width, line);
  if (verbs) {
    operations(result.replays, width, line);
    line();
    queuePairs(result.replays, width, line);
    counters(result.replays, width, line);
    line();
  }
  if (t.memory) memoryParts(t.memory, result.replays, width, line);
  selfCheckText(result.self_check, width, line);
  line("What rests on what");
  const assumed = Object.entries(t.fields)
    .filter(([, origin]) => origin !== "recorded")
    .map(([name, origin]) => `${inert(name)} (${inert(origin)})`);
  if (assumed.length > 0) wrap(`not recorded: ${assumed.join(", ")}`, width, line);
  for (const sentence of leftOutSentences(t)) wrap(`left out: ${inert(sentence)}`, width, line);
  for (const note of t.notes) wrap(inert(note), width, line);
  const values = Object.values(result.testbed.values);
  const inferred = values.filter((v) => v.source.includes("inferred")).length;
  wrap(
    `${inferred} of ${values.length} testbed values are inferred, ` +
      `with a range each: verbscope testbeds show ${inert(result.testbed.name)}`,
    width,
    line,
  );
  line();
  line(`digest ${result.digest}`);
  return out.join("\n") + "\n";
}

function operations(replays: readonly ReplayResult[], width: number, line: Line): void {
  line("Operations (p50 of the latency; service and waiting of each are in the JSON result)");
  const nameOf = (o: OperationResult): string => `${o.verb} ${o.opcode} ≤${o.size_class} B`,
    counts = new Map<string, number>();
  for (const r of replays)
    for (const o of r.operations)
      if (["post_send", "message"].includes(o.verb) && o.size_class !== "none")
        counts.set(nameOf(o), o.count);
  const shown = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 12),
    name = Math.max(9, ...shown.map(([key]) => key.length));
  pathColumns(
    replays,
    "operation".padEnd(name) + "count".padStart(9),
    shown.map(([key, n]) => ({
      label: key.padEnd(name) + String(n).padStart(9),
      cell: (r) => {
        const o = r.operations.find((x) => nameOf(x) === key);
        return o ? timeText(Number(o.latency_ps.p50)) : "–";
      },
    })),
    width,
    line,
  );
  if (counts.size > shown.length) line(`… and ${counts.size - shown.length} more classes`);
}

function counters(replays: readonly ReplayResult[], width: number, line: Line): void {
  line("Counters");
  const shown = COUNTERS_SHOWN.filter((c) => replays.some((r) => Number(r.counters[c] ?? 0) !== 0));
  pathColumns(
    replays,
    "counter",
    shown.map((c) => ({ label: c, cell: (r) => String(r.counters[c] ?? 0) })),
    width,
    line,
  );
}
