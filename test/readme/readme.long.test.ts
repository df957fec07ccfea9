import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { readmeBlocks, readmeCommands } from "./commands.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A folder that looks like the checkout, so that what commands write stays out of it. */
const folder = mkdtempSync(join(tmpdir(), "verbscope-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of readdirSync(root))
  if (!name.startsWith(".git") && name !== "out") symlinkSync(join(root, name), join(folder, name));

const commands = readmeCommands();

describe("README", () => {
  test("has commands", () => expect(commands.length).toBeGreaterThan(10));

  for (const command of commands) {
    test(command, () => {
      // What npx would start: the checkout's own bin, without npm's second before each.
      const direct = command.replace(/^npx verbscope/, `"${process.execPath}" dist/cli/main.js`);
      const r = spawnSync(direct, { shell: true, cwd: folder, encoding: "utf8" });
      expect(r.status, r.stderr).toBe(0);
    });
  }

  test("the embedding example prints a line for each path", () => {
    writeFileSync(join(folder, "embed.mjs"), readmeBlocks("js")[0]!);
    const r = spawnSync(process.execPath, ["embed.mjs"], { cwd: folder, encoding: "utf8" });
    expect(r.status, r.stderr).toBe(0);
    expect(r.stdout).toMatch(/^native \d+ \d+\nmemlink \d+ \d+\n$/);
  });

  test("the picture is today's result (node tools/pages/picture.mjs --write)", () => {
    const r = spawnSync(process.execPath, [join(root, "tools/pages/picture.mjs")], { encoding: "utf8" });
    expect(readmeBlocks("text")[0]).toBe(r.stdout);
  });
});
