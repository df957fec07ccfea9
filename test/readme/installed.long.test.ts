import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readmeBlocks, readmeCommands } from "./commands.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const base = mkdtempSync(join(tmpdir(), "verbscope-installed-")),
  folder = join(base, "empty");
afterAll(() => rmSync(base, { recursive: true }));

function run(
  command: string,
  args: readonly string[],
  cwd: string,
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, args, { cwd, encoding: "utf8" });
}

beforeAll(() => {
  mkdirSync(folder);
  const pack = run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", base], root);
  expect(pack.status, pack.stderr).toBe(0);
  const [{ filename }] = JSON.parse(pack.stdout) as [{ filename: string }];
  writeFileSync(join(folder, "package.json"), '{"private": true, "type": "module"}');
  const install = run(
    "npm",
    ["install", "--omit=dev", "--no-audit", "--no-fund", join(base, filename)],
    folder,
  );
  expect(install.status, install.stderr).toBe(0);
});

/** Of the README's commands those that need nothing but the package: recordings to import are the checkout's. */
const NEEDS_CHECKOUT = /^npm |test\/|out\/(run|server|client|both|program|result|results|machine)\b/;

describe("the package as npm would install it, in an empty folder", () => {
  const commands = readmeCommands().filter((c) => !NEEDS_CHECKOUT.test(c));
  test("most commands need no checkout", () => expect(commands.length).toBeGreaterThan(20));
  for (const command of commands)
    test(command, () => {
      const r = spawnSync(command, { shell: true, cwd: folder, encoding: "utf8" });
      expect(r.status, r.stderr).toBe(0);
    });

  test("the embedding example prints a line for each path", () => {
    writeFileSync(join(folder, "embed.mjs"), readmeBlocks("js")[0]!);
    const r = run(process.execPath, ["embed.mjs"], folder);
    expect(r.status, r.stderr).toBe(0);
    expect(r.stdout).toMatch(/^native \d+ \d+\nmemlink \d+ \d+\n$/);
  });

  test("schemas, package.json and the cores are exported", () => {
    const wanted = [
      "verbscope/schemas/result.schema.json",
      "verbscope/package.json",
      "verbscope/core.wasm",
      "verbscope/core.explain.wasm",
    ];
    const script = `for (const f of ${JSON.stringify(wanted)}) console.log(import.meta.resolve(f));`;
    const r = run(process.execPath, ["--input-type=module", "-e", script], folder);
    expect(r.status, r.stderr).toBe(0);
    for (const url of r.stdout.trim().split("\n"))
      expect(readFileSync(fileURLToPath(url)).length).toBeGreaterThan(100);
  });
});
