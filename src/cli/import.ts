import type { CommandModule } from "yargs";
import { importVerbsJsonl } from "../import/verbs-jsonl.js";
import { UserError } from "../errors.js";
import { writeVerbs } from "../trace/write.js";

const FORMATS = { "verbs-jsonl": importVerbsJsonl } as const;

export const importCommand: CommandModule<object, { format: string; files: string[]; output: string; compression: "none" | "lz4" }> = {
  command: "import <format> <files..>",
  describe: "turn recorded files of one run into a trace",
  builder: (y) =>
    y.positional("format", { type: "string", choices: Object.keys(FORMATS), demandOption: true, describe: "format of the files" })
      .positional("files", { type: "string", array: true, demandOption: true, describe: "files of one run; each process becomes a node" })
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "trace to write" })
      .option("compression", { choices: ["none", "lz4"] as const, default: "none" as const, describe: "compression of the trace" })
      .example("$0 import verbs-jsonl run.server.jsonl.gz run.client.jsonl.gz -o run.arrow", "both sides of one run"),
  handler: ({ format, files, output, compression }) => {
    const read = FORMATS[format as keyof typeof FORMATS];
    if (!read) throw new UserError(`import: unknown format "${format}"; legal: ${Object.keys(FORMATS).join(", ")}`);
    const { builder, metadata } = read(files);
    writeVerbs(output, builder, metadata, { compression });
    process.stderr.write(`${output}: ${builder.rows} rows, ${metadata.nodes.length} node${metadata.nodes.length === 1 ? "" : "s"}\n`);
    for (const note of metadata.notes) process.stderr.write(`  · ${note}\n`);
  },
};
