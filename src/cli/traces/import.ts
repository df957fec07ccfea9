import { existsSync } from "node:fs";
import type { CommandModule } from "yargs";
import { DOMAINS, LEAVES } from "../../abi/memory.js";
import { UserError } from "../../errors.js";
import { STANDARD } from "../../files.js";
import { detectFormat } from "../../import/detect.js";
import { FORMATS } from "../../import/formats.js";
import { importFiles } from "../../import/import-files.js";
import type { AccessOptions, Format, TableOptions } from "../../import/shared/format.js";
import { PACKED } from "../../import/shared/unpack.js";
import { didYouMean } from "../../suggest.js";
import { TABLES } from "../../trace/table/tables.js";
import { checkFiles, interruptible } from "../support/files.js";
import { say } from "../support/terminal.js";

interface Arguments extends AccessOptions, TableOptions {
  files: string[];
  output: string;
  compression: "none" | "lz4";
}

/** The options of these names that were given. */
function given<K extends keyof Arguments>(a: Arguments, names: readonly K[]): Partial<Pick<Arguments, K>> {
  return Object.fromEntries(names.filter((n) => a[n] !== undefined).map((n) => [n, a[n]])) as Partial<
    Pick<Arguments, K>
  >;
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

/** The format that the first name is, or else that of the files by their content, and the files. */
async function formatFor(named: readonly string[]): Promise<{ format: Format; files: string[] }> {
  const [first = "", ...rest] = named,
    forced = FORMATS.find((f) => f.name === first);
  if (forced && rest.length > 0) return { format: forced, files: rest };
  const legal = FORMATS.map((f) => f.name);
  if (!existsSync(first) && first !== STANDARD) {
    if (forced) throw new UserError(`import ${first}: no file is named: give a recording`);
    if (rest.length > 0)
      throw new UserError(
        `import: "${first}" is neither a file nor a format` +
          (didYouMean(first, legal) || `; formats are ${legal.join(", ")}`),
      );
  }
  const format = await detectFormat(named);
  say(`${named.join(", ")}: ${format.name} (${format.says}), by content\n`);
  return { format, files: [...named] };
}
const WIDEST = Math.max(...FORMATS.map((f) => f.name.length));

export const importCommand: CommandModule<object, Arguments> = {
  builder: (y) => {
    const z = y
      .usage(
        "$0 import [format] <files..>\n\nturn a recording into a trace; its format is found by its content " +
          `unless it is named:\n${FORMATS.map((f) => `  ${f.name.padEnd(WIDEST)}  ${f.says}`).join("\n")}`,
      )
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        describe:
          `a format, if it is to be named, then one file, plain or packed (${PACKED.join(", ")}); ` +
          "of verbs several, of one run",
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
    z.example("$0 import run.out.gz -o run.arrow", "what it is shows in its content");
    return FORMATS.reduce(
      (w, { name, example: [files, what] }) => w.example(`$0 import ${name} ${files}`, what),
      z,
    );
  },
  handler: async (a) => {
    const { format, files } = await formatFor(a.files),
      command = `import ${format.name}`;
    if (format.kind !== "verbs" && files.length !== 1)
      throw new UserError(
        `${command}: ${files.length} files are named, ` + "but a trace is made of one: import each by itself",
      );
    for (const option of [...ACCESS, ...TABLE])
      if (a[option] !== undefined && !OPTIONS[option](format))
        throw new UserError(`${command}: --${option} is for ${names(OPTIONS[option])} only: leave it out`);
    checkFiles(command, files, [a.output]);
    const { rows, metadata } = await interruptible(() =>
      importFiles(format, files, a.output, given(a, [...ACCESS, ...TABLE, "compression"])),
    );
    say(
      `${a.output}: ${rows} rows, ${metadata.nodes.length} node${metadata.nodes.length === 1 ? "" : "s"}\n`,
    );
    for (const note of metadata.notes) say(`  · ${note}\n`);
  },
};
