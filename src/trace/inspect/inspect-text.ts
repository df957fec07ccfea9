import type { Inspection } from "./inspect.js";
import { byCount, bytes, counts, type Line, loss, n, table } from "./text-lines.js";

/** The inspection as lines for a terminal. */
export function inspectText(i: Inspection): string {
  const { sizes, memory, sends, qps } = i;
  const lines: Line[] = [
    ["trace", i.file],
    ["rows", `${n(i.rows)}${i.failed > 0 ? ` (${n(i.failed)} with a status other than 0)` : ""}`],
    ["clock", `${i.clock}${i.emulated ? ", times are not those of hardware" : ""}`],
    ...i.nodes.map(
      (node, k): Line => [
        `node ${k}`,
        `${node.name}: ${
          i.threads
            .filter(([of]) => of === k)
            .map(([, tid, rows]) => `thread ${tid} × ${n(rows)} rows`)
            .join(", ") || "no rows"
        }`,
      ],
    ),
    ["verbs", counts(byCount(i.verbs))],
    ["opcodes", counts(byCount(i.opcodes))],
    ["sends", `${n(sends.count)}, ${n(sends.signaled)} signalled, ${n(sends.inline)} inline`],
    [
      "sizes",
      sizes.count === 0
        ? "none"
        : `min ${bytes(sizes.min)}, median ${bytes(sizes.median)}, ` +
          `max ${bytes(sizes.max)}; up to ${counts(sizes.classes, (k) => bytes(Number(k)))}`,
    ],
    ["post lists", counts(i.postLists, (k) => (k === "1" ? "1 WR" : `${k} WRs`))],
    ["SGEs", counts(i.sges, (k) => k)],
    [
      "QPs",
      `${counts(qps.types)}; ${n(qps.paired)} have their partner in the trace, ${n(qps.unpaired)} have not`,
    ],
    [
      "memory",
      memory.regions === 0
        ? "none"
        : `${n(memory.regions)} ${memory.regions === 1 ? "region" : "regions"}, ` +
          `min ${bytes(memory.bytes.min)}, median ${bytes(memory.bytes.median)}, ` +
          `max ${bytes(memory.bytes.max)}; ` +
          `${n(memory.pages)} ${memory.pages === 1 ? "page" : "pages"} in ` +
          `${memory.runs > 0 ? n(memory.runs) : "unknown"} physical runs`,
    ],
    ["empty polls", n(i.emptyPolls)],
  ];
  return table([...lines, ...loss(i)]);
}
