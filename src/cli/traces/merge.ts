import type { CommandModule } from "yargs";
import { mergeTraces } from "../../import/verbs/merge.js";
import { openTrace, type VerbsTrace } from "../../trace/read.js";
import { writeVerbs } from "../../trace/verbs/write.js";
import { checkFiles, interruptible } from "../support/files.js";
import { say } from "../support/terminal.js";

export const mergeCommand: CommandModule<object, { traces: string[]; output: string }> = {
  builder: (y) =>
    y
      .positional("traces", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "traces, in the order of their nodes",
      })
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "trace to write" })
      .example("$0 merge server.arrow client.arrow -o run.arrow", "two sides captured apart"),
  handler: async ({ traces, output }) => {
    checkFiles("merge", traces, [output]);
    const open: VerbsTrace[] = [];
    try {
      for (const file of traces) open.push(openTrace(file));
      const { builder, metadata } = mergeTraces(open);
      await interruptible(() => writeVerbs(output, builder, metadata));
      say(`${output}: ${builder.rows} rows, ${metadata.nodes.length} nodes\n`);
    } finally {
      for (const t of open) t.close();
    }
  },
};
