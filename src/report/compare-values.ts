import type { Verdict } from "../compare/budget.js";
import type { Difference } from "../compare/differences.js";
import { rateText, timeText } from "./bars.js";
import { MINUS, signedTime } from "./signed.js";

type Unit = Difference["unit"];
const grouped = new Intl.NumberFormat("en-US");

export function quantityText(value: number | string | null, unit: Unit): string {
  if (value === null) return "–";
  return unit === "ps"
    ? timeText(Number(value))
    : unit === "bytes/s"
      ? rateText(Number(value))
      : grouped.format(BigInt(value));
}
export function differenceText(value: number | string, unit: Unit): string {
  if (unit === "ps") return signedTime(Number(value));
  const negative = Number(value) < 0,
    size = quantityText(String(BigInt(value) < 0n ? -BigInt(value) : BigInt(value)), unit);
  return `${Number(value) === 0 ? "" : negative ? MINUS : "+"}${size}`;
}
/** Percent with as many digits as tell it from nothing. */
export function percentText(percent: number | null): string {
  if (percent === null) return "new";
  const size = Math.abs(percent),
    text = size >= 100 ? size.toFixed(0) : size >= 0.05 || size === 0 ? size.toFixed(1) : size.toPrecision(1);
  return `${percent === 0 ? "" : percent < 0 ? MINUS : "+"}${text} %`;
}

export const pairText = ({ base, new: now }: { base: string; new: string }): string =>
  base === now ? base : `${base} → ${now}`;

/** A verdict in words. */
export function verdictText(v: Verdict): string {
  const change =
    Number(v.worse) === 0
      ? "unchanged"
      : `${Number(v.worse) > 0 ? "worse" : "better"} by ` +
        `${quantityText(String(BigInt(v.worse) < 0n ? -BigInt(v.worse) : BigInt(v.worse)), v.unit)}` +
        (v.percent === null ? "" : ` (${percentText(Math.abs(v.percent)).replace("+", "")})`);
  return (
    `${v.quantity}: ${quantityText(v.base, v.unit)} → ` +
    `${quantityText(v.new, v.unit)}, ${change}, budget ${v.budget}`
  );
}

/**
 * Statistics of one class of operations that differ by the same are one row: `poll_cq:NONE:none mean, p50`.
 */
export function folded(differences: readonly Difference[]): Difference[] {
  const rows = new Map<string, Difference & { statistics: string[] }>();
  for (const d of differences) {
    const cut = d.kind === "operation" ? d.name.lastIndexOf(":") : d.name.length,
      name = d.name.slice(0, cut),
      statistic = d.name.slice(cut + 1);
    const key = JSON.stringify([d.kind, name, d.base, d.new]),
      row = rows.get(key);
    if (row) row.statistics.push(statistic);
    else rows.set(key, { ...d, name, statistics: statistic === "" ? [] : [statistic] });
  }
  return [...rows.values()].map(({ statistics, ...d }) => ({
    ...d,
    name: [d.name, statistics.join(", ")].join(" ").trim(),
  }));
}
