import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Where `make tests` puts recorder, stub and programs. */
export const BUILT = join(ROOT, "build/capture");
export const LIBRARY = join(BUILT, "libverbscope-capture.so");

/** Runs make in capture/; a sentence says what is missing when it cannot. */
export function make(...targets: string[]): string {
  const r = spawnSync("make", ["-C", join(ROOT, "capture"), `OUT=${BUILT}`, ...targets], {
    encoding: "utf8",
  });
  const missing =
    "this test compiles the recorder: make, gcc and the headers of libibverbs-dev and librdmacm-dev must be installed";
  expect(r.error, missing).toBeUndefined();
  expect(r.status, `${missing}\n${r.stderr}`).toBe(0);
  return r.stdout;
}

export interface Recorded {
  status: number | null;
  stdout: string;
  stderr: string;
  /** Recordings, in the order in which they were begun. */
  files: string[];
}

/** Environment of a process that is recorded into a folder. */
export const recorded = (folder: string, more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  LD_PRELOAD: LIBRARY,
  VERBSCOPE_CAPTURE_FILE: join(folder, "test.%r.%p.vcap"),
  ...more,
});

/** Runs a test program under the recorder. */
export function record(inside: string, program: string[], env: Record<string, string> = {}): Recorded {
  const folder = mkdtempSync(join(inside, "run-")),
    [name, ...args] = program as [string, ...string[]];
  expect(existsSync(join(BUILT, name)), `${name} is built by make tests`).toBe(true);
  const r = spawnSync(join(BUILT, name), args, { encoding: "utf8", env: recorded(folder, env) });
  const files = readdirSync(folder).sort();
  return { ...r, files: files.map((f) => join(folder, f)) };
}
