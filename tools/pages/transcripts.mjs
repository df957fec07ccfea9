// Fills in what commands print, in the pages of docs, after a build: node tools/pages/transcripts.mjs [page…];
// --check compares instead. A page says before a code block what stands in it:
//   <!-- transcript {"run": "verbscope …", "from": "^Shares", "lines": 6} -->
// `run` is shown behind a `$`; `before` are commands that are not; `file` shows a file instead of the output;
// `from` and `lines` (or several, as `cuts`) take a part: what is left out shows as "…". `to` is the last line.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const check = process.argv.includes("--check");
const named = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const pages = named.length > 0 ? named : readdirSync(join(root, "docs")).filter((f) => f.endsWith(".md"));
const BLOCK = /<!-- transcript (\{.*?\}) -->\n```(\w*)\n[\s\S]*?\n```/g;

/** Commands run in a folder that looks like the checkout, so that what they write stays out of it. */
const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
for (const name of ["traces", "paths", "testbeds", "test", "docs", "points"])
  symlinkSync(join(root, name), join(folder, name));
const CLI = `"${process.execPath}" "${join(root, "dist/cli/main.js")}"`;
function output(command) {
  const r = spawnSync(command.replace(/^verbscope/, CLI), {
    cwd: folder,
    shell: true,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, COLUMNS: "110" },
  });
  if (r.status > 1 || r.error) throw new Error(`${command}: ${r.stderr}`);
  return r.stdout;
}

/** The lines that a cut takes, or an error that says which cut takes nothing. */
function cut(lines, { from, lines: count, to }) {
  const start = from === undefined ? 0 : lines.findIndex((l) => new RegExp(from).test(l));
  if (start < 0) throw new Error(`no line matches ${from}`);
  const last = to === undefined ? -1 : lines.findIndex((l, i) => i >= start && new RegExp(to).test(l));
  return [start, to === undefined ? start + (count ?? lines.length) : last + 1];
}
function block(spec) {
  for (const command of spec.before ?? []) output(command);
  const text = spec.file === undefined ? output(spec.run) : readFileSync(join(folder, spec.file), "utf8");
  const lines = text.trimEnd().split("\n"),
    out = spec.run === undefined || spec.file !== undefined ? [] : [`$ ${spec.run}`];
  let at = 0;
  for (const [start, end] of (spec.cuts ?? [spec]).map((c) => cut(lines, c))) {
    if (start > at) out.push("…");
    out.push(...lines.slice(start, end));
    at = end;
  }
  if (at < lines.length) out.push("…");
  return out
    .map((l) => l.trimEnd())
    .join("\n")
    .replace(/\n+(…)?$/, "\n$1")
    .trimEnd();
}

let blocks = 0;
try {
  for (const page of pages) {
    const file = join(root, "docs", page),
      old = readFileSync(file, "utf8");
    const text = old.replace(BLOCK, (_, json, language) => {
      blocks++;
      return `<!-- transcript ${json} -->\n\`\`\`${language}\n${block(JSON.parse(json))}\n\`\`\``;
    });
    if (text === old) continue;
    if (check) {
      console.error(
        `docs/${page} shows what commands no longer print: node tools/pages/transcripts.mjs ${page}`,
      );
      process.exitCode = 1;
    } else writeFileSync(file, text);
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (!process.exitCode) console.log(`transcripts: ${blocks} blocks`);
