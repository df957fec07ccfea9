import { type Line, quote, type Source } from "./source.js";

const DECIMAL = /^[+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})(?:[eE][+-]?\d{1,3})?$/;
const NO_NUMBER = /^[+-]?(?:nan|inf|infinity)(?:\([^)]*\))?$/i;
const COMMA = /^[+-]?\d[\d.]*,\d+$/;
const AGAIN = "measure again";
/** No tool prints more or, above 0, less, in whatever unit; within them no conversion overflows. */
const MOST = 1e18,
  LEAST = 1e-18;

/** A number of 0 or more under its column's name; anything else is refused with the reason. */
export function figure(source: Source, line: Line, column: string, text: string): number {
  const refuse = (why: string): never => source.refuse(line, `${column} is ${quote(text)}: ${why}`);
  if (NO_NUMBER.test(text)) return refuse(`it is no number, as when nothing was measured: ${AGAIN}`);
  if (COMMA.test(text))
    return refuse(
      "it has a comma, and whether that ends the whole part is not known: run the tool with LC_ALL=C",
    );
  if (!DECIMAL.test(text)) return refuse("it is not a decimal number: give the tool's own output");
  const value = Number(text);
  if (Math.abs(value) > MOST) return refuse(`it is too large: ${AGAIN}`);
  if (value < 0) return refuse(`it is negative: ${AGAIN}`);
  return value;
}
/** The same, above 0. */
export function positive(source: Source, line: Line, column: string, text: string): number {
  const value = figure(source, line, column, text);
  return value >= LEAST
    ? value
    : source.refuse(
        line,
        `${column} is ${quote(text)}: ${value > 0 ? "it is too small" : "it must be above 0"}: ${AGAIN}`,
      );
}
/** A whole number of at least `least`. */
export function whole(source: Source, line: Line, column: string, text: string, least: number): number {
  const value = figure(source, line, column, text);
  return Number.isSafeInteger(value) && value >= least
    ? value
    : source.refuse(
        line,
        `${column} is ${quote(text)}: it must be a whole number of at ` +
          `least ${least}: give the tool's own output`,
      );
}

/** Half of the last printed digit: what rounding may have changed. */
export function rounding(text: string): number {
  const [mantissa, exponent] = text.toLowerCase().split("e");
  const point = mantissa!.indexOf(".");
  return 0.5 * 10 ** ((point < 0 ? 0 : point + 1 - mantissa!.length) + Number(exponent ?? 0));
}
