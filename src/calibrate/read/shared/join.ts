import type { MeasuredFile, Measurement } from "./measurement.js";
import type { Source } from "./source.js";
import { median, repeatSpread } from "./spread.js";

/**
 * Repeated figures further apart than this are not of one thing:
 * between idle runs on one machine lie a few percent.
 */
const APART = 1.5;

/** Whether figures are too far apart to be of one thing. */
export const conflict = (values: readonly number[]): boolean =>
  values.reduce((a, b) => Math.max(a, b), 0) > APART * values.reduce((a, b) => Math.min(a, b), Infinity);

/**
 * Figures of the same thing become one: the median of them, with the larger of their
 * own spread and that between them. Such that conflict are refused.
 */
export function joinRepeats(source: Source, read: MeasuredFile): MeasuredFile {
  const groups = new Map<string, Measurement[]>();
  for (const m of read.measurements) {
    const key = keyOf(m),
      group = groups.get(key);
    if (group === undefined) groups.set(key, [m]);
    else group.push(m);
  }
  if (groups.size === read.measurements.length) return read;
  const joined = [...groups.values()].map((group) => (group.length === 1 ? group[0]! : join(source, group)));
  const repeats = read.measurements.length - groups.size;
  return {
    ...read,
    measurements: joined,
    notes: [
      ...read.notes,
      `${repeats} repeated figure${repeats === 1 ? " was" : "s were"} ` +
        "joined with the first of its kind, as their median",
    ],
  };
}

function join(source: Source, group: readonly Measurement[]): Measurement {
  const first = group[0]!;
  const sorted = [...group].sort((a, b) => valueOf(a) - valueOf(b)),
    low = sorted[0]!,
    high = sorted.at(-1)!;
  if (conflict(group.map(valueOf)))
    source.refuse(
      Math.max(low.at.line, high.at.line),
      `measures what line ${Math.min(low.at.line, high.at.line)} measured, ` +
        `and one is ${(valueOf(high) / valueOf(low)).toFixed(1)} times the other: ` +
        "give files without the wrong one",
    );
  const values = group.map(valueOf),
    value = median(values);
  const own = group.map((m) => m.spread).filter((s) => s !== undefined);
  const spread = Math.max(repeatSpread(values), own.length > 0 ? median(own) : 0);
  return first.kind === "run" ? { ...first, value, spread } : { ...first, value_ps: value, spread };
}

const valueOf = (m: Measurement): number => (m.kind === "run" ? m.value : m.value_ps);
/** What two figures of the same thing have in common. */
const keyOf = (m: Measurement): string =>
  JSON.stringify(
    m.kind === "run"
      ? [
          m.workload,
          m.quantity,
          m.outstandingReads ?? null,
          Object.entries(m.options)
            .filter(([name]) => name !== "iters")
            .sort(),
        ]
      : m.kind === "value"
        ? m.values
        : m.verb,
  );
