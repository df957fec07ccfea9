import type { MeasuredFile, MeasuredRun } from "../shared/measurement.js";
import { type Source } from "../shared/source.js";
import { type Leaf, type Loose, looseObjects } from "./loose-json.js";
import { COLUMNS, perftestRun, TOOL } from "./perftest-figures.js";
import { describe, testOf } from "./perftest-test.js";

/** The results that count, under the names of the text's columns. Others are not read. */
const NAMES = new Map<string, string>([
  ["MsgSize", COLUMNS.size],
  ["n_iterations", COLUMNS.iters],
  ["t_min", COLUMNS.min],
  ["t_max", COLUMNS.max],
  ["t_typical", COLUMNS.typical],
  ["t_avg", COLUMNS.average],
  ["t_stdev", COLUMNS.deviation],
  ["percentile_99", COLUMNS.p99],
  ["BW_average", COLUMNS.bandwidth],
  ["MsgRate", COLUMNS.rate],
]);
const FIRST = /^\s*\{/,
  OWN = /"?test_info"?\s*:/;

export const isPerftestJson = (source: Source): boolean =>
  FIRST.test(source.lines.find((line) => line.text.trim() !== "")?.text ?? "") &&
  source.lines.some((line) => OWN.test(line.text));

/**
 * What perftest writes with --out_json: `test_info` and `results`; one object, or several after each other.
 */
export function readPerftestJson(source: Source): MeasuredFile {
  const notes = new Set<string>();
  const measurements = looseObjects(source).map((report) => readReport(source, report, notes));
  if (measurements.some((m) => m.quantity === "bandwidth"))
    notes.add("the file does not say the unit of its bandwidths: it was told from the message rates");
  return { file: source.file, tool: TOOL, measurements, notes: [...notes] };
}

function readReport(source: Source, report: Loose, notes: Set<string>): MeasuredRun {
  const info = objectOf(source, report, "test_info"),
    results = objectOf(source, report, "results");
  const title = info.members.get("test");
  if (title === undefined || !isLeaf(title))
    source.refuse(info.line, "test_info does not name the test: give perftest's own file");
  let test = testOf(source, title.line, title.text, notes);
  for (const [name, value] of info.members)
    if (isLeaf(value) && name !== "test") test = describe(source, value.line, test, name, value.text, notes);
  const row = new Map<string, string>();
  for (const [name, value] of results.members) {
    const column = NAMES.get(name);
    if (column === undefined) continue;
    row.set(
      column,
      isLeaf(value)
        ? value.text
        : source.refuse(value.line, `${name} is an object: give perftest's own file`),
    );
  }
  return perftestRun(source, results.line, test, row, undefined, [], notes);
}

const isLeaf = (value: Leaf | Loose): value is Leaf => "text" in value;
function objectOf(source: Source, report: Loose, name: string): Loose {
  const value = report.members.get(name);
  return value !== undefined && !isLeaf(value)
    ? value
    : source.refuse(
        report.line,
        `begins a report without ${name}: the file was cut or is not of one run, give perftest's own file`,
      );
}
