import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the command line of the build, in the checkout; text is as wide as without a terminal. */
export function command(...args: readonly string[]): {
  status: number | null;
  stdout: string;
  stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli/main.js", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, COLUMNS: "" },
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}
