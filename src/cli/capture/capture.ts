import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CommandModule } from "yargs";
import { UserError } from "../../errors.js";
import { refused } from "../../files.js";
import { importVerbsRecorder } from "../../import/recorder/verbs-recorder.js";
import { inspectTrace } from "../../trace/inspect/inspect.js";
import { inspectText } from "../../trace/inspect/inspect-text.js";
import { openTrace } from "../../trace/read.js";
import { writeVerbs } from "../../trace/verbs/write.js";
import { interruptible } from "../support/files.js";
import { printShell, say } from "../support/terminal.js";
import { environment, environmentText, quoted, type Recorded } from "./environment.js";
import { run } from "./run.js";

interface Arguments extends Recorded {
  program: string[];
  output: string;
  keep?: string;
  "print-env": boolean;
}

function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    return resolve(path);
  } catch (error) {
    throw refused(path, "made", error);
  }
}

async function importAll(folder: string, files: readonly string[], output: string): Promise<void> {
  try {
    const { builder, metadata } = importVerbsRecorder(files.map((f) => join(folder, f)));
    await writeVerbs(output, builder, metadata, { compression: "none" });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message}; what was recorded stays in ${folder}`);
  }
}

function summary(output: string): string {
  const trace = openTrace(output);
  try {
    return inspectText(inspectTrace(trace));
  } finally {
    trace.close();
  }
}

/** The program's words as they were given: yargs makes numbers of those behind `--`. */
function wordsOf(a: Arguments): string[] {
  const at = process.argv.indexOf("--");
  return [...a.program, ...(at < 0 ? [] : process.argv.slice(at + 1))];
}

const ended = (code: number): string =>
  code > 128 ? `ended by signal ${code - 128}` : `ended with exit code ${code}`;

export const captureCommand: CommandModule<object, Arguments> = {
  builder: (y) =>
    y
      .positional("program", {
        type: "string",
        array: true,
        default: [],
        describe: "program and its arguments, behind --",
      })
      .option("output", {
        alias: "o",
        type: "string",
        default: "trace.arrow",
        describe: "trace to write",
      })
      .option("keep", { type: "string", describe: "folder that keeps the recorder's own files" })
      .option("pages", {
        choices: ["all", "runs", "none"] as const,
        default: "all" as const,
        describe: "of registered memory: frames and its mapping, frames only, nothing",
      })
      .option("print-env", {
        type: "boolean",
        default: false,
        describe: "run nothing; print what a launcher (mpirun, srun) must set, and how to join the files",
      })
      .example("$0 capture -o run.arrow -- ib_write_bw -d mlx5_0 192.0.2.7", "record one program")
      .example("$0 capture --print-env", "record the processes of an MPI job"),
  handler: async (a) => {
    const program = wordsOf(a);
    if (a["print-env"]) {
      if (program.length > 0)
        throw new UserError("capture: --print-env runs nothing: leave the program out, or the option");
      printShell(environmentText(a, makeFolder(a.keep ?? "verbscope-capture"), a.output));
      return;
    }
    if (program.length === 0)
      throw new UserError(
        "capture: no program is named: verbscope capture -o trace.arrow -- PROGRAM ARGUMENTS",
      );
    const folder =
      a.keep === undefined ? mkdtempSync(join(tmpdir(), "verbscope-capture-")) : makeFolder(a.keep);
    const before = new Set(readdirSync(folder));
    const recorded = (): string[] =>
      readdirSync(folder)
        .filter((f) => /\.vcap(\.\d+)?$/.test(f) && !before.has(f))
        .sort();
    try {
      const code = await run(program, environment(a, folder));
      process.exitCode = code;
      say(`${program[0]} ${ended(code)}\n`);
    } finally {
      if (a.keep === undefined && recorded().length === 0) rmSync(folder, { recursive: true });
    }
    const files = existsSync(folder) ? recorded() : [];
    if (files.length === 0)
      throw new UserError(
        `capture: ${program[0]} opened no device through libibverbs, so that nothing was recorded: ` +
          "docs/capture.md says what the recorder cannot see",
      );
    await interruptible(() => importAll(folder, files, a.output));
    if (a.keep === undefined) rmSync(folder, { recursive: true });
    say(`${summary(a.output)}next: verbscope replay ${quoted(a.output)} --paths native,virt-ib\n`);
  },
};
