import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { UserError } from "../../errors.js";

/** Runs the program to its end; signals that this process gets go to it. Its exit code, or 128 and the signal. */
export async function run(program: readonly string[], env: Record<string, string>): Promise<number> {
  const [file, ...args] = program as [string, ...string[]];
  // A terminal sends these two to all of its programs itself.
  const own: NodeJS.Signals[] = process.stdin.isTTY ? [] : ["SIGINT", "SIGQUIT"];
  let child: ChildProcess | undefined;
  const forward = (signal: NodeJS.Signals): void => void child?.kill(signal);
  const swallow = (): void => undefined;
  for (const s of ["SIGTERM", "SIGHUP", "SIGUSR2", ...own] as const) process.on(s, forward);
  if (own.length === 0) process.on("SIGINT", swallow);
  try {
    // Behind the handlers: the program may say that it runs before this process goes on.
    const started = spawn(file, args, { stdio: "inherit", env: { ...process.env, ...env } });
    child = started;
    return await new Promise<number>((done, failed) => {
      started.on("error", (e: NodeJS.ErrnoException) =>
        failed(
          new UserError(
            `capture: ${file} cannot be started (${e.code ?? e.message}): check the name and that it may be run`,
          ),
        ),
      );
      started.on("exit", (code, signal) => done(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const s of ["SIGTERM", "SIGHUP", "SIGUSR2", ...own] as const) process.off(s, forward);
    process.off("SIGINT", swallow);
  }
}
