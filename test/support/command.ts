import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { complaint, run } from "../../src/cli/run.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line in the checkout, as main.ts does; text is as wide as without a terminal. */
export const command = (...args: readonly string[]): Promise<Ended> => commandIn(root, ...args);

/** The same in another folder. */
export async function commandIn(folder: string, ...args: readonly string[]): Promise<Ended> {
  const said = { stdout: "", stderr: "" },
    { exitCode, cwd } = { exitCode: process.exitCode, cwd: process.cwd() };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    }),
  );
  vi.stubEnv("COLUMNS", "");
  process.exitCode = 0;
  process.chdir(folder);
  try {
    await run(args);
  } catch (thrown) {
    process.stderr.write(complaint(thrown));
    process.exitCode = 2;
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
    process.chdir(cwd);
  }
  const status = Number(process.exitCode);
  process.exitCode = exitCode;
  return { status, ...said };
}
