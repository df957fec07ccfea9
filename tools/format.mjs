// Formats the project, or with --check says what is not formatted, and lints it. Prose is laid out by
// prose.mjs. Biome does the work on src, test, tools and bench. AssemblyScript's
// decorators stand on functions and constants, where TypeScript allows
// none, so Biome is handed a copy of assembly/ in which they are comments.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sources } from "./imports.mjs";
import { wrapped } from "./prose.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const BIOME = join(root, "node_modules/@biomejs/biome/bin/biome");
const COPY = join(root, "build/format");
const check = process.argv.includes("--check");

function biome(cwd, ...args) {
  const options = ["check", "--error-on-warnings", ...(check ? [] : ["--write"]), ...args];
  return spawnSync(process.execPath, [BIOME, ...options], { cwd, stdio: "inherit" }).status === 0;
}

const DECORATOR = /^([ \t]*)(@\w+(?:\("[^"]*"(?:, "[^"]*")*\))?)(?=[ \t\n])[ \t]*\n?/gm;
const hidden = (text) => text.replace(DECORATOR, "$1//!$2\n$1");
const shown = (text) => text.replace(/^([ \t]*)\/\/!(@.*)$/gm, "$1$2");

function core() {
  rmSync(COPY, { recursive: true, force: true });
  const files = sources("assembly").filter((f) => !f.startsWith("assembly/gen/"));
  for (const file of files) {
    mkdirSync(join(COPY, dirname(file)), { recursive: true });
    writeFileSync(join(COPY, file), hidden(readFileSync(join(root, file), "utf8")));
  }
  const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  const { noUnusedImports, noUnusedVariables } = config.linter.rules.correctness;
  config.files.includes = ["assembly/**/*.ts"];
  config.vcs.enabled = false;
  // The other rules speak of JavaScript: `==` is exact here, and types are numbers of the machine.
  config.linter.rules = { preset: "none", correctness: { noUnusedImports, noUnusedVariables } };
  writeFileSync(join(COPY, "biome.json"), JSON.stringify(config));
  const good = biome(COPY, "assembly");
  if (!check)
    for (const file of files) {
      const text = shown(readFileSync(join(COPY, file), "utf8"));
      if (text !== readFileSync(join(root, file), "utf8")) writeFileSync(join(root, file), text);
    }
  return good;
}

function prose() {
  const files = spawnSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" }).stdout.split("\n");
  let good = true;
  for (const file of files.filter((f) => f !== "")) {
    const text = readFileSync(join(root, file), "utf8"),
      laidOut = wrapped(text);
    if (laidOut === text) continue;
    if (check) {
      console.error(`${file} is not laid out: npm run format`);
      good = false;
    } else writeFileSync(join(root, file), laidOut);
  }
  return good;
}

const good = [core(), biome(root), prose()];
process.exitCode = good.every(Boolean) ? 0 : 1;
