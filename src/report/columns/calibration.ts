import type { Calibration, Errors, FittedSum } from "../../calibrate/document.js";
import { percent } from "../bars.js";
import { safe } from "../safe-text.js";
import type { Column } from "./column.js";

const NAME = 20,
  CELL = 12,
  INTERVAL = 17,
  ERRORS = 26;

type Value = Calibration["values"][number];

export const number = (x: number): string => String(Number(x.toPrecision(3)));
const signed = (x: number): string => `${x < 0 ? "−" : "+"}${number(Math.abs(x))}`;
const words = <T>(name: string, head: string, width: number, value: (row: T) => string): Column<T> => ({
  name,
  head,
  width,
  unit: "text",
  words: true,
  value,
});
const interval = ({ level }: Calibration): string => `${Math.round(100 * level)} % interval`;
const restsOn = <T extends { readonly rests_on: readonly string[] }>(): Column<T> =>
  words("rests_on", "rests on", 0, (v) => v.rests_on.map(safe).join(", "));

/** A value that these measurements give by itself. */
export const valueColumns = (c: Calibration): Column<Value>[] => [
  { name: "value", head: "value", width: NAME, unit: "text", value: (v) => safe(v.value) },
  ...(["was", "now"] as const).map(
    (name): Column<Value> => ({
      name,
      head: name,
      width: CELL,
      unit: "text",
      value: (v) => `${number(v[name])} ${v.unit}`,
    }),
  ),
  words("interval", interval(c), INTERVAL, (v) => `${number(v.low)} … ${number(v.high)}`),
  restsOn(),
];

/** Values that are known together only. */
export const sumColumns = (c: Calibration): Column<FittedSum>[] => [
  { name: "value", head: "as one value", width: NAME, unit: "text", value: (s) => safe(s.value) },
  {
    name: "change",
    head: "moved by",
    width: CELL,
    unit: "text",
    value: (s) => `${signed(s.change)} ${s.unit}`,
  },
  words("interval", interval(c), INTERVAL, (s) => `${signed(s.low)} … ${signed(s.high)}`),
  restsOn(),
];

/** How far predictions are off, before and after the fit. */
export function errorColumns(base: string): Column<readonly [string, Errors]>[] {
  const figure = (
    name: string,
    head: string,
    width: number,
    of: (e: Errors) => number,
  ): Column<readonly [string, Errors]> => ({
    name,
    head,
    width,
    unit: "share",
    value: ([, e]) => of(e),
    text: ([, e]) => percent(of(e)),
  });
  return [
    {
      name: "figures_of",
      head: "How far predictions are off",
      width: ERRORS,
      unit: "text",
      value: ([name]) => name,
    },
    { name: "figures", head: "figures", width: 8, unit: "count", value: ([, e]) => e.figures },
    figure("median_before", `median on ${safe(base)}`, 26, (e) => e.before.median),
    figure("worst_before", "worst", 9, (e) => e.before.worst),
    figure("median_after", "median fitted", 16, (e) => e.after.median),
    figure("worst_after", "worst", 9, (e) => e.after.worst),
  ];
}
