import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { refused } from "../../files.js";
import { writeWhole } from "../../trace/container/write-whole.js";
import { print, printJson, terminalWidth } from "./terminal.js";

export interface OutputArguments {
  out: string | undefined;
  json: boolean;
}

/** What `output` writes into the folder of --out. */
export const outputFiles = (name: string, out: string | undefined): string[] =>
  out === undefined ? [] : [join(out, `${name}.json`), join(out, "report.txt")];

/** Prints a result as JSON or text, and with --out writes both into a folder. */
export function output(
  result: object,
  text: (width: number) => string,
  name: string,
  { out, json }: OutputArguments,
): void {
  const document = `${JSON.stringify(result, null, 2)}\n`;
  if (out !== undefined) save(out, { [`${name}.json`]: document, "report.txt": text(100) });
  if (json) printJson(document);
  else print(text(terminalWidth()));
}

function save(folder: string, files: Record<string, string>): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (e) {
    throw refused(folder, "made", e);
  }
  for (const [name, content] of Object.entries(files))
    writeWhole(join(folder, name), (sink) => sink(Buffer.from(content)));
}
