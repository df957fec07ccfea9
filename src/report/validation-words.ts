import type { GroupSummary, Verdict } from "../validate/summary.js";
import type { Validation } from "../validate/validate.js";

export const TIERS: Record<string, string> = {
  "tier 0": "arithmetic",
  "tier 1": "read at the source",
  "tier 2": "second-hand or broad",
  "tier 3": "quoted from memory",
};

/** Four digits, as far as a comparison in percent can use them. */
export const figure = (x: number): string => String(Number(x.toPrecision(4)));
export function errorOf({ error, point, within }: Verdict): string {
  if (point.tolerance.startsWith("le:") && within) return "below";
  const percent = (100 * error).toFixed(1);
  return `${error > 0 && Number(percent) !== 0 ? "+" : ""}${percent} %`
    .replace("-", "−")
    .replace("−0.0", "0.0");
}
const KINDS: Record<string, (t: string) => string> = {
  rel: (t) => `± ${t.replace("%", " %")}`,
  abs: (t) => `± ${t}`,
  in: (t) => t.replace("..", " to "),
  le: (t) => `at most ${t}`,
  factor: (t) => `factor ${t}`,
};
export function toleranceOf(text: string): string {
  const [kind, value] = text.split(":");
  return value === undefined ? text : KINDS[kind!]!(value);
}
export const share = ({ within, points }: GroupSummary): string =>
  `${within} of ${points} (${Math.round((100 * within) / points)} %)`;
export const medianOf = (g: GroupSummary): string => `${(100 * g.median_error).toFixed(1)} %`;
export const groups = ({ summary }: Validation): GroupSummary[] => [
  ...summary.tiers,
  ...summary.areas,
  summary.all,
];
export const groupName = (g: GroupSummary): string =>
  TIERS[g.group] ? `${g.group}: ${TIERS[g.group]}` : g.group;

/** What the freeze says, and whether it still holds. */
export function freezeOf({ frozen, changed }: Validation): string | undefined {
  if (!frozen) return undefined;
  const since =
    changed.length === 0
      ? "they have not changed since"
      : `since then ${changed.join(", ")} changed, so that agreement proves less`;
  return (
    `Testbeds were frozen on ${frozen.date} (commit ${frozen.commit}), ` +
    `before these points were first run; ${since}. Nothing is fitted to ` +
    `them.${frozen.note === undefined ? "" : ` ${frozen.note}`}`
  );
}
