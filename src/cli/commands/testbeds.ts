import type { CommandModule } from "yargs";
import { builtinNames, documentFile, readText } from "../../files.js";
import { testbedTable } from "../../report/text/path-text.js";
import { sourcesText } from "../../report/text/source-text.js";
import { loadSources } from "../../sources/load.js";
import { loadTestbed } from "../../testbed/load.js";
import { print, printJson } from "../support/terminal.js";

export const testbedsCommand: CommandModule<
  object,
  { action: string; name: string | undefined; json: boolean; sources: boolean }
> = {
  builder: (y) =>
    y
      .positional("action", {
        choices: ["list", "show"] as const,
        demandOption: true,
        describe: "what to do",
      })
      .positional("name", { type: "string", describe: "testbed, by name or file" })
      .option("json", { type: "boolean", default: false, describe: "show the document itself" })
      .option("sources", {
        type: "boolean",
        default: false,
        describe: "after the values, every source that they cite, each once",
      })
      .example("$0 testbeds show thesis-2014", "every value, its range, unit and source")
      .example(
        "$0 testbeds show thesis-2014 --sources",
        "and what each source says, who published it and where",
      )
      .example(
        "$0 testbeds show modern --json > mine.json",
        "a document to edit; replay with --testbed mine.json",
      )
      .check(
        (a) =>
          a.action === "list" ||
          a.name !== undefined ||
          "testbeds show needs a name; see verbscope testbeds list",
      )
      .check((a) => !(a.json && a.sources) || "--json shows the document alone; leave out --sources"),
  handler: ({ action, name, json, sources: whole }) => {
    if (action === "list")
      for (const n of builtinNames("testbeds")) print(`${n.padEnd(14)} ${loadTestbed(n).title}\n`);
    else if (json) {
      loadTestbed(name!);
      printJson(readText(documentFile("testbeds", name!)));
    } else {
      const testbed = loadTestbed(name!),
        sources = loadSources();
      print(testbedTable(testbed, sources));
      const cited = Object.values(testbed.values).map((v) => v.source);
      if (whole) print(`\n${sourcesText(cited, sources)}`);
    }
  },
};
