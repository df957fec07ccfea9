import type { CostTolerance, Tolerance } from "../../attribution/tolerance.js";
import { percent, rateText } from "../bars.js";
import { type Line, NAME, wrap } from "../lines.js";
import { safe } from "../safe-text.js";

/** Growths above this are printed as factors. */
const FACTOR = 10;

function growthText({ holds_at }: CostTolerance): string {
  if (holds_at === null) return "any";
  return holds_at >= FACTOR
    ? `×${(1 + holds_at).toFixed(0)}`
    : `+${(100 * holds_at).toFixed(holds_at >= 1 ? 0 : 1)} %`;
}

/** How much each cost may grow, the tightest first. */
export function toleranceText(t: Tolerance, width: number, line: Line): void {
  for (const p of t.paths) {
    line(
      `Tolerance on ${safe(p.path)}: growth of a cost, alone, that data-path throughput ` +
        `(${rateText(p.bytes_per_s)}) bears before it falls by ${t.threshold_percent} % (${p.replays} ` +
        "replays)",
    );
    line(
      `${"cost".padEnd(NAME)}${"may grow by".padStart(13)}${"of critical path".padStart(18)}  testbed values`,
    );
    const tight = p.costs.filter((c) => c.holds_at !== null).sort((a, b) => a.holds_at! - b.holds_at!);
    for (const c of tight)
      line(
        `${c.cost.padEnd(NAME)}${growthText(c).padStart(13)}${percent(c.critical_share).padStart(18)}  ` +
          `${safe(c.values.join(", "))}`,
      );
    const free = p.costs.filter((c) => c.holds_at === null).map((c) => c.cost);
    if (free.length > 0) wrap(`may grow a thousandfold: ${free.join(", ")}`, width, line);
    wrap(
      "the time of hca.context and hca.translate is that of the PCIe round trip, " +
        "most of dma.payload that of rate and round trip: they grow with those, " +
        "which several layers share",
      width,
      line,
    );
    line();
  }
}
