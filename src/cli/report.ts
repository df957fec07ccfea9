import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CommandModule } from "yargs";
import { readResult } from "../compare/read-result.js";
import { UserError } from "../errors.js";
import { version, type Result } from "../replay/document.js";
import { TIMELINE_BUDGET } from "../replay/timeline.js";
import { foldedDifference, foldedOf } from "../report/folded.js";
import { perfettoOf } from "../report/perfetto.js";
import { speedscopeOf } from "../report/speedscope.js";
import { csvOf, tablesOf } from "../report/tables.js";
import { textReport } from "../report/text.js";
import { writeTable } from "../trace/write-table.js";
import { writeWhole } from "../trace/write-whole.js";
import { operationsTable, replayAgain } from "./replay-again.js";

interface Arguments {
  results: string[]; perfetto: string | undefined; path: string | undefined; records: number; speedscope: string | undefined;
  folded: string | undefined; "folded-base": string | undefined; arrow: string | undefined; csv: string | undefined; operations: boolean;
}

export const reportCommand: CommandModule<object, Arguments> = {
  command: "report <results..>",
  describe: "a result for people and for other tools",
  builder: (y) =>
    y.positional("results", { type: "string", array: true, demandOption: true, describe: "results of verbscope replay --json" })
      .option("perfetto", { type: "string", describe: "timeline for ui.perfetto.dev: threads, resources, operations; replays the trace again" })
      .option("path", { type: "string", describe: "path of the timeline, or of the other side of --folded-base (default: the last one)" })
      .option("records", { type: "number", default: TIMELINE_BUDGET, describe: "most records of a timeline" })
      .option("speedscope", { type: "string", describe: "layers and operations for speedscope.app" })
      .option("folded", { type: "string", describe: "folded stacks for flame graphs" })
      .option("folded-base", { type: "string", describe: "with --folded: differential stacks against this path" })
      .option("arrow", { type: "string", describe: "folder for Arrow tables: replays, layers, counters, operations, operation_layers" })
      .option("csv", { type: "string", describe: "folder for the same tables as CSV" })
      .option("operations", { type: "boolean", default: false, describe: "with --arrow or --csv: a table of every operation's latency too; replays the trace again" })
      .example("$0 report result.json", "as replay prints it")
      .example("$0 report result.json --perfetto timeline.json --path virt-ib", "what happened when")
      .example("$0 report result.json --folded diff.folded --folded-base native --path virt-ib", "for a differential flame graph")
      .example("$0 report result.json --arrow tables", "for DuckDB, pandas, Excel"),
  handler: (a) => {
    const results = a.results.map(readResult);
    if (a["folded-base"] !== undefined && a.folded === undefined) throw new UserError("report: --folded-base goes with --folded FILE");
    if (a.operations && a.arrow === undefined && a.csv === undefined) throw new UserError("report: --operations goes with --arrow or --csv");
    const written: string[] = [];
    const text = (file: string, content: string): void => {
      writeWhole(file, (sink) => sink(Buffer.from(content)));
      written.push(file);
    };
    if (a.perfetto !== undefined) text(a.perfetto, timeline(only(results, "--perfetto"), a));
    if (a.speedscope !== undefined) text(a.speedscope, speedscopeOf(results, version()));
    if (a.folded !== undefined) text(a.folded, a["folded-base"] === undefined ? foldedOf(results) : foldedDifference(results, a["folded-base"], a.path ?? lastPath(results)));
    if (a.arrow !== undefined || a.csv !== undefined) {
      const tables = [...tablesOf(results), ...(a.operations ? [operationsTable(only(results, "--operations"))] : [])];
      for (const t of tables) {
        if (a.arrow !== undefined) {
          const file = join(folder(a.arrow), `${t.name}.arrow`);
          writeTable(file, t.columns);
          written.push(file);
        }
        if (a.csv !== undefined) text(join(folder(a.csv), `${t.name}.csv`), csvOf(t));
      }
    }
    if (written.length === 0) for (const r of results) process.stdout.write(textReport(r, process.stdout.columns ?? 120));
    else process.stderr.write(`${written.join("\n")}\n`);
  },
};

const lastPath = (results: readonly Result[]): string => results.at(-1)!.replays.at(-1)!.path;
function only(results: readonly Result[], option: string): Result {
  if (results.length !== 1) throw new UserError(`report: ${option} takes one result, but ${results.length} are named; give one`);
  return results[0]!;
}
function timeline(result: Result, a: Arguments): string {
  return perfettoOf(replayAgain(result, a.path, a.records), result.trace.file);
}
function folder(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
  } catch (e) {
    throw new UserError(`${path}: cannot be made (${(e as NodeJS.ErrnoException).code}); choose a folder that is writable`);
  }
  return path;
}
