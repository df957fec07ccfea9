import type { CommandModule } from "yargs";
import { UserError } from "../../errors.js";
import { importMappingCsv } from "../../import/mapping/mapping-csv.js";
import type { AccessOptions } from "../../import/memory/accesses.js";
import { importLackey } from "../../import/memory/lackey.js";
import { importMemoryCsv } from "../../import/memory/memory-csv.js";
import { importVerbsJsonl } from "../../import/verbs/verbs-jsonl.js";
import { writeMapping } from "../../trace/mapping/mapping-write.js";
import { type MemorySource, writeMemory } from "../../trace/memory/memory-write.js";
import type { TraceMetadata } from "../../trace/table/metadata.js";
import { writeVerbs } from "../../trace/verbs/write.js";

interface Arguments extends AccessOptions {
  format: string;
  files: string[];
  output: string;
  compression: "none" | "lz4";
}
interface Done {
  rows: number;
  metadata: TraceMetadata;
}
type Import = (a: Arguments) => Done | Promise<Done>;

const accesses =
  (read: (file: string, options: AccessOptions) => MemorySource): Import =>
  ({ files, output, compression, skip, limit, coalesce }) =>
    writeMemory(
      output,
      read(files[0]!, {
        ...(skip === undefined ? {} : { skip }),
        ...(limit === undefined ? {} : { limit }),
        ...(coalesce === undefined ? {} : { coalesce }),
      }),
      { compression },
    );

const FORMATS: Record<string, { run: Import; many: boolean; selects: boolean }> = {
  "verbs-jsonl": {
    run: ({ files, output, compression }) => {
      const { builder, metadata } = importVerbsJsonl(files);
      writeVerbs(output, builder, metadata, { compression });
      return { rows: builder.rows, metadata };
    },
    many: true,
    selects: false,
  },
  lackey: { run: accesses(importLackey), many: false, selects: true },
  "memory-csv": { run: accesses(importMemoryCsv), many: false, selects: true },
  "mapping-csv": {
    run: async ({ files, output, compression }) => {
      const { rows, metadata } = await importMappingCsv(files[0]!);
      writeMapping(output, rows, metadata, { compression });
      return { rows: rows.length, metadata };
    },
    many: false,
    selects: false,
  },
};

export const importCommand: CommandModule<object, Arguments> = {
  command: "import <format> <files..>",
  describe: "turn a recording into a trace",
  builder: (y) =>
    y
      .positional("format", {
        type: "string",
        choices: Object.keys(FORMATS),
        demandOption: true,
        describe: "format of the files",
      })
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe:
          "verbs-jsonl: files of one run, each process becomes a node; " +
          "else one file, plain or packed (gzip, xz, zstd)",
      })
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "trace to write" })
      .option("compression", {
        choices: ["none", "lz4"] as const,
        default: "none" as const,
        describe: "compression of the trace",
      })
      .option("skip", {
        type: "number",
        describe: "lackey, memory-csv: data accesses to leave out at the start",
      })
      .option("limit", { type: "number", describe: "lackey, memory-csv: data accesses to take at most" })
      .option("coalesce", {
        type: "boolean",
        describe: "lackey, memory-csv: join the elements of rep movs and rep stos; --no-coalesce keeps them",
      })
      .example(
        "$0 import verbs-jsonl run.server.jsonl.gz run.client.jsonl.gz -o run.arrow",
        "both sides of one run",
      )
      .example(
        "$0 import lackey sort.txt.zst --limit 10000000 -o sort.arrow",
        "output of valgrind --tool=lackey --trace-mem=yes sort … 2>&1",
      )
      .example("$0 import memory-csv sort.csv.xz -o sort.arrow", "lines of op,addr_hex,size,igap")
      .example("$0 import mapping-csv pages.csv -o pages.arrow", "a page map: vaddr,bytes,leaf,frame,domain"),
  handler: async (a) => {
    const format = FORMATS[a.format];
    if (!format)
      throw new UserError(`import: unknown format "${a.format}"; legal: ${Object.keys(FORMATS).join(", ")}`);
    if (!format.many && a.files.length !== 1)
      throw new UserError(
        `import ${a.format}: ${a.files.length} files are named, ` +
          "but a trace is made of one: import each by itself",
      );
    for (const option of ["skip", "limit", "coalesce"] as const) {
      if (!format.selects && a[option] !== undefined)
        throw new UserError(
          `import ${a.format}: --${option} is for lackey and memory-csv only: leave it out`,
        );
    }
    const { rows, metadata } = await format.run(a);
    process.stderr.write(
      `${a.output}: ${rows} rows, ${metadata.nodes.length} node${metadata.nodes.length === 1 ? "" : "s"}\n`,
    );
    for (const note of metadata.notes) process.stderr.write(`  · ${note}\n`);
  },
};
