// Makes a fresh clone ready: installs what package-lock.json names, builds what is older than its sources.
// Plain Node only, since it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const at = (relative) => fileURLToPath(new URL(relative, root));
const say = (line) => process.stderr.write(`${line}\n`);

/** Files and folders that the build reads. */
const SOURCES = [
  "src",
  "assembly",
  "asconfig.json",
  "asconfig.codec.json",
  "tsconfig.json",
  "package-lock.json",
  "tools/gen-abi.mjs",
  "tools/gen-schemas.mjs",
  "tools/gen-docs.mjs",
  "tools/pages/stages",
  "tools/setup.mjs",
];
const OUTPUTS = [
  "dist/cli/main.js",
  "dist/index.js",
  "build/core.wasm",
  "build/core.explain.wasm",
  "build/codec.wasm",
];

function fail(line) {
  say(line);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`verbscope needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

/** Runs a tool; its output is shown only when it fails. */
function run(what, command, args) {
  const r = spawnSync(command, args, {
    cwd: at("."),
    encoding: "utf8",
    shell: process.platform === "win32" && command === "npm",
  });
  if (r.error) fail(`${what}: ${command} cannot be started (${r.error.code}).`);
  if (r.status !== 0) fail(`${r.stdout}${r.stderr}${what} failed (exit code ${r.status}).`);
}

function install() {
  // npm writes this file last, so an interrupted installation is seen as missing.
  const done = at("node_modules/.package-lock.json");
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(at("package-lock.json")).mtimeMs) return;
  say("installing dependencies (npm ci) …");
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  if (npm?.endsWith(".js")) run("npm ci", process.execPath, [npm, ...args]);
  else run("npm ci", "npm", args);
}

function filesOf(path) {
  if (!statSync(at(path)).isDirectory()) return [path];
  return readdirSync(at(path))
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`));
}

/** By content, not by time: a checkout of another commit and back needs no build. */
function hashOfSources() {
  const hash = createHash("sha256");
  for (const file of SOURCES.flatMap(filesOf))
    hash
      .update(`${file}\0`)
      .update(readFileSync(at(file)))
      .update("\0");
  return hash.digest("hex");
}

function fresh() {
  return (
    OUTPUTS.every((f) => existsSync(at(f))) &&
    existsSync(at("build/stamp")) &&
    readFileSync(at("build/stamp"), "utf8") === hashOfSources()
  );
}

/** Removes what tsc wrote for sources that are gone, so that nothing imports a ghost. */
function prune(folder = "dist") {
  for (const entry of readdirSync(at(folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const source = path.replace(/^dist/, "src");
    if (entry.isDirectory()) {
      if (existsSync(at(source))) prune(path);
      else rmSync(at(path), { recursive: true });
    } else if (!existsSync(at(source.replace(/(\.d\.ts|\.js)$/, ".ts")))) rmSync(at(path));
  }
}

export function compileTypeScript() {
  run("tsc", process.execPath, [at("node_modules/typescript/bin/tsc"), "-p", at(".")]);
  prune();
  chmodSync(at("dist/cli/main.js"), 0o755);
}

/** Ids of the core, lists of the schemas, tables of the docs: what is made from src. */
export function generate() {
  for (const tool of ["gen-abi", "gen-schemas", "gen-docs"])
    run(tool, process.execPath, [at(`tools/${tool}.mjs`)]);
}

function build() {
  if (fresh()) return;
  say("building dist/ and build/core.wasm …");
  compileTypeScript();
  generate();
  mkdirSync(at("build"), { recursive: true });
  const asc = at("node_modules/assemblyscript/bin/asc.js");
  run("asc", process.execPath, [asc, "--target", "release"]);
  run("asc", process.execPath, [asc, "assembly/explain.ts", "--target", "explain"]);
  run("asc", process.execPath, [asc, "--config", at("asconfig.codec.json"), "--target", "release"]);
  writeFileSync(at("build/stamp"), hashOfSources());
}

/** npm links the bin of dependencies only; the checkout's own makes `npx verbscope` work here. */
function link() {
  if (process.platform === "win32" || existsSync(at("node_modules/.bin/verbscope"))) return;
  rmSync(at("node_modules/.bin/verbscope"), { force: true });
  symlinkSync("../../dist/cli/main.js", at("node_modules/.bin/verbscope"));
}

export function setup() {
  checkNode();
  install();
  build();
  link();
}

/** Runs a script of the checkout with this terminal and ends with its exit code. */
export function runScript(file, args) {
  const r = spawnSync(process.execPath, [at(file), ...args], { cwd: at("."), stdio: "inherit" });
  return r.status ?? 1;
}
