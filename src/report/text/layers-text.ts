import { LAYERS } from "../../abi/layers.js";
import type { ReplayResult } from "../../replay/result/result.js";
import { bar, percent, timeText } from "../bars.js";
import { type Line, NAME } from "../lines.js";
import { blocksOf } from "./path-columns.js";

/** Columns of a path: a short bar, its time and its share. */
const LEAST = 24;

/** The layer table with bars, and what differs from the first path. */
export function layers(replays: readonly ReplayResult[], width: number, line: Line): void {
  line("Where the time goes (critical path; the layers of a path sum to its makespan exactly)");
  const cell = Math.max(LEAST, Math.min(34, Math.floor((width - NAME) / replays.length))),
    barWidth = cell - 20;
  const used = LAYERS.filter((l) => replays.some((r) => r.layers[l] !== undefined));
  blocksOf(replays, width, NAME, cell).forEach((block, i) => {
    if (i > 0) line();
    line("layer".padEnd(NAME) + block.map((r) => r.path.slice(0, cell - 2).padEnd(cell)).join(""));
    for (const layer of used) {
      line(
        layer.padEnd(NAME) +
          block
            .map((r) => {
              const ps = Number(r.layers[layer] ?? 0),
                share = Number(r.makespan_ps) > 0 ? ps / Number(r.makespan_ps) : 0;
              return ps === 0
                ? "".padEnd(cell)
                : `${bar(share, barWidth)} ${timeText(ps).padStart(9)} ${percent(share).padStart(7)}`.padEnd(
                    cell,
                  );
            })
            .join(""),
      );
    }
    line(
      "total".padEnd(NAME) +
        block
          .map((r) => `${"".padEnd(barWidth)} ${timeText(Number(r.makespan_ps)).padStart(9)}`.padEnd(cell))
          .join(""),
    );
  });
  const base = replays[0];
  if (!base || replays.length < 2) return;
  line();
  line(`Difference to ${base.path} (largest first)`);
  for (const r of replays.slice(1)) {
    const deltas = used
      .map((l) => [l, Number(r.layers[l] ?? 0) - Number(base.layers[l] ?? 0)] as const)
      .filter(([, d]) => d !== 0)
      .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
      .slice(0, 6);
    line(
      `  ${r.path}: ` +
        `${deltas.map(([l, d]) => `${l} ${d > 0 ? "+" : "−"}${timeText(Math.abs(d))}`).join(", ") || "none"}`,
    );
  }
}
