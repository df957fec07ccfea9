import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.js";
import { writeWhole } from "../../trace/container/write-whole.js";
import { terminalWidth } from "./terminal.js";

export interface OutputArguments {
  out: string | undefined;
  json: boolean;
}

/** Prints a result as JSON or text, and with --out writes both into a folder. */
export function output(
  result: object,
  text: (width: number) => string,
  name: string,
  { out, json }: OutputArguments,
): void {
  const document = `${JSON.stringify(result, null, 2)}\n`;
  if (out !== undefined) save(out, { [`${name}.json`]: document, "report.txt": text(100) });
  process.stdout.write(json ? document : text(terminalWidth()));
}

function save(folder: string, files: Record<string, string>): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (e) {
    throw new UserError(
      `${folder}: cannot be made (${(e as NodeJS.ErrnoException).code}); choose a folder that is writable`,
    );
  }
  for (const [name, content] of Object.entries(files))
    writeWhole(join(folder, name), (sink) => sink(Buffer.from(content)));
}
