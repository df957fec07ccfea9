import type { Verdict } from "../../compare/budget.js";
import type { Comparison } from "../../compare/compare.js";
import type { Difference } from "../../compare/differences.js";
import { differenceText, pairText, percentText, quantityText } from "../compare-values.js";
import type { Column } from "./column.js";

const NAME = 28,
  CELL = 14,
  PERCENT = 10;

type Sides = Pick<Difference, "base" | "new" | "unit">;
const sides = <T>(of: (row: T) => Sides): Column<T>[] =>
  (["base", "new"] as const).map((name) => ({
    name,
    head: name,
    width: CELL,
    unit: "count",
    value: (row) => of(row)[name],
    text: (row) => quantityText(of(row)[name], of(row).unit),
  }));

/** What two results differ in, of one kind; `safe` writes a name so that it can do no harm where it is shown. */
export const differenceColumns = (head: string, safe: (name: string) => string): Column<Difference>[] => [
  { name: "quantity", head, width: NAME, unit: "text", value: (d) => safe(d.name) },
  ...sides<Difference>((d) => d),
  {
    name: "difference",
    head: "difference",
    width: CELL,
    unit: "count",
    value: (d) => d.difference,
    text: (d) => differenceText(d.difference, d.unit),
  },
  {
    name: "percent",
    head: "",
    width: PERCENT,
    unit: "share",
    value: (d) => d.percent,
    text: (d) => percentText(d.percent),
  },
];

/** What a budget found, of which pair. */
export interface VerdictRow {
  readonly p: Comparison["pairs"][number];
  readonly v: Verdict;
}
export const verdictColumns = (safe: (name: string) => string): Column<VerdictRow>[] => [
  { name: "budget", head: "budget", unit: "text", value: ({ v }) => safe(v.budget) },
  { name: "path", head: "path", unit: "text", value: ({ p }) => safe(pairText(p)) },
  { name: "quantity", head: "quantity", unit: "text", value: ({ v }) => safe(v.quantity) },
  ...sides<VerdictRow>(({ v }) => v),
  {
    name: "worse",
    head: "worse by",
    unit: "count",
    value: ({ v }) => v.worse,
    text: ({ v }) =>
      differenceText(v.worse, v.unit) + (v.percent === null ? "" : ` (${percentText(v.percent)})`),
  },
];
