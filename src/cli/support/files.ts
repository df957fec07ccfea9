import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.js";
import { STANDARD } from "../../files.js";
import { discardAll } from "../../trace/container/write-whole.js";

/**
 * Refuses what would lose a file, before anything is read or written: an output that is one of the inputs, also
 * through a link, two outputs of one name, standard input read twice.
 */
export function checkFiles(
  command: string,
  inputs: readonly (string | undefined)[],
  outputs: readonly (string | undefined)[],
): void {
  const read = inputs.filter((f) => f !== undefined),
    written = outputs.filter((f) => f !== undefined);
  if (read.filter((f) => f === STANDARD).length > 1)
    throw new UserError(`${command}: standard input (-) is named twice, but can be read once; name files`);
  const names = new Map<string, string>();
  for (const file of written) {
    const input = read.find((f) => f !== STANDARD && file !== STANDARD && isSame(f, file));
    if (input !== undefined)
      throw new UserError(
        `${command}: ${file} is to be written, but it is ${input === file ? "" : `the same file as ${input}, `}` +
          "an input; choose another name for the output",
      );
    const name = file === STANDARD ? file : placeOf(file),
      before = names.get(name);
    if (before !== undefined)
      throw new UserError(
        `${command}: ${before === file ? `${file} is` : `${before} and ${file} are one file, which is`} ` +
          "to be written twice; give each output its own name",
      );
    names.set(name, file);
  }
}

/** Devices may be read and written at once. */
function isSame(a: string, b: string): boolean {
  try {
    const x = statSync(a),
      y = statSync(b);
    return x.isFile() && x.dev === y.dev && x.ino === y.ino;
  } catch {
    return false; // one of them is not there
  }
}
/** Where a file is or will be, links followed. */
function placeOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // not there yet
  }
  try {
    return join(realpathSync(dirname(file)), basename(file));
  } catch {
    return file; // nor is its folder, which writing it will say
  }
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
/** Runs work that pauses for its input; a signal then ends the process with nothing half-written left. */
export async function interruptible<T>(work: () => Promise<T>): Promise<T> {
  const stop = (signal: NodeJS.Signals): never => {
    discardAll();
    process.exit(SIGNALS[signal as keyof typeof SIGNALS]);
  };
  const names = Object.keys(SIGNALS) as (keyof typeof SIGNALS)[];
  for (const name of names) process.on(name, stop);
  try {
    return await work();
  } finally {
    for (const name of names) process.off(name, stop);
  }
}
