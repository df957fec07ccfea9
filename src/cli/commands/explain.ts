import type { CommandModule } from "yargs";
import { explain } from "../../explain/explain.js";
import { loadPath } from "../../path/load.js";
import type { Think } from "../../replay/think.js";
import { explanationText } from "../../report/explain/explain-text.js";
import { loadSources } from "../../sources/load.js";
import { loadTestbed } from "../../testbed/load.js";
import { openTrace } from "../../trace/read.js";
import { output } from "../support/output.js";
import { type MachineArguments, machineOptions } from "../support/replay-options.js";

interface Arguments extends MachineArguments {
  trace: string;
  path: string;
  op: number | undefined;
  row: number | undefined;
  think: Think;
  peer: "same" | "native";
  json: boolean;
}

export const explainCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    machineOptions(
      y
        .positional("trace", { type: "string", demandOption: true, describe: "a verbs trace" })
        .option("path", {
          type: "string",
          default: "native",
          describe: "path, by name, name+mechanism=value, or file",
        })
        .option("op", {
          type: "number",
          nargs: 1,
          describe: "number of the operation, in the order in which calls are made on this path",
        })
        .option("row", {
          type: "number",
          nargs: 1,
          describe: "row of its work request in the trace, which is the same on all paths",
        }),
    )
      .option("think", {
        choices: ["auto", "recorded", "none"] as const,
        default: "auto" as const,
        describe: "gaps between calls: as recorded, or none",
      })
      .option("peer", {
        choices: ["same", "native"] as const,
        default: "same" as const,
        describe: "path of a peer that the trace lacks",
      })
      .option("json", { type: "boolean", default: false, describe: "print the explanation as JSON, alone" })
      .example("$0 explain traces/rc-pingpong-4k.arrow", "the first message, natively")
      .example(
        "$0 explain traces/rc-pingpong-4k.arrow --path virt-ib --op 3",
        "the fourth operation, para-virtually",
      )
      .example("$0 explain traces/write-lat-8.arrow --row 2000 --json", "a row of the trace, for a program"),
  handler: (a) => {
    const path = loadPath(a.path),
      testbed = loadTestbed(a.testbed, a.set),
      trace = openTrace(a.trace);
    try {
      const explanation = explain(trace, path, testbed, {
        ...(a.op !== undefined ? { op: a.op } : {}),
        ...(a.row !== undefined ? { row: a.row } : {}),
        think: a.think,
        peer: a.peer,
      });
      output(explanation, (width) => explanationText(explanation, loadSources(), width), "explanation", {
        out: undefined,
        json: a.json,
      });
    } finally {
      trace.close();
    }
  },
};
