import type { CommandModule } from "yargs";
import { builtinNames } from "../../files.js";
import { loadChain, loadPath, parsePathLabel } from "../../path/load.js";
import { standalone } from "../../path/standalone.js";
import { pathSources, pathTable, programsOf } from "../../report/text/path-text.js";
import { sourcesText } from "../../report/text/source-text.js";
import { loadSources } from "../../sources/load.js";
import { print, printJson } from "../support/terminal.js";

export const pathsCommand: CommandModule<
  object,
  {
    action: string;
    name: string | undefined;
    table: boolean;
    verb: string | undefined;
    sources: boolean;
  }
> = {
  builder: (y) =>
    y
      .positional("action", {
        choices: ["list", "show"] as const,
        demandOption: true,
        describe: "what to do",
      })
      .positional("name", { type: "string", describe: "path, by name, name+mechanism=value, or file" })
      .option("table", {
        type: "boolean",
        default: false,
        describe: "show the steps as a table, not as a document",
      })
      .option("verb", { type: "string", requiresArg: true, describe: "table of this verb's steps alone" })
      .option("sources", {
        type: "boolean",
        default: false,
        describe: "after the table, every source that its steps cite, each once",
      })
      .example("$0 paths show memlink > mine.json", "a document to edit; replay it with --paths mine.json")
      .example(
        "$0 paths show virt-ib --table",
        "every step with its cost, where it was read or why it is inferred",
      )
      .example(
        "$0 paths show memlink --verb reg_mr --sources",
        "one verb's steps, and the code and publications behind them",
      )
      .check(
        (a) =>
          a.action === "list" || a.name !== undefined || "paths show needs a name; see verbscope paths list",
      ),
  handler: ({ action, name, table, verb, sources: whole }) => {
    if (action === "list") {
      for (const n of builtinNames("paths"))
        if (n !== "common") print(`${n.padEnd(18)} ${loadPath(n).title}\n`);
      return;
    }
    if (table || verb !== undefined || whole) {
      const path = loadPath(name!),
        programs = programsOf(path, verb),
        sources = loadSources();
      print(pathTable(path, programs, sources));
      if (whole) print(`\n${sourcesText(pathSources(programs), sources)}`);
    } else {
      loadPath(name!); // refuses what could not be replayed
      const { name: base, overrides } = parsePathLabel(name!);
      printJson(standalone(loadChain(base), overrides));
    }
  },
};
