import type { CommandModule } from "yargs";
import { UserError } from "../../errors.js";
import { FORMATS } from "../../import/formats.js";
import type { AccessOptions, Format } from "../../import/shared/format.js";
import { writeMapping } from "../../trace/mapping/mapping-write.js";
import { writeMemory } from "../../trace/memory/memory-write.js";
import type { TraceMetadata } from "../../trace/table/metadata.js";
import { writeVerbs } from "../../trace/verbs/write.js";
import { checkFiles, interruptible } from "../support/files.js";
import { say } from "../support/terminal.js";

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

async function run(format: Format, { files, output, compression, ...select }: Arguments): Promise<Done> {
  if (format.kind === "verbs") {
    const { builder, metadata } = format.read(files);
    writeVerbs(output, builder, metadata, { compression });
    return { rows: builder.rows, metadata };
  }
  if (format.kind === "memory") {
    const given = Object.entries({ skip: select.skip, limit: select.limit, coalesce: select.coalesce });
    const options = Object.fromEntries(given.filter(([, v]) => v !== undefined));
    return writeMemory(output, format.read(files[0]!, options), { compression });
  }
  const { rows, metadata } = await format.read(files[0]!);
  writeMapping(output, rows, metadata, { compression });
  return { rows: rows.length, metadata };
}

/** Names of the formats that an option is for. */
const names = (of: (f: Format) => boolean): string => {
  const list = FORMATS.filter(of).map((f) => f.name);
  return list.length < 2 ? list.join("") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)!}`;
};
const OPTIONS: Record<"skip" | "limit" | "coalesce", (f: Format) => boolean> = {
  skip: (f) => f.kind === "memory",
  limit: (f) => f.kind === "memory",
  coalesce: (f) => f.kind === "memory" && f.pieces,
};

export const importCommand: CommandModule<object, Arguments> = {
  builder: (y) => {
    const z = y
      .positional("format", {
        type: "string",
        choices: FORMATS.map((f) => f.name),
        demandOption: true,
        describe: FORMATS.map((f) => `${f.name}: ${f.says}`).join("; "),
      })
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "one file, plain or packed (gzip, xz, zstd); of verbs several, of one run",
      })
      .option("output", { alias: "o", type: "string", demandOption: true, describe: "trace to write" })
      .option("compression", {
        choices: ["none", "lz4"] as const,
        default: "none" as const,
        describe: "compression of the trace",
      })
      .option("skip", {
        type: "number",
        describe: `${names(OPTIONS.skip)}: data accesses to leave out at the start`,
      })
      .option("limit", { type: "number", describe: `${names(OPTIONS.limit)}: data accesses to take at most` })
      .option("coalesce", {
        type: "boolean",
        describe:
          `${names(OPTIONS.coalesce)}: join the elements of rep movs and rep stos; ` +
          "--no-coalesce keeps them",
      });
    return FORMATS.reduce(
      (w, { name, example: [files, what] }) => w.example(`$0 import ${name} ${files}`, what),
      z,
    );
  },
  handler: async (a) => {
    const format = FORMATS.find((f) => f.name === a.format);
    if (!format)
      throw new UserError(
        `import: unknown format "${a.format}"; legal: ${FORMATS.map((f) => f.name).join(", ")}`,
      );
    if (format.kind !== "verbs" && a.files.length !== 1)
      throw new UserError(
        `import ${a.format}: ${a.files.length} files are named, ` +
          "but a trace is made of one: import each by itself",
      );
    for (const option of ["skip", "limit", "coalesce"] as const)
      if (a[option] !== undefined && !OPTIONS[option](format))
        throw new UserError(
          `import ${a.format}: --${option} is for ${names(OPTIONS[option])} only: leave it out`,
        );
    checkFiles(`import ${a.format}`, a.files, [a.output]);
    const { rows, metadata } = await interruptible(() => run(format, a));
    say(
      `${a.output}: ${rows} rows, ${metadata.nodes.length} node${metadata.nodes.length === 1 ? "" : "s"}\n`,
    );
    for (const note of metadata.notes) say(`  · ${note}\n`);
  },
};
