import { SMALL } from "../../uncertainty/sensitivity.js";
import type { Sensitivity, ValueIndices } from "../../uncertainty/sensitivity-result.js";
import { bar, timeRangeText } from "../bars.js";
import { type Line, wrap } from "../lines.js";
import { safe } from "../safe-text.js";
import { MINUS, valueText } from "../signed.js";

const BAR = 24,
  CELL = 22;
/** The sentence names values until they have this much of the total together, at most three. */
const MOST_OF_IT = 0.8,
  MOST_NAMED = 3;

/** A sensitivity analysis for a person. */
export function sensitivityText(s: Sensitivity, width = 100): string {
  const out: string[] = [];
  const line: Line = (text = "") => void out.push(safe(text).trimEnd());
  const { outcome, method, evaluations: e, trace } = s,
    value = (x: number): string => (s.metric.unit === "ratio" ? x.toFixed(3) : valueText(x, s.metric.unit));
  const what =
    s.against === null
      ? `${s.metric.name} of ${s.path}`
      : `${s.metric.name} of ${s.path} against ${s.against}`;
  line(
    `${trace.file}${trace.memory_trace ? ` and ${trace.memory_trace.file}` : ""} ` +
      `on testbed ${s.testbed.name}: ${what}`,
  );
  const range =
    s.metric.unit === "ps"
      ? timeRangeText(outcome.low, outcome.high)
      : `${value(outcome.low)}–${value(outcome.high)}`;
  line(
    `${value(s.value)} on the testbed as it is; ${range} in 90 % of ` +
      `${2 * method.samples} drawn ones, ${value(outcome.median)} the median`,
  );
  line();
  wrap(sentence(s, what), width, line);
  line();
  if (s.indices.length > 0) {
    line(
      `Sobol indices (${method.samples} base points, seed ${method.seed}; ` +
        `in brackets: ${100 * method.confidence} % confidence)`,
    );
    table(s.indices, line);
    line(
      "(total: part of the variance that stays when all other values are known; " +
        "first: part that goes when this one is known. Their difference is " +
        "interaction. Below 0, or above 1, is noise of the sample.)",
    );
    line();
  }
  if (s.small.length > 0)
    wrap(
      `held, for they change less than ${100 * SMALL} % of what the largest ` +
        `changes: ${s.small.map((x) => x.value).join(", ")}`,
      width,
      line,
    );
  if (s.without_effect.length > 0) wrap(`without any effect: ${s.without_effect.join(", ")}`, width, line);
  wrap(
    `${e.screening + e.indices} outcomes (${e.screening} to screen, ` +
      `${e.indices} for the indices) took ${e.replays} replays: what a path cannot tell apart is ` +
      "replayed once",
    width,
    line,
  );
  line();
  line("What rests on what");
  for (const note of [...s.notes, ...trace.notes]) wrap(note, width, line);
  line();
  line(`digest ${s.digest}`);
  return `${out.join("\n")}\n`;
}

function sentence({ indices, without_effect, small }: Sensitivity, what: string): string {
  if (indices.length === 0) return `no value of the testbed changes the ${what}`;
  const sum = indices.reduce((n, x) => n + Math.max(0, x.total.estimate), 0),
    named: string[] = [];
  let seen = 0;
  for (const x of indices.slice(0, MOST_NAMED)) {
    if (seen >= MOST_OF_IT * sum) break;
    seen += x.total.estimate;
    named.push(`${x.value} ${named.length === 0 ? "has a part " : ""}in ${percentOf(x.total.estimate)}`);
  }
  const list = named.length > 1 ? `${named.slice(0, -1).join(", ")} and ${named.at(-1)}` : named[0];
  return (
    `of the variance of the ${what}, ${list}; ${indices.length} values have a part in ` +
    `it, ${small.length} next to none, ${without_effect.length} none`
  );
}
/** Of a part of the whole; noise of the sample can pass it. */
const percentOf = (x: number): string => `${(100 * Math.min(1, x)).toFixed(0)} %`;

/** Two digits, and no sign before 0.00. */
const signed = (x: number): string => `${Number(x.toFixed(2)) < 0 ? MINUS : ""}${Math.abs(x).toFixed(2)}`;

function table(indices: readonly ValueIndices[], line: Line): void {
  const name = Math.max(5, ...indices.map((x) => x.value.length)) + 2;
  const cell = ({ estimate, low, high }: ValueIndices["total"]): string =>
    `${signed(estimate)} [${signed(low)}, ${signed(high)}]`.padStart(CELL);
  line(`${"value".padEnd(name)}${"".padEnd(BAR)}${"total".padStart(CELL)}${"first".padStart(CELL)}`);
  for (const x of indices)
    line(
      x.value.padEnd(name) +
        `${bar(Math.min(1, Math.max(0, x.total.estimate)), BAR)}` +
        `${cell(x.total)}${cell(x.first)}`,
    );
}
