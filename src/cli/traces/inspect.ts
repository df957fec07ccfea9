import type { CommandModule } from "yargs";
import { exitsText } from "../../report/exits/inspect-text.js";
import { inspectTrace } from "../../trace/inspect/inspect.js";
import { inspectExits } from "../../trace/inspect/inspect-exits.js";
import { inspectMapping } from "../../trace/inspect/inspect-mapping.js";
import { mappingText } from "../../trace/inspect/inspect-mapping-text.js";
import { inspectMemory } from "../../trace/inspect/inspect-memory.js";
import { memoryText } from "../../trace/inspect/inspect-memory-text.js";
import { inspectText } from "../../trace/inspect/inspect-text.js";
import { type AnyTrace, openAnyTrace } from "../../trace/read.js";
import { inspectSet, setText } from "../support/inspect-set.js";
import { readSet } from "../support/sets.js";
import { print, printJson } from "../support/terminal.js";

/** What is seen, as JSON and as text. */
function inspect(trace: AnyTrace): { seen: object; text: () => string } {
  if (trace.kind === "verbs") {
    const seen = inspectTrace(trace);
    return { seen, text: () => inspectText(seen) };
  }
  if (trace.kind === "memory") {
    const seen = inspectMemory(trace);
    return { seen, text: () => memoryText(seen) };
  }
  if (trace.kind === "exits") {
    const seen = inspectExits(trace);
    return { seen, text: () => exitsText(seen) };
  }
  const seen = inspectMapping(trace);
  return { seen, text: () => mappingText(seen) };
}

export const inspectCommand: CommandModule<object, { trace: string; json: boolean }> = {
  builder: (y) =>
    y
      .positional("trace", {
        type: "string",
        demandOption: true,
        describe: "trace file, or a set that join made",
      })
      .option("json", { type: "boolean", default: false, describe: "as JSON" })
      .example("$0 inspect traces/ucx-tag-lat.arrow", "rows, verbs, sizes, QPs, regions, what was recorded")
      .example(
        "$0 inspect traces/hpcc-randomaccess.arrow",
        "accesses, pages, touched ranges, what was recorded",
      ),
  handler: ({ trace, json }) => {
    const set = readSet(trace);
    if (set !== undefined) {
      const seen = inspectSet(trace, set);
      show({ seen, text: () => setText(seen) }, json);
      return;
    }
    const open = openAnyTrace(trace);
    try {
      show(inspect(open), json);
    } finally {
      open.close();
    }
  },
};

function show({ seen, text }: { seen: object; text: () => string }, json: boolean): void {
  if (json)
    printJson(`${JSON.stringify(seen, (_k, v: unknown) => (typeof v === "bigint" ? v.toString() : v), 2)}\n`);
  else print(text());
}
