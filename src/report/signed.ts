import { rateText, timeText } from "./bars.js";

export const MINUS = "−";

/** A difference with its sign, or 0. */
export function signedTime(ps: number): string {
  return ps === 0 ? "0" : `${ps > 0 ? "+" : MINUS}${timeText(Math.abs(ps))}`;
}
export function signedValue(value: number, unit: "ps" | "bytes/s"): string {
  if (unit === "ps") return signedTime(value);
  return value === 0 ? "0" : `${value > 0 ? "+" : MINUS}${rateText(Math.abs(value))}`;
}
export const valueText = (value: number, unit: "ps" | "bytes/s"): string =>
  unit === "ps" ? timeText(value) : rateText(value);

/** A share of something as people say it; `digits` after the point. */
export function signedPercent(x: number, digits = 1): string {
  const text = (100 * Math.abs(x)).toFixed(digits);
  return `${Number(text) === 0 ? "" : x < 0 ? MINUS : "+"}${text} %`;
}
