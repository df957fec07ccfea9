import { UserError } from "../../errors.js";
import { conflict } from "../read/shared/join.js";
import type { MeasuredFile, Measurement } from "../read/shared/measurement.js";

/** Which measurements are fitted, and which are only predicted afterwards. */
export interface Split {
  readonly fit: readonly Measurement[];
  readonly heldOut: readonly Measurement[];
}
export const HOLD_OUTS = ["half", "none"] as const;
export type HoldOut = (typeof HOLD_OUTS)[number];

export const figureOf = (m: Measurement): number => (m.kind === "run" ? m.value : m.value_ps);
const sizeOf = (m: Measurement): number => (m.kind === "run" ? (m.options.size ?? 0) : 0);

/**
 * What measurements of one series have in common: all but the
 * size. `iters` says how long was measured, not what.
 */
function seriesKey(m: Measurement): string {
  if (m.kind === "call") return JSON.stringify([m.at.file, m.verb]); // of another run: other calls
  return JSON.stringify(
    m.kind === "run"
      ? [
          m.tool,
          m.workload,
          m.quantity,
          m.outstandingReads ?? null,
          Object.entries(m.options)
            .filter(([name]) => name !== "iters" && name !== "size")
            .sort(),
        ]
      : [m.tool, m.values],
  );
}

/**
 * How a measurement's series is called in reports: `send-lat`, `write-bw
 * bandwidth 4 qps`, the values measured, or the calls.
 */
export function seriesName(m: Measurement): string {
  if (m.kind === "value") return m.values.join(" + ");
  if (m.kind === "call") return `${m.verb} calls`;
  const { qps, events, bidirectional, transport } = m.options,
    reads = m.outstandingReads;
  return [
    m.workload,
    m.quantity === "rate" ? "rate" : "",
    transport !== undefined && transport !== "RC" ? transport : "",
    (qps ?? 1) > 1 ? `${qps} queue pairs` : "",
    reads === undefined ? "" : `${reads} outstanding read${reads === 1 ? "" : "s"}`,
    events === true ? "events" : "",
    bidirectional === true ? "bidirectional" : "",
  ]
    .filter((s) => s !== "")
    .join(" ");
}

/**
 * Sorts the measurements of all files into series, by size. With `half`, every second size of a
 * series is held out, the second, the fourth and so on: the fit is judged by figures
 * that it has not seen, between those that it has. The same thing measured in two files counts
 * twice, unless one figure is 1.5 times the other, which cannot both be true.
 * @throws UserError that names both lines
 */
export function split(files: readonly MeasuredFile[], holdOut: HoldOut): Split {
  const series = new Map<string, Measurement[]>();
  for (const m of files.flatMap((f) => f.measurements)) {
    const key = seriesKey(m),
      list = series.get(key);
    if (list === undefined) series.set(key, [m]);
    else list.push(m);
  }
  const fit: Measurement[] = [],
    heldOut: Measurement[] = [];
  for (const list of series.values()) {
    const sizes = [...new Set(list.map(sizeOf))].sort((a, b) => a - b);
    sizes.forEach((size, i) => {
      const same = list.filter((m) => sizeOf(m) === size);
      refuseConflict(same);
      (holdOut === "half" && i % 2 === 1 ? heldOut : fit).push(...same);
    });
  }
  return { fit, heldOut };
}

function refuseConflict(same: readonly Measurement[]): void {
  if (!conflict(same.map(figureOf))) return;
  const sorted = [...same].sort((a, b) => figureOf(a) - figureOf(b)),
    low = sorted[0]!,
    high = sorted.at(-1)!;
  throw new UserError(
    `${high.at.file}: line ${high.at.line} measures what ${low.at.file}, ` +
      `line ${low.at.line} measured, and is ${(figureOf(high) / figureOf(low)).toFixed(1)} ` +
      "times as much: give files of one machine, without the wrong one",
  );
}
