// What rots quietly: generated files, links, long files, paths of somebody's machine.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const LIMIT = 300;
/** Longer than the limit for now: they may only get shorter. */
const LONG = {};
/** Generated files, data and prose: none is code that one must take in as a whole. */
const DATA = new RegExp(
  "^(package-lock\\.json|LICENSE|(assembly/gen|paths|testbeds|points|traces|schemas|sources|bench/results)/|" +
    "test/.*/fixtures/|.*\\.(snap|md)$)",
);
/** Folders where people and build machines keep checkouts. */
const MACHINE_PATH = /(?<![\w./*:])\/(?:home|root|Users|work|var\/folders|builds)\/[\w.-]+/g;

const problems = [];
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((f) => f !== "" && existsSync(posix.join(root, f)));
const text = (f) => readFileSync(posix.join(root, f), "latin1");

for (const tool of ["gen-abi", "gen-schemas", "gen-docs", "pages/formats"]) {
  const made = spawnSync(process.execPath, [`tools/${tool}.mjs`, "--check"], { cwd: root, encoding: "utf8" });
  if (made.status !== 0) problems.push(made.stderr.trim());
}

/** Headings as the anchors that renderers make of them. */
const anchors = (f) =>
  new Set(
    [...readFileSync(posix.join(root, f), "utf8").matchAll(/^#+ (.+)$/gm)].map((m) =>
      m[1]
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replace(/ /g, "-"),
    ),
  );

let links = 0;
for (const f of files.filter((f) => f.endsWith(".md"))) {
  const prose = text(f)
    .replace(/```[\s\S]*?```/g, "")
    .replace(/`[^`\n]*`/g, "");
  for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    links++;
    const [path, anchor] = target.split("#");
    const file = path === "" ? f : posix.normalize(posix.join(posix.dirname(f), path));
    if (!existsSync(posix.join(root, file))) problems.push(`${f}: link to ${target} leads nowhere`);
    else if (anchor && !anchors(file).has(anchor)) problems.push(`${f}: ${file} has no heading #${anchor}`);
  }
}
for (const f of files) {
  const content = text(f);
  for (const [found] of content.matchAll(MACHINE_PATH))
    problems.push(`${f}: names a path of a machine, ${found}`);
  const lines = content.split("\n").length - 1;
  if (lines <= LIMIT || DATA.test(f)) continue;
  if (lines > (LONG[f] ?? 0))
    problems.push(`${f}: ${lines} lines, at most ${LONG[f] ?? LIMIT}; divide it by idea`);
  else console.log(`note: ${f} has ${lines} lines`);
}

for (const p of problems) console.error(p);
if (problems.length > 0) process.exitCode = 1;
else console.log(`docs: ${files.length} files, ${links} links, generated code is fresh`);
