import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { CommandModule } from "yargs";
import { readAttribution } from "../../attribution/read.js";
import { UserError } from "../../errors.js";
import { refused } from "../../files.js";
import type { Result } from "../../replay/result/document.js";
import { TIMELINE_BUDGET } from "../../replay/timeline.js";
import { foldedDifference, foldedOf } from "../../report/export/folded.js";
import { perfettoOf } from "../../report/export/perfetto.js";
import { speedscopeOf } from "../../report/export/speedscope.js";
import { csvOf, tablesOf } from "../../report/export/tables.js";
import { svgCharts } from "../../report/html/charts/charts.js";
import { htmlReport } from "../../report/html/page.js";
import { textReport } from "../../report/text/text.js";
import { writeWhole } from "../../trace/container/write-whole.js";
import { arrowFile } from "../../trace/table/write-table.js";
import { version } from "../../version.js";
import { checkFiles } from "../support/files.js";
import { operationsTable, replayAgain } from "../support/replay-again.js";
import { print, say, terminalWidth } from "../support/terminal.js";
import { readWholeResult } from "../support/whole-result.js";

interface Arguments {
  results: string[];
  html: string | undefined;
  svg: string | undefined;
  attribution: string | undefined;
  title: string | undefined;
  perfetto: string | undefined;
  path: string | undefined;
  records: number;
  speedscope: string | undefined;
  folded: string | undefined;
  "folded-base": string | undefined;
  arrow: string | undefined;
  csv: string | undefined;
  operations: boolean;
}
/** Options that take one value. */
const SINGLE = [
  "html",
  "svg",
  "attribution",
  "title",
  "perfetto",
  "path",
  "records",
  "speedscope",
  "folded",
  "folded-base",
  "arrow",
  "csv",
] as const;

export const reportCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    y
      .positional("results", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "results of verbscope replay --json",
      })
      .option("html", {
        type: "string",
        requiresArg: true,
        describe: "one page to read, print and send: no scripts, nothing from elsewhere",
      })
      .option("svg", {
        type: "string",
        requiresArg: true,
        describe: "folder for the charts, or the file of one: layers.svg, difference.svg, latency.svg",
      })
      .option("attribution", {
        type: "string",
        requiresArg: true,
        describe: "with --html or --svg: a result of verbscope attribute --json to show beside",
      })
      .option("title", { type: "string", requiresArg: true, describe: "title of the page" })
      .option("perfetto", {
        type: "string",
        requiresArg: true,
        describe: "timeline for ui.perfetto.dev: threads, resources, operations; replays the trace again",
      })
      .option("path", {
        type: "string",
        requiresArg: true,
        describe: "path of the timeline, or of the other side of --folded-base (default: the last one)",
      })
      .option("records", {
        type: "number",
        requiresArg: true,
        default: TIMELINE_BUDGET,
        describe: "most records of a timeline",
      })
      .option("speedscope", {
        type: "string",
        requiresArg: true,
        describe: "layers and operations for speedscope.app",
      })
      .option("folded", { type: "string", requiresArg: true, describe: "folded stacks for flame graphs" })
      .option("folded-base", {
        type: "string",
        requiresArg: true,
        describe: "with --folded: differential stacks against this path",
      })
      .option("arrow", {
        type: "string",
        requiresArg: true,
        describe: "folder for Arrow tables: replays, layers, counters, operations, operation_layers",
      })
      .option("csv", { type: "string", requiresArg: true, describe: "folder for the same tables as CSV" })
      .option("operations", {
        type: "boolean",
        default: false,
        describe: "with --arrow or --csv: a table of every operation's latency too; replays the trace again",
      })
      .example("$0 report result.json", "as replay prints it")
      .example("$0 report result.json --html report.html --svg charts", "to publish")
      .example("$0 report result.json --perfetto timeline.json --path virt-ib", "what happened when")
      .example(
        "$0 report result.json --folded diff.folded --folded-base native --path virt-ib",
        "for a differential flame graph",
      )
      .example("$0 report result.json --arrow tables", "for DuckDB, pandas, Excel"),
  handler: (a) => {
    checkOptions(a);
    checkFiles("report", [...a.results, a.attribution], [a.html, a.perfetto, a.speedscope, a.folded]);
    const outputs = outputsOf(a.results.map(readWholeResult), a);
    checkFiles(
      "report",
      a.results,
      outputs.map((o) => o.file),
    );
    // Everything is computed before anything is written: what fails leaves no half of an answer.
    for (const { write } of outputs) write();
    if (outputs.length > 0) say(`${outputs.map((o) => o.file).join("\n")}\n`);
  },
};

