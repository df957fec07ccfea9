import type { Histogram, Inspection } from "./inspect.js";

const number = new Intl.NumberFormat("en-US");
const n = (value: number): string => number.format(value);

function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  while (value >= 1024 && value % 1024 === 0 && unit < 3) {
    value /= 1024;
    unit++;
  }
  return `${n(value)} ${units[unit]}`;
}
function counts(histogram: Histogram, name = (key: string): string => key): string {
  const entries = Object.entries(histogram);
  return entries.length === 0 ? "none" : entries.map(([key, count]) => `${name(key)} × ${n(count)}`).join(", ");
}
function byCount(histogram: Histogram): Histogram {
  return Object.fromEntries(Object.entries(histogram).sort((a, b) => b[1] - a[1]));
}

/** The inspection as lines for a terminal. */
export function inspectText(i: Inspection): string {
  const { sizes, memory, sends, qps } = i;
  const lines: [string, string][] = [
    ["trace", i.file],
    ["rows", `${n(i.rows)}${i.failed > 0 ? ` (${n(i.failed)} with a status other than 0)` : ""}`],
    ["clock", `${i.clock}${i.emulated ? ", times are not those of hardware" : ""}`],
    ...i.nodes.map((node, k): [string, string] => [`node ${k}`, `${node.name}: ${i.threads.filter(([of]) => of === k).map(([, tid, rows]) => `thread ${tid} × ${n(rows)} rows`).join(", ") || "no rows"}`]),
    ["verbs", counts(byCount(i.verbs))],
    ["opcodes", counts(byCount(i.opcodes))],
    ["sends", `${n(sends.count)}, ${n(sends.signaled)} signalled, ${n(sends.inline)} inline`],
    ["sizes", sizes.count === 0 ? "none" : `min ${bytes(sizes.min)}, median ${bytes(sizes.median)}, max ${bytes(sizes.max)}; up to ${counts(sizes.classes, (k) => bytes(Number(k)))}`],
    ["post lists", counts(i.postLists, (k) => (k === "1" ? "1 WR" : `${k} WRs`))],
    ["SGEs", counts(i.sges, (k) => k)],
    ["QPs", `${counts(qps.types)}; ${n(qps.paired)} have their partner in the trace, ${n(qps.unpaired)} have not`],
    ["memory", memory.regions === 0 ? "none" : `${n(memory.regions)} regions, min ${bytes(memory.bytes.min)}, median ${bytes(memory.bytes.median)}, max ${bytes(memory.bytes.max)}; ${n(memory.pages)} pages in ${memory.runs > 0 ? n(memory.runs) : "unknown"} physical runs`],
    ["empty polls", n(i.emptyPolls)],
    ["recorded", i.fields.recorded.join(" ") || "none"],
    ["inferred", i.fields.inferred.join(" ") || "none"],
    ["assumed", i.fields.assumed.join(" ") || "none"],
    ...i.notes.map((note): [string, string] => ["note", note]),
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, text]) => `${label.padEnd(width)}  ${text}\n`).join("");
}
