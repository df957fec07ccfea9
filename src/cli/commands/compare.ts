import type { CommandModule } from "yargs";
import { type Comparison, compare } from "../../compare/compare.js";
import { readResult } from "../../compare/read-result.js";
import { UserError } from "../../errors.js";
import { compareJunit } from "../../report/compare/compare-junit.js";
import { compareMarkdown } from "../../report/compare/compare-markdown.js";
import { compareText } from "../../report/compare/compare-text.js";
import { checkFiles } from "../support/files.js";
import { print, printJson } from "../support/terminal.js";

const FORMATS = ["text", "json", "markdown", "junit"] as const;
type Format = (typeof FORMATS)[number];
interface Arguments {
  base: string;
  new: string | undefined;
  "base-path": string | undefined;
  "new-path": string | undefined;
  budget: string[];
  format: Format;
  "any-trace": boolean;
}
const WRITE: Record<Format, (c: Comparison) => string> = {
  text: compareText,
  json: (c) => `${JSON.stringify(c, null, 2)}\n`,
  markdown: compareMarkdown,
  junit: compareJunit,
};

export const compareCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    y
      .positional("base", {
        type: "string",
        demandOption: true,
        describe: "result of verbscope replay --json",
      })
      .positional("new", {
        type: "string",
        describe: "result to hold against it (default: the same file, with --base-path and --new-path)",
      })
      .option("base-path", { type: "string", describe: "path of the base, when not the same on both sides" })
      .option("new-path", { type: "string", describe: "path of the new result" })
      .option("budget", {
        type: "string",
        array: true,
        default: [] as string[],
        nargs: 1,
        describe:
          "TARGET=LIMIT: a layer, layer group, layer (each), total, data-path, throughput, " +
          "counter:NAME, operation:VERB:OPCODE:SIZE:STATISTIC; 2%, 100us or a count",
      })
      .option("format", {
        choices: FORMATS,
        default: "text" as const,
        describe: "for a terminal, a program, a pull request, or a CI server",
      })
      .option("any-trace", {
        type: "boolean",
        default: false,
        describe: "compare results of different traces",
      })
      .example("$0 compare base.json new.json", "what differs, path by path")
      .example(
        "$0 compare base.json new.json --budget total=1% --budget layer=2%",
        "exit code 1 when a run is 1 % slower, or any of its layers 2 %",
      )
      .example("$0 compare result.json --base-path native --new-path memlink", "two paths of one result")
      .example(
        "$0 compare base.json new.json --budget " +
          "operation:message:SEND:4096:p99=5us --format junit > junit.xml",
        "a latency, for a CI server",
      ),
  handler: (a) => {
    checkFiles("compare", [a.base, a.new], []);
    const second = a.new ?? a.base,
      paths = {
        ...(a["base-path"] !== undefined ? { basePath: a["base-path"] } : {}),
        ...(a["new-path"] !== undefined ? { newPath: a["new-path"] } : {}),
      };
    if (a.new === undefined && Object.keys(paths).length < 2)
      throw new UserError(
        "compare: one result is named; name a second one, " +
          "or two of its paths with --base-path and --new-path",
      );
    if (a.format === "junit" && a.budget.length === 0)
      throw new UserError(
        "compare: --format junit has one test case a budget, " +
          "but there is none; give --budget, such as --budget total=1%",
      );
    const result = compare(
      readResult(a.base),
      readResult(second),
      { base: a.base, new: second },
      { ...paths, budgets: a.budget, anyTrace: a["any-trace"] },
    );
    // Before printing: whoever reads may be gone by then, and the gate's answer stands.
    process.exitCode = result.exceeded ? 1 : 0;
    (a.format === "json" ? printJson : print)(WRITE[a.format](result));
  },
};
