import type { CommandModule } from "yargs";
import { DOMAINS, LEAVES } from "../../abi/memory.js";
import { UserError } from "../../errors.js";
import { FORMATS } from "../../import/formats.js";
import type { AccessOptions, Format, TableOptions } from "../../import/shared/format.js";
import { writeMapping } from "../../trace/mapping/mapping-write.js";
import { writeMemory } from "../../trace/memory/memory-write.js";
import type { TraceMetadata } from "../../trace/table/metadata.js";
import { TABLES } from "../../trace/table/tables.js";
import { writeVerbs } from "../../trace/verbs/write.js";
import { checkFiles, interruptible } from "../support/files.js";
import { say } from "../support/terminal.js";

interface Arguments extends AccessOptions, TableOptions {
  format: string;
  files: string[];
  output: string;
  compression: "none" | "lz4";
}
interface Done {
  rows: number;
  metadata: TraceMetadata;
}

/** The options of these names that were given. */
function given<K extends keyof Arguments>(a: Arguments, names: readonly K[]): Partial<Pick<Arguments, K>> {
  return Object.fromEntries(names.filter((n) => a[n] !== undefined).map((n) => [n, a[n]])) as Partial<
    Pick<Arguments, K>
  >;
}

async function run(format: Format, a: Arguments): Promise<Done> {
  const { files, output, compression } = a;
  if (format.kind === "verbs") {
    const { builder, metadata } = format.read(files);
    writeVerbs(output, builder, metadata, { compression });
    return { rows: builder.rows, metadata };
  }
  if (format.kind === "memory")
    return writeMemory(output, format.read(files[0]!, given(a, ACCESS)), { compression });
  if (format.kind === "arrow") {
    const table = format.read(files[0]!, given(a, TABLE));
    if (table.kind === "memory")
      return writeMemory(output, table.source, { compression, columns: table.columns });
    if (table.kind === "verbs") {
      writeVerbs(output, table.builder, table.metadata, { compression });
      return { rows: table.builder.rows, metadata: table.metadata };
    }
    writeMapping(output, table.rows, table.metadata, { compression });
    return { rows: table.rows.length, metadata: table.metadata };
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
const ACCESS = ["skip", "limit", "coalesce"] as const,
  TABLE = ["schema", "node", "clock", "emulated", "leaf", "domain"] as const;
const arrowOnly = (f: Format): boolean => f.kind === "arrow";
const OPTIONS: Record<(typeof ACCESS | typeof TABLE)[number], (f: Format) => boolean> = {
  skip: (f) => f.kind === "memory",
  limit: (f) => f.kind === "memory",
  coalesce: (f) => f.kind === "memory" && f.pieces,
  schema: arrowOnly,
  node: arrowOnly,
  clock: arrowOnly,
  emulated: arrowOnly,
  leaf: arrowOnly,
  domain: arrowOnly,
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
      })
      .option("schema", {
        choices: Object.values(TABLES).map((t) => t.schema),
        describe: "arrow: what the table is, when its columns do not tell",
      })
      .option("node", {
        type: "string",
        array: true,
        nargs: 1,
        describe: "arrow: name of the process, or of each node in order",
      })
      .option("clock", { choices: ["ns", "none"] as const, describe: "arrow: what column t is" })
      .option("emulated", { type: "boolean", describe: "arrow: devices or machine were emulated" })
      .option("leaf", { choices: LEAVES, describe: "arrow: of a page map without the column" })
      .option("domain", { choices: DOMAINS, describe: "arrow: of a page map without the column" });
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
    for (const option of [...ACCESS, ...TABLE])
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
