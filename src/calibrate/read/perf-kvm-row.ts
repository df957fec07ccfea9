import { figure, positive, whole } from "./shared/numbers.js";
import type { Line, Source } from "./shared/source.js";

/** A row of perf's table: an exit, and its average in us. */
export interface ExitRow {
  readonly name: string;
  readonly samples: number;
  readonly average_us: number;
  /** Standard error of the average by the average, in percent; undefined where the table has no such column. */
  readonly error_percent: number | undefined;
}
/** `report`: what perf prints as text, of every version. `browser`: the columns of its interactive table. */
export type Table = "report" | "browser";

/** Name, samples, two shares, two times unless it is an old version, the average and its error. */
const REPORT = new RegExp(
  String.raw`^\s*([A-Za-z][\w-]{0,39})\s+(\S{1,30})\s+(\S{1,30})%\s+(\S{1,30})%\s+(?:(\S{1,30})us\s+` +
    String.raw`(\S{1,30})us\s+)?(\S{1,30})us\s*\(\s*\+-\s*(\S{1,30})%\s*\)\s*$`,
);
/** Name, samples, their share, all their time in ns, its share, longest, shortest, average. */
const BROWSER = new RegExp(
  String.raw`^\s*([A-Za-z][\w-]{0,39})\s+(\S{1,30})\s+(\S{1,30})%\s+(\S{1,30})\s+(\S{1,30})%\s+` +
    String.raw`(\S{1,30})\s+(\S{1,30})\s+(\S{1,30})\s*$`,
);
const NAME = /^[A-Za-z][\w-]*$/,
  NUMBER = /^[-+(.\d)]/,
  SHARE = /\d%(?:\s|$)/;
const NS_PER_US = 1e3;

/**
 * A line of a table: its row, or undefined for what perf says between rows, as of exits without a name,
 * lost events or what it has written. A row that was cut or damaged is refused.
 */
export function exitRow(source: Source, line: Line, table: Table): ExitRow | undefined {
  const m = (table === "report" ? REPORT : BROWSER).exec(line.text);
  if (m !== null) return table === "report" ? reportRow(source, line, m) : browserRow(source, line, m);
  const [first, ...others] = line.text.trim().split(/\s+/);
  const named = NAME.test(first!);
  if (
    (others.length === 0 && named) ||
    (others.length > 0 && others.every((cell) => NUMBER.test(cell))) ||
    (named && SHARE.test(line.text)) ||
    source.isOpen(line)
  )
    source.refuse(line, "is not a whole row of the table: the file was cut or damaged, give all of it");
  return undefined;
}

function reportRow(source: Source, line: Line, m: RegExpExecArray): ExitRow {
  const [, name, samples, ofSamples, ofTime, min, max, average, error] = m;
  figure(source, line, "Samples%", ofSamples!);
  figure(source, line, "Time%", ofTime!);
  const row = {
    name: name!,
    samples: whole(source, line, "Samples", samples!, 1),
    average_us: positive(source, line, "Avg time", average!),
    error_percent: figure(source, line, "+-", error!),
  };
  if (min !== undefined)
    checkWithin(source, line, ["Avg time", "Min Time", "Max Time"], [`${average}us`, min, max!]);
  return row;
}

function browserRow(source: Source, line: Line, m: RegExpExecArray): ExitRow {
  const [, name, samples, ofSamples, time, ofTime, max, min, average] = m;
  figure(source, line, "Sample%", ofSamples!);
  figure(source, line, "Time%", ofTime!);
  const row = {
    name: name!,
    samples: whole(source, line, "Samples", samples!, 1),
    average_us: positive(source, line, "Mean Time (ns)", average!) / NS_PER_US,
    error_percent: undefined,
  };
  checkWithin(source, line, ["Mean Time (ns)", "Min Time (ns)", "Max Time (ns)"], [average!, min!, max!]);
  const all_ns = figure(source, line, "Time (ns)", time!);
  // A ns for each exit: the average may be printed without its fraction.
  if (Math.abs(all_ns - row.samples * row.average_us * NS_PER_US) > row.samples)
    source.refuse(
      line,
      `Time (ns) is ${time}, which is not Samples times Mean Time (ns): give perf's own output`,
    );
  return row;
}

/** Refuses an average outside its extremes; texts may end in their unit. */
function checkWithin(
  source: Source,
  line: Line,
  [name, minName, maxName]: readonly [string, string, string],
  [average, min, max]: readonly [string, string, string],
): void {
  const value = Number.parseFloat(average);
  if (value < figure(source, line, minName, min) || value > figure(source, line, maxName, max))
    source.refuse(
      line,
      `${name} is ${average}, which is not within ${minName} and ${maxName}: give perf's own output`,
    );
}
