#!/usr/bin/env node
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { UserError } from "../errors.js";
import { version } from "../replay/result/document.js";
import { safe } from "../report/safe-text.js";
import { attributeCommand } from "./commands/attribute.js";
import { breakEvenCommand } from "./commands/break-even.js";
import { calibrateCommand } from "./commands/calibrate.js";
import { compareCommand } from "./commands/compare.js";
import { explainCommand } from "./commands/explain.js";
import { generateCommand } from "./commands/generate.js";
import { importCommand } from "./commands/import.js";
import { inspectCommand } from "./commands/inspect.js";
import { mergeCommand } from "./commands/merge.js";
import { pathsCommand } from "./commands/paths.js";
import { replayCommand } from "./commands/replay.js";
import { reportCommand } from "./commands/report.js";
import { sensitivityCommand } from "./commands/sensitivity.js";
import { testbedsCommand } from "./commands/testbeds.js";
import { validateCommand } from "./commands/validate.js";

/** Exit codes: 0 fine, 1 a gate did not hold, 2 bad input or usage. */
async function main(): Promise<void> {
  await yargs(hideBin(process.argv))
    .scriptName("verbscope")
    .usage(
      "$0 <command>\n\nWhere does the time go between a verb and the wire, " +
        "and what would another I/O path cost or save?",
    )
    .command(importCommand)
    .command(inspectCommand)
    .command(mergeCommand)
    .command(replayCommand)
    .command(explainCommand)
    .command(attributeCommand)
    .command(sensitivityCommand)
    .command(breakEvenCommand)
    .command(calibrateCommand)
    .command(compareCommand)
    .command(reportCommand)
    .command(pathsCommand)
    .command(testbedsCommand)
    .command(generateCommand)
    .command(validateCommand)
    .example(
      "$0 replay traces/rc-pingpong-4k.arrow",
      "replay a bundled capture on native, virt-ib and memlink",
    )
    .completion("completion", "print a completion script for bash or zsh")
    .demandCommand(1, "Name a command; verbscope --help lists them.")
    .strict()
    .version(version())
    .help()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      // A failed check() comes as text, an option without its value as a YError.
      if (error instanceof Error && error.name !== "YError") throw error;
      // yargs writes lists; an error here is one line
      throw new UserError((error?.message ?? message).replace(/\s*\n\s*/g, " "));
    })
    .parseAsync();
}

process.stdout.on("error", (e: NodeJS.ErrnoException) => {
  if (e.code === "EPIPE") process.exit(0); // the reader (head, less) has seen enough
  throw e;
});
main().catch((error: unknown) => {
  if (error instanceof UserError) process.stderr.write(`verbscope: ${safe(error.message)}\n`);
  else
    process.stderr.write(
      "verbscope: internal error, please report it: " +
        `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  process.exitCode = 2;
});
