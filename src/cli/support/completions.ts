import { BASE_ONLY, builtinNames } from "../../files.js";

const paths = (): string[] => builtinNames("paths").filter((n) => n !== BASE_ONLY);
const NAMES: Readonly<Record<string, () => string[]>> = {
  "--paths": paths,
  "--path": paths,
  "--from": paths,
  "--to": paths,
  "--testbed": () => builtinNames("testbeds"),
};

/** What may come next on a command line: names where an option takes them, else what yargs offers. */
export function completions(
  current: string,
  _args: unknown,
  usual: (onCompleted?: (error: Error | null, offered: string[] | undefined) => void) => void,
  done: (offered: string[]) => void,
): void {
  const words = process.argv.slice(process.argv.indexOf("--get-yargs-completions") + 1),
    names = NAMES[words.at(-2) ?? ""];
  // Behind `import` stands a format or a file: the shell knows the files.
  if (words.at(-2) === "import")
    return void import("../../import/formats.js").then(({ FORMATS }) => done(FORMATS.map((f) => f.name)));
  if (names === undefined) return usual();
  // Paths come as a list: what stands before the last comma stays.
  const before = current.slice(0, current.lastIndexOf(",") + 1);
  done(names().map((n) => before + n));
}
