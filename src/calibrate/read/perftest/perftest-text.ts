import type { MeasuredFile, MeasuredRun } from "../shared/measurement.js";
import { positive } from "../shared/numbers.js";
import { type Line, quote, readPast, type Source } from "../shared/source.js";
import { row } from "../shared/table.js";
import { refuseAcceleratorLine } from "./elsewhere.js";
import { isUnit, perftestRun, TOOL, type Unit } from "./perftest-figures.js";
import { describe, isTitle, type Test, testOf } from "./perftest-test.js";

const HEADER = /^\s*#bytes\b/;
/** A header's columns, each without its unit; the unit apart. */
const COLUMN =
  /(#bytes|#iterations|#sl|BW [A-Za-z0-9]{1,10}|MsgRate(?: Port\d)?|t_[a-z]{1,10}|\d[\d.]{0,6}% percentile|CPU_Util|tps average)(?:\[([A-Za-z%]{1,6})(?:\/sec)?\])?/g;
const ROW = /^\s*[+-]?\d/;
const SAMPLES = /^#, ?(\w{1,20})$/,
  SAMPLE = /^\s*(\d{1,9}),\s+(\S{1,40})\s*$/;
/** "name : value", two of them on some lines. */
const MEMBER = /([A-Za-z][\w -]{0,40}?)\s*:\s*([^\s:]+)/g;
/** Versions of 2009 say these without a colon; under their later names. */
const OLD_MEMBERS: readonly (readonly [string, RegExp])[] = [
  ["Max inline data", /^Inline data is used up to (\d{1,9}) bytes? message/],
  ["Number of qps", /^Number of qp's running (\d{1,9})$/],
];
/** What perftest prints besides, which says nothing of the figures. */
const FRAME =
  /^\s*(?:-{3,}|\*{3,}|\* .*\*)?\s*$|^\s*(?:local|remote) address:|^\s*GID:|^\s*(?:Waiting for client|Please run the same|Data ex\. method|rdma_cm QPs|Mcast)/;
/** With --report_both: behind the sum of both directions come tables of each. */
const DIRECTION = /^\s*(?:Local|Remote) results:/;
const FREQUENCY = /CPU frequency|differs from nominal/i,
  WARNING = /warn|error|fail|couldn't|unable/i;

/** perftest's report for people: a description of the test, a table's header, and a row for each size. */
export function readPerftestText(source: Source): MeasuredFile {
  const reader = new Reader(source);
  for (const line of source.lines) reader.take(line);
  return reader.finish();
}
export const isPerftestText = (source: Source): boolean =>
  source.lines.some((line) => HEADER.test(line.text) || isTitle(line.text.trim()));

class Reader {
  private readonly source: Source;
  private readonly runs: MeasuredRun[] = [];
  private test: Test | undefined;
  private readonly notes = new Set<string>();
  private columns: { names: readonly string[]; unit: Unit | undefined } | undefined;
  private samples: number[] = [];
  private sampling = false;
  /** Where the last title, header or block of samples began that has no row yet. */
  private bare: Line | undefined;
  /** Whether what comes is of one direction of a test whose sum was read. */
  private direction = false;
  private warnings = 0;
  private frequencies = 0;
  private others = 0;

  constructor(source: Source) {
    this.source = source;
  }

  take(line: Line): void {
    const text = line.text.trim();
    refuseAcceleratorLine(this.source, line);
    if (isTitle(text)) this.title(line, text);
    else if (this.direction) return;
    else if (DIRECTION.test(line.text)) this.startDirection();
    else if (HEADER.test(line.text)) this.header(line);
    else if (SAMPLES.test(text)) this.startSamples(line, SAMPLES.exec(text)![1]!);
    else if (SAMPLE.test(line.text)) this.sample(line);
    else if (this.columns !== undefined && ROW.test(line.text)) this.row(line);
    else if (FREQUENCY.test(text)) this.frequencies++;
    else if (WARNING.test(text)) this.warnings++;
    else if (FRAME.test(line.text)) return;
    else this.describe(line);
  }

  private title(line: Line, text: string): void {
    this.complete();
    this.test = testOf(this.source, line, text, this.notes);
    this.columns = undefined;
    this.direction = false;
    this.bare = line;
  }
  private startDirection(): void {
    this.complete();
    this.direction = true;
    this.notes.add("the tables of each direction were read past: their sum counts");
  }
  private describe(line: Line): void {
    const text = line.text.trim(),
      old = OLD_MEMBERS.flatMap(([name, pattern]) => {
        const value = pattern.exec(text)?.[1];
        return value === undefined ? [] : [["", name, value]];
      });
    const members = old.length > 0 ? old : [...line.text.matchAll(MEMBER)];
    if (this.test !== undefined && text.startsWith("Test with events"))
      this.test = describe(this.source, line, this.test, "Test with events", "", this.notes);
    else if (this.test === undefined || this.columns !== undefined || members.length === 0) this.others++;
    else
      for (const [, name, value] of members)
        this.test = describe(this.source, line, this.test, name!, value!, this.notes);
  }

  private header(line: Line): void {
    if (this.test === undefined)
      this.source.refuse(
        line,
        "is a table without perftest's lines above it, which name the test: give the whole output",
      );
    const columns = [...line.text.matchAll(COLUMN)];
    const units = new Set(columns.map((c) => c[2]).filter(isUnit));
    if (units.size > 1)
      this.source.refuse(line, "the columns are of several units: give the tool's own output");
    const names = columns.map((c) => c[1]!),
      latency = this.test.workload.endsWith("-lat");
    if (
      new Set(names).size < names.length ||
      !names.some((n) => (latency ? /^t_(?:typical|avg)$/ : /^BW average$/).test(n))
    )
      this.source.refuse(
        line,
        "the columns are not those of a " +
          `${latency ? "latency" : "bandwidth"} test: ` +
          "give the tool's own output",
      );
    this.columns = { names, unit: [...units][0] };
    this.bare = line;
  }
  private row(line: Line): void {
    this.runs.push(
      perftestRun(
        this.source,
        line,
        this.test!,
        row(this.source, line, this.columns!.names),
        this.columns!.unit,
        this.samples,
        this.notes,
      ),
    );
    this.samples = [];
    this.sampling = false;
    this.bare = undefined;
  }

  private startSamples(line: Line, unit: string): void {
    if (this.test === undefined)
      this.source.refuse(
        line,
        "are samples without perftest's lines above them, which name the test: give the whole output",
      );
    if (unit === "cycles")
      this.source.refuse(
        line,
        "the samples are in cycles of a counter whose rate is not in the " +
          "file: run the test without --report-cycles",
      );
    if (unit !== "usec") this.source.refuse(line, `the samples are in ${quote(unit)}: give samples in usec`);
    this.samples = [];
    this.sampling = true;
    this.bare = line;
  }
  private sample(line: Line): void {
    const [, index, text] = SAMPLE.exec(line.text)!;
    if (!this.sampling)
      this.source.refuse(
        line,
        "is a sample without the line above the first that says its unit: give all samples of one run",
      );
    if (Number(index) !== this.samples.length + 1)
      this.source.refuse(
        line,
        `is sample ${Number(index)} where ${this.samples.length + 1} is due: give all samples of one run`,
      );
    this.samples.push(positive(this.source, line, "the sample", text!));
  }

  private complete(): void {
    if (this.samples.length > 0)
      this.source.refuse(
        this.bare!,
        "begins samples that no row with their size follows: the file was cut, give all of it",
      );
    if (this.bare !== undefined)
      this.source.refuse(
        this.bare,
        "begins a test that has no row of figures: " +
          "the file was cut or the test failed, give the output of a whole run",
      );
  }
  finish(): MeasuredFile {
    this.complete();
    if (this.frequencies > 0)
      this.notes.add(
        "perftest found CPU frequencies that conflict: " +
          "its times are off by their ratio if it took the wrong one",
      );
    if (this.warnings > 0) this.notes.add(readPast(this.warnings, "warnings and errors"));
    if (this.others > 0) this.notes.add(readPast(this.others, "other output"));
    return { file: this.source.file, tool: TOOL, measurements: this.runs, notes: [...this.notes] };
  }
}
