import type { Result } from "../replay/document.js";
import type { ReplayResult } from "../replay/result.js";
import { inert, rateText, timeText } from "./bars.js";
import { layers } from "./layers-text.js";
import { wrap, type Line } from "./lines.js";
import { memoryParts, memorySummary } from "./memory-text.js";

const COUNTERS_SHOWN = [
  "vq.calls", "exits.heavy", "exits.light", "irq.injected", "interrupts", "syscalls", "doorbells.mapped", "doorbells.trapped", "blueflame.writes", "wqe.posted", "cqe.polled", "copied.bytes",
  "memlink.pages_linked", "memlink.copied_bytes", "dma.read_bytes", "dma.write_bytes", "pcie.tlps", "qpc.misses", "mpt.misses", "mtt.misses", "iotlb.misses", "wire.packets", "wire.bytes", "rnr.waits", "ops.injected",
];

/** The report for a person; `width` is the terminal's. */
export function textReport(result: Result, width = 100): string {
  const out: string[] = [];
  const line: Line = (s = "") => void out.push(s.trimEnd());
  const t = result.trace;
  line(`${inert(t.file)}: ${t.rows} rows = ${t.replayed} replayed + ${t.spin} spin + ${t.refused} refused; ${t.nodes} node${t.nodes === 1 ? "" : "s"}, ${t.threads} thread${t.threads === 1 ? "" : "s"}`);
  line(`testbed ${inert(result.testbed.name)}: ${inert(result.testbed.title)}`);
  line();
  const verbs = t.schema === "verbs/1";
  if (verbs) summary(result.replays, line);
  if (t.memory) memorySummary(result.replays, line);
  line();
  layers(result.replays, width, line);
  line();
  if (verbs) {
    operations(result.replays, line);
    line();
    counters(result.replays, line);
    line();
  }
  if (t.memory) memoryParts(t.memory, result.replays, width, line);
  line("What rests on what");
  const assumed = Object.entries(t.fields).filter(([, origin]) => origin !== "recorded").map(([name, origin]) => `${inert(name)} (${inert(origin)})`);
  if (assumed.length > 0) wrap(`not recorded: ${assumed.join(", ")}`, width, line);
  for (const note of t.notes) wrap(inert(note), width, line);
  const values = Object.values(result.testbed.values);
  const inferred = values.filter((v) => v.source.includes("inferred")).length;
  wrap(`${inferred} of ${values.length} testbed values are inferred, with a range each: verbscope testbeds show ${inert(result.testbed.name)}`, width, line);
  line();
  line(`digest ${result.digest}`);
  return out.join("\n") + "\n";
}

function summary(replays: readonly ReplayResult[], line: Line): void {
  const name = Math.max(4, ...replays.map((r) => r.path.length)) + 2;
  line(`${"path".padEnd(name)}${"makespan".padStart(11)}${"data path".padStart(12)}${"throughput".padStart(14)}${"messages/s".padStart(12)}${"one way p50".padStart(13)}${"p99".padStart(11)}${"against native".padStart(17)}`);
  for (const r of replays) {
    const main = largestMessageClass(r);
    const window = Number(r.data_path.end_ps) - Number(r.data_path.start_ps);
    const against = r.against_native ? `${r.against_native.data_path_ratio.toFixed(2)}× time` : "–";
    line(`${r.path.padEnd(name)}${timeText(Number(r.makespan_ps)).padStart(11)}${timeText(window).padStart(12)}${rateText(r.data_path.bytes_per_s).padStart(14)}${Math.round(r.data_path.ops_per_s).toString().padStart(12)}${(main ? timeText(Number(main.latency_ps.p50)) : "–").padStart(13)}${(main ? timeText(Number(main.latency_ps.p99)) : "–").padStart(11)}${against.padStart(17)}`);
  }
  line("(data path: first post_send to last completion; throughput, rate and ratio are over it. One way: sender's call to receiver's poll, or post to completion for one-sided work.)");
}

/** The class of operations that moved most bytes: messages where there are any. */
function largestMessageClass(r: ReplayResult): ReplayResult["operations"][number] | undefined {
  const of = (verb: string): ReplayResult["operations"] => r.operations.filter((o) => o.verb === verb && o.size_class !== "none");
  const candidates = of("message").length > 0 ? of("message") : of("post_send");
  return [...candidates].sort((a, b) => b.count - a.count || Number(b.bytes) - Number(a.bytes))[0];
}

function operations(replays: readonly ReplayResult[], line: Line): void {
  line("Operations (p50 of the latency; service and waiting of each are in the JSON result)");
  const keys = new Map<string, number>();
  for (const r of replays) for (const o of r.operations) if (["post_send", "message"].includes(o.verb) && o.size_class !== "none") keys.set(`${o.verb} ${o.opcode} ≤${o.size_class} B`, o.count);
  const shown = [...keys].sort((a, b) => b[1] - a[1]).slice(0, 12);
  line("operation".padEnd(40) + "count".padStart(9) + replays.map((r) => r.path.slice(0, 22).padStart(24)).join(""));
  for (const [key, n] of shown) {
    line(key.padEnd(40) + String(n).padStart(9) + replays.map((r) => {
      const o = r.operations.find((x) => `${x.verb} ${x.opcode} ≤${x.size_class} B` === key);
      return (o ? timeText(Number(o.latency_ps.p50)) : "–").padStart(24);
    }).join(""));
  }
  if (keys.size > shown.length) line(`… and ${keys.size - shown.length} more classes`);
}

function counters(replays: readonly ReplayResult[], line: Line): void {
  line("Counters");
  line("counter".padEnd(26) + replays.map((r) => r.path.slice(0, 20).padStart(22)).join(""));
  for (const c of COUNTERS_SHOWN) {
    if (replays.every((r) => Number(r.counters[c] ?? 0) === 0)) continue;
    line(c.padEnd(26) + replays.map((r) => String(r.counters[c] ?? 0).padStart(22)).join(""));
  }
}
