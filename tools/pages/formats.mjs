// Writes docs/formats.md by importing the samples of test/import/fixtures, after a build:
// node tools/pages/formats.mjs; --check compares instead.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FORMATS } from "../../dist/import/formats.js";
import { importFiles } from "../../dist/import/import-files.js";
import { NOT_READ } from "../../dist/import/not-read.js";
import { PACKED } from "../../dist/import/shared/unpack.js";
import { wrapped } from "../prose.mjs";
import { line } from "./table.mjs";

const {
  values: { check },
} = parseArgs({ options: { check: { type: "boolean", default: false } } });
const PAGE = new URL("../../docs/formats.md", import.meta.url);
const FIXTURES = fileURLToPath(new URL("../../test/import/fixtures/", import.meta.url));

/** Metadata of a format's samples, in the order of their names. */
async function samples(format, folder) {
  const names = readdirSync(join(FIXTURES, format.name))
    .filter((name) => name !== "README.md")
    .sort();
  const out = join(folder, "out.arrow");
  const all = [];
  for (const name of names)
    all.push((await importFiles(format, [join(FIXTURES, format.name, name)], out)).metadata);
  return all;
}

const COLUMNS = ["vaddr", "size", "kind", "gap", "tid", "t", "pc"];
/** How a column came about in the samples: one word, or those of several. */
function origin(metadata, column) {
  const words = new Set(metadata.map((m) => m.fields[column] ?? "–")),
    last = words.delete("–") ? ["–"] : [];
  return [...words].sort().reverse().concat(last).join(" or ");
}
const table = (head, rows) => [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
const yes = (metadata, holds) => {
  const answers = [...new Set(metadata.map(holds))];
  return answers.length === 2 ? "where recorded" : answers[0] ? "yes" : "no";
};
const cell = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
const read = [];
try {
  for (const format of FORMATS) read.push({ format, metadata: await samples(format, folder) });
} finally {
  rmSync(folder, { recursive: true });
}
const memory = read.filter(({ format }) => format.kind === "memory");
const name = ({ format }) => `[${format.name}](#${format.name})`;

const columns = table(
  ["format", ...COLUMNS, "clock"],
  memory.map((r) => [
    name(r),
    ...COLUMNS.map((c) => origin(r.metadata, c)),
    [...new Set(r.metadata.map((m) => m.clock))].join(" or "),
  ]),
);
const recorded =
  (...wanted) =>
  (m) =>
    wanted.every((c) => m.fields[c] === "recorded");
const questions = table(
  [
    "format",
    "pages, TLBs, walks",
    "lines: caches, splits",
    "instructions between",
    "threads of a verbs trace",
    "moments of a verbs trace",
  ],
  memory.map((r) => [
    name(r),
    yes(r.metadata, (m) => m.fields.vaddr === "recorded") === "yes" ? "yes" : "reuse only",
    yes(r.metadata, recorded("vaddr", "size")),
    yes(r.metadata, recorded("gap")),
    yes(r.metadata, recorded("tid")),
    yes(r.metadata, (m) => m.fields.t === "recorded" && m.clock === "ns" && !m.emulated),
  ]),
);

/** The loss report of all samples; of sentences that differ in their numbers only the first. */
function losses(metadata) {
  const notes = new Map();
  for (const note of metadata.flatMap((m) => m.notes)) {
    const alike = note.replace(/\d+/g, "#").replace(/\b(line|access|instruction|request)s?\b/g, "$1");
    if (!notes.has(alike)) notes.set(alike, note);
  }
  return [...notes.values()].map((note) => `* ${cell(note)}.`).join("\n");
}
const section = ({ format, metadata }) => {
  const [files, what] = format.example;
  return `### ${format.name}
${cell(format.says.charAt(0).toUpperCase() + format.says.slice(1))}.

\`\`\`sh
verbscope import ${format.name} ${files}   # ${what}
\`\`\`
${losses(metadata)}`;
};
const KINDS = [
  [
    "verbs",
    "Calls of verbs",
    "What the path below the call costs; [trace-format.md](trace-format.md#importing-verbs) has the rules.",
  ],
  ["memory", "Memory accesses", "What page walks and caches cost."],
  ["mapping", "Page maps", "Which frames the pages of a trace lie in: `replay --mapping`."],
  ["exits", "Exits of virtual CPUs", "What the host takes for them; nothing replays them."],
  ["arrow", "Tables", "Of any schema."],
];

const text = wrapped(`# Recordings that are read
${FORMATS.length} formats, each found by its content: \`verbscope import FILE -o trace.arrow\`.
\`verbscope import FORMAT FILE -o trace.arrow\` forces one, which ambiguous content and standard input need.
Files may be packed: ${PACKED.join(", ")}; what they are shows in their first bytes, never in their names.
Produced by \`node tools/pages/formats.mjs\` (after \`npm run build\`), which imports the samples of [test/import/fixtures](../test/import/fixtures).

## What each source can answer
A trace of memory accesses answers only what its recorder wrote down.
*recorded* stands in the file, *inferred* follows from it, *assumed* is a value that is said in the loss report, – is a column that the trace does not have.
Where two words stand, it depends on the recording.

${columns}

What that means for a replay:
* **pages, TLBs, walks**: addresses are recorded. *reuse only*: objects were placed by us.
* **lines**: sizes are recorded, so that it is known which lines and pages an access touches.
* **instructions between**: \`gap\` gives the time between accesses; without it a replay has memory's time only.
* **threads of a verbs trace**: accesses run in the thread that made them, when a verbs trace of the same run is replayed with them.
* **moments of a verbs trace**: accesses take their place between calls by their times; otherwise they are spread evenly, and the report says so.

${questions}

## Loss reports
What the samples' loss reports say, all of them; \`verbscope inspect TRACE\` prints the one of a trace.
Sentences that count something count it in a sample.

${KINDS.map(
  ([kind, title, what]) =>
    `## ${title}\n${what}\n\n${read
      .filter(({ format }) => format.kind === kind)
      .map(section)
      .join("\n\n")}`,
).join("\n\n")}

## Known and not read
${NOT_READ.map(({ what, why }) => `* ${what.charAt(0).toUpperCase() + what.slice(1)}: ${why}.`).join("\n")}
`);
if (!check) writeFileSync(PAGE, text);
else if (readFileSync(PAGE, "utf8") !== text) {
  console.error(
    "docs/formats.md is not what node tools/pages/formats.mjs writes: run it and review the difference",
  );
  process.exitCode = 1;
} else console.log("docs/formats.md: as the samples say");
