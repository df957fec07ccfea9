import type { MeasuredRun } from "../shared/measurement.js";
import { figure, positive, rounding, whole } from "../shared/numbers.js";
import { measuredRun, type RunOptions } from "../shared/run.js";
import { type Line, quote, type Source } from "../shared/source.js";
import { median, percentileSpread, sampleSpread } from "../shared/spread.js";
import type { Row } from "../shared/table.js";
import { checkSaid, type Test } from "./perftest-test.js";

export const TOOL = "perftest";
const PS_PER_US = 1e6;

/**
 * Bytes a second of one unit of perftest's bandwidth: its "MB" are 2^20 bytes,
 * which newer versions call by their name, its "Gb" 10^9 bits.
 */
const UNITS = { MB: 0x100000, MiB: 0x100000, Gb: 1e9 / 8 } as const;
export type Unit = keyof typeof UNITS;
export const isUnit = (text: string | undefined): text is Unit =>
  text !== undefined && Object.hasOwn(UNITS, text);

/**
 * Names of the columns that count, as the text has them without
 * their units; JSON's names are brought to these.
 */
export const COLUMNS = {
  size: "#bytes",
  iters: "#iterations",
  min: "t_min",
  max: "t_max",
  typical: "t_typical",
  average: "t_avg",
  deviation: "t_stdev",
  p99: "99% percentile",
  bandwidth: "BW average",
  rate: "MsgRate",
} as const;

/**
 * A row of figures as a run. `samples` are the raw ones of this row
 * in us, if any; `unit` is that of the bandwidth. What was assumed goes to `notes`.
 */
export function perftestRun(
  source: Source,
  line: Line,
  test: Test,
  row: Row,
  unit: Unit | undefined,
  samples: readonly number[],
  notes: Set<string>,
): MeasuredRun {
  checkSaid(source, line, test, notes);
  // Every cell must be a number, also those that are not used: a damaged row is not half believed.
  for (const [column, text] of row) figure(source, line, column, text);
  const latency = test.workload.endsWith("-lat");
  const size = whole(source, line, COLUMNS.size, cell(source, line, row, COLUMNS.size), 0);
  const iters = whole(source, line, COLUMNS.iters, cell(source, line, row, COLUMNS.iters), 1);
  // With several queue pairs some versions count each pair's iterations and others
  // all of them; runs of fixed duration may pass what `generate` takes.
  const options: RunOptions = {
    ...test.options,
    size,
    ...((test.options.qps ?? 1) === 1 && iters < 2 ** 31 && { iters }),
  };
  const figures = latency
    ? latencyOf(source, line, row, samples)
    : bandwidthOf(source, line, row, size, unit);
  return measuredRun(source, line, {
    tool: TOOL,
    workload: test.workload,
    options,
    // A latency test has one in flight.
    ...(test.workload === "read-bw" &&
      test.outstandingReads !== undefined && { outstandingReads: test.outstandingReads }),
    quantity: latency ? "latency" : "bandwidth",
    ...figures,
  });
}

function cell(source: Source, line: Line, row: Row, column: string): string {
  return row.get(column) ?? source.refuse(line, `has no ${column}: run the test without --output`);
}

/** The median, or the average of a run of fixed duration, which has nothing else. */
function latencyOf(
  source: Source,
  line: Line,
  row: Row,
  samples: readonly number[],
): Pick<MeasuredRun, "value" | "spread" | "note"> {
  const text = row.get(COLUMNS.typical);
  if (text === undefined)
    return {
      value: positive(source, line, COLUMNS.average, cell(source, line, row, COLUMNS.average)) * PS_PER_US,
      note: "average of a run of fixed duration",
    };
  const typical = positive(source, line, COLUMNS.typical, text);
  const min = Number(cell(source, line, row, COLUMNS.min)),
    max = Number(cell(source, line, row, COLUMNS.max));
  if (typical < min || typical > max)
    source.refuse(
      line,
      `t_typical is ${text}, which is not within t_min and t_max, ` +
        `${min} and ${max}: give the tool's own output`,
    );
  if (samples.length > 0) {
    const value = median(samples);
    // The row leaves out the two slowest samples and is rounded.
    if (Math.abs(value - typical) > 0.02 * typical + 2 * rounding(text))
      source.refuse(
        line,
        `t_typical is ${text}, but the median of the samples before it is ` +
          `${Number(value.toPrecision(6))}: give the output of one run`,
      );
    const spread = sampleSpread(samples);
    return { value: value * PS_PER_US, ...(spread !== undefined && { spread }) };
  }
  // t_stdev is too small: perftest drops what lies less than 1 us from the average. The
  // percentile knows nothing of the last percent. Neither is too large.
  const spreads = [
    Number(row.get(COLUMNS.deviation) ?? NaN) / typical,
    percentileSpread(typical, Number(row.get(COLUMNS.p99) ?? NaN)),
  ].filter((s) => !Number.isNaN(s));
  return { value: typical * PS_PER_US, ...(spreads.length > 0 && { spread: Math.max(...spreads) }) };
}

/**
 * The average. Where the message rate is printed too, both must agree, and the one with more digits counts.
 */
function bandwidthOf(
  source: Source,
  line: Line,
  row: Row,
  size: number,
  unit: Unit | undefined,
): Pick<MeasuredRun, "value"> {
  if (size === 0) source.refuse(line, "the size is 0, which has no bandwidth: measure at least 1 byte");
  const text = cell(source, line, row, COLUMNS.bandwidth),
    rateText = row.get(COLUMNS.rate);
  const average = positive(source, line, COLUMNS.bandwidth, text);
  const from = (u: Unit): { value: number; error: number } => ({
    value: average * UNITS[u],
    error: rounding(text) / average,
  });
  if (rateText === undefined)
    return {
      value: from(
        unit ??
          source.refuse(
            line,
            `has no unit and no ${COLUMNS.rate} to tell it: give the text that the test prints`,
          ),
      ).value,
    };
  const rate = Number(rateText),
    byRate = { value: rate * 1e6 * size, error: rate > 0 ? rounding(rateText) / rate : Infinity };
  // Both round what was printed; 0.5 % is far less than between
  // the units, and than between 10^6 and 2^20 bytes.
  const agrees = (u: Unit): boolean =>
    Math.abs(from(u).value - byRate.value) <=
    (0.005 + from(u).error) * from(u).value + rounding(rateText) * 1e6 * size;
  const fitting = (unit === undefined ? (["MB", "Gb"] as const) : [unit]).find(agrees);
  if (fitting === undefined)
    source.refuse(
      line,
      `${COLUMNS.bandwidth} is ${quote(text)}, which is not what ${COLUMNS.rate}, ` +
        `${quote(rateText)}, makes of messages of ${size} bytes: give the tool's own output`,
    );
  return { value: byRate.error < from(fitting).error ? byRate.value : from(fitting).value };
}
