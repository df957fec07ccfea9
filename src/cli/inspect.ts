import type { CommandModule } from "yargs";
import { inspectText } from "../trace/inspect-text.js";
import { inspectTrace } from "../trace/inspect.js";
import { openTrace } from "../trace/read.js";

export const inspectCommand: CommandModule<object, { trace: string; json: boolean }> = {
  command: "inspect <trace>",
  describe: "show what is in a trace, and what is not",
  builder: (y) =>
    y.positional("trace", { type: "string", demandOption: true, describe: "trace file" })
      .option("json", { type: "boolean", default: false, describe: "as JSON" })
      .example("$0 inspect traces/ucx-tag-lat.arrow", "rows, verbs, sizes, QPs, regions, what was recorded"),
  handler: ({ trace, json }) => {
    const open = openTrace(trace);
    try {
      const seen = inspectTrace(open);
      process.stdout.write(json ? `${JSON.stringify(seen, (_k, v: unknown) => (typeof v === "bigint" ? v.toString() : v), 2)}\n` : inspectText(seen));
    } finally {
      open.close();
    }
  },
};