/** Options that would be left unused, or used in part, are mistakes. */
function checkOptions(a: Arguments): void {
  for (const name of SINGLE)
    if (Array.isArray(a[name]))
      throw new UserError(`report: --${name} is given more than once; give it once`);
  if (a["folded-base"] !== undefined && a.folded === undefined)
    throw new UserError("report: --folded-base goes with --folded FILE");
  if (a.attribution !== undefined && a.html === undefined && a.svg === undefined)
    throw new UserError("report: --attribution goes with --html or --svg");
  if (a.title !== undefined && a.html === undefined)
    throw new UserError("report: --title goes with --html FILE");
  if (a.operations && a.arrow === undefined && a.csv === undefined)
    throw new UserError("report: --operations goes with --arrow or --csv");
  if (a.path !== undefined && a.perfetto === undefined && a["folded-base"] === undefined)
    throw new UserError("report: --path goes with --perfetto or --folded-base");
}

interface Output {
  readonly file: string;
  write(): void;
}

/** Charts in a folder; of a file `NAME.svg` the chart of that name alone. */
function chartFiles(
  where: string,
  charts: readonly { name: string; svg: string }[],
): { file: string; svg: string; folder?: string }[] {
  if (!where.endsWith(".svg"))
    return charts.map(({ name, svg }) => ({ file: join(where, `${name}.svg`), svg, folder: where }));
  const chart = charts.find((c) => c.name === basename(where, ".svg"));
  if (!chart)
    throw new UserError(
      `report: --svg ${where} is a file, but no chart is called "${basename(where, ".svg")}"; ` +
        `name a folder, or a file called ${charts.map((c) => `${c.name}.svg`).join(", ")}`,
    );
  return [{ file: where, svg: chart.svg }];
}

/** The files asked for; none: the text is printed. */
function outputsOf(results: readonly Result[], a: Arguments): Output[] {
  const out: Output[] = [];
  const add = (file: string, content: Uint8Array, folder?: string): void => {
    out.push({
      file,
      write: () => {
        if (folder !== undefined) make(folder);
        writeWhole(file, (sink) => sink(content));
      },
    });
  };
  const text = (file: string, content: string): void => add(file, Buffer.from(content));
  if (a.html !== undefined || a.svg !== undefined) {
    const options = {
      ...(a.attribution === undefined ? {} : { attribution: readAttribution(a.attribution) }),
      ...(a.title === undefined ? {} : { title: a.title }),
    };
    if (a.html !== undefined) text(a.html, htmlReport(results, options));
    if (a.svg !== undefined)
      for (const { file, svg, folder } of chartFiles(a.svg, svgCharts(results, options)))
        add(file, Buffer.from(svg), folder);
  }
  if (a.perfetto !== undefined) {
    const result = only(results, "--perfetto");
    text(a.perfetto, perfettoOf(replayAgain(result, a.path, a.records), result.trace.file));
  }
  if (a.speedscope !== undefined) text(a.speedscope, speedscopeOf(results, version()));
  if (a.folded !== undefined)
    text(
      a.folded,
      a["folded-base"] === undefined
        ? foldedOf(results)
        : foldedDifference(results, a["folded-base"], a.path ?? results.at(-1)!.replays.at(-1)!.path),
    );
  if (a.arrow !== undefined || a.csv !== undefined) {
    const tables = [
      ...tablesOf(results),
      ...(a.operations ? [operationsTable(only(results, "--operations"))] : []),
    ];
    for (const t of tables) {
      if (a.arrow !== undefined) add(join(a.arrow, `${t.name}.arrow`), arrowFile(t.columns), a.arrow);
      if (a.csv !== undefined) add(join(a.csv, `${t.name}.csv`), Buffer.from(csvOf(t)), a.csv);
    }
  }
  if (out.length === 0) for (const r of results) print(textReport(r, terminalWidth()));
  return out;
}

function only(results: readonly Result[], option: string): Result {
  if (results.length !== 1)
    throw new UserError(`report: ${option} takes one result, but ${results.length} are named; give one`);
  return results[0]!;
}
function make(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (e) {
    throw refused(folder, "made", e);
  }
}
