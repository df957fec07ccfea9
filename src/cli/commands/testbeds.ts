import { readFileSync } from "node:fs";
import type { CommandModule } from "yargs";
import { builtinNames, documentFile } from "../../files.js";
import { testbedTable } from "../../report/text/path-text.js";
import { loadTestbed } from "../../testbed/load.js";

export const testbedsCommand: CommandModule<
  object,
  { action: string; name: string | undefined; json: boolean }
> = {
  command: "testbeds <action> [name]",
  describe: "list the built-in testbeds, or show one with every value's range and source",
  builder: (y) =>
    y
      .positional("action", {
        choices: ["list", "show"] as const,
        demandOption: true,
        describe: "what to do",
      })
      .positional("name", { type: "string", describe: "testbed, by name or file" })
      .option("json", { type: "boolean", default: false, describe: "show the document itself" })
      .example("$0 testbeds show thesis-2014", "every value, its range, unit and source")
      .example(
        "$0 testbeds show modern --json > mine.json",
        "a document to edit; replay with --testbed mine.json",
      )
      .check(
        (a) =>
          a.action === "list" ||
          a.name !== undefined ||
          "testbeds show needs a name; see verbscope testbeds list",
      ),
  handler: ({ action, name, json }) => {
    if (action === "list")
      for (const n of builtinNames("testbeds"))
        process.stdout.write(`${n.padEnd(14)} ${loadTestbed(n).title}\n`);
    else if (json) {
      loadTestbed(name!);
      process.stdout.write(readFileSync(documentFile("testbeds", name!), "utf8"));
    } else process.stdout.write(testbedTable(loadTestbed(name!)));
  },
};
