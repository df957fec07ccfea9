import type { FieldOrigin } from "../table/metadata.js";
import type { Histogram } from "./inspect.js";

/** A label and what it says. */
export type Line = [label: string, text: string];

const number = new Intl.NumberFormat("en-US");
export const n = (value: number): string => number.format(value);

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let unit = 0;
  while (value >= 1024 && value % 1024 === 0 && unit < 3) {
    value /= 1024;
    unit++;
  }
  return `${n(value)} ${units[unit]}`;
}
export function counts(histogram: Histogram, name = (key: string): string => key): string {
  const entries = Object.entries(histogram);
  return entries.length === 0
    ? "none"
    : entries.map(([key, count]) => `${name(key)} × ${n(count)}`).join(", ");
}
export function byCount(histogram: Histogram): Histogram {
  return Object.fromEntries(Object.entries(histogram).sort((a, b) => b[1] - a[1]));
}

/** The loss report: where the columns come from, and the notes. */
export function loss({ fields, notes }: { fields: Record<FieldOrigin, string[]>; notes: string[] }): Line[] {
  const origins = (["recorded", "inferred", "assumed"] as const).map(
    (origin): Line => [origin, fields[origin].join(" ") || "none"],
  );
  return [...origins, ...notes.map((note): Line => ["note", note])];
}

/** The lines, with the labels below each other. */
export function table(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, text]) => `${label.padEnd(width)}  ${text}\n`).join("");
}
