import yargs from "yargs";
import { UserError } from "../errors.js";
import { STANDARD } from "../files.js";
import { safe } from "../report/safe-text.js";
import { didYouMean } from "../suggest.js";
import { version } from "../version.js";
import { commands } from "./commands.js";
import { completions } from "./support/completions.js";
import { terminalWidth } from "./support/terminal.js";

/** yargs takes a lone dash for an empty option; it passes as something that no file is called. */
const DASH = "\u0001-";
function dashes(args: Record<string, unknown>): void {
  const back = (x: unknown): unknown => (Array.isArray(x) ? x.map(back) : x === DASH ? STANDARD : x);
  for (const [name, value] of Object.entries(args)) args[name] = back(value);
}

/** An option that takes a number and was given something else, as it was written. */
function numbers(given: readonly string[]): (args: Record<string, unknown>) => void {
  return (args) => {
    for (const [name, value] of Object.entries(args)) {
      if (!(Array.isArray(value) ? value : [value]).some(Number.isNaN)) continue;
      const dashed = name.length === 1 ? `-${name}` : `--${name}`,
        at = given.findIndex((word) => word === dashed || word.startsWith(`${dashed}=`));
      if (at < 0) continue; // an alias, or the name in camel case
      const text = given[at] === dashed ? given[at + 1] : given[at]!.slice(dashed.length + 1);
      throw new UserError(`${dashed} is ${JSON.stringify(text ?? "")}: give a number`);
    }
  };
}

/** What an unknown command or option was meant to be. */
function hint(said: string, usage: unknown, first: string | undefined): string {
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(said)?.[1],
    [, given, choices] = /^Invalid values: .*Given: "([^"]*)", Choices: (.*)$/.exec(said) ?? [];
  if (given !== undefined)
    return didYouMean(
      given,
      choices!.split(", ").map((c) => c.slice(1, -1)),
    );
  if (unknown === undefined) return "";
  // What yargs hands over is its list of usages, not what its types say.
  const options = Object.keys((usage as { getDescriptions(): object }).getDescriptions());
  return first === unknown
    ? didYouMean(
        unknown,
        commands.map((c) => String(c.command).split(" ")[0]!),
      )
    : didYouMean(unknown, options);
}

/**
 * Runs the command that `args` name. Leaves a gate's code in process.exitCode; bad input and usage are thrown.
 */
export async function run(args: readonly string[]): Promise<void> {
  await yargs(args.map((arg) => (arg === STANDARD ? DASH : arg)))
    .middleware([dashes, numbers(args)], true)
    .scriptName("verbscope")
    .usage(
      "$0 <command>\n\nWhere does the time go between a verb and the wire, " +
        "and what would another I/O path cost or save?",
    )
    .command([...commands])
    .example(
      "$0 replay traces/rc-pingpong-4k.arrow",
      "replay a bundled capture on native, virt-ib and memlink",
    )
    .completion("completion", "print a completion script for bash or zsh", completions)
    .demandCommand(1, "Name a command; verbscope --help lists them.")
    .strict()
    .version(version())
    .help()
    .wrap(Math.min(110, terminalWidth()))
    .fail((message, error, y) => {
      // A failed check() comes as text, an option without its value as a YError.
      if (error instanceof Error && error.name !== "YError") throw error;
      // yargs writes lists; an error here is one line
      const said = (error?.message ?? message).replace(/\s*\n\s*/g, " ");
      throw new UserError(said + hint(said, y, args[0]));
    })
    .parseAsync();
}

/** What is said of an error: one line of the user's own, a stack of ours. */
export function complaint(thrown: unknown): string {
  // Of a command whose options were read late, yargs throws what it would have told `fail`.
  const error = thrown instanceof Error && thrown.name === "YError" ? new UserError(thrown.message) : thrown;
  if (error instanceof UserError) return `verbscope: ${safe(error.message)}\n`;
  return (
    "verbscope: internal error, please report it: " +
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
  );
}
