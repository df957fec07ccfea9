// Writes docs/sources.md from sources/, after a build: node tools/pages/sources.mjs; --check compares instead.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { builtinNames, documentFile, readJson } from "../../dist/files.js";
import { loadSources } from "../../dist/sources/load.js";
import { wrapped } from "../prose.mjs";

const {
  values: { check },
} = parseArgs({ options: { check: { type: "boolean", default: false } } });
const PAGE = new URL("../../docs/sources.md", import.meta.url);
const { publications, figures } = loadSources();
const areas = builtinNames("sources")
  .map((name) => readJson(documentFile("sources", name)))
  .filter((d) => d.entries !== undefined);
/** Areas by letter, then the testbeds' parameters. */
const order = ({ entries: [first] }) => (/^P[TM]/.test(first.id) ? `~${first.id}` : first.id);
areas.sort((a, b) => (order(a) < order(b) ? -1 : 1));

const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("*", "\\*");
const row = (...cells) => `| ${cells.join(" | ")} |`;
const link = (name) => {
  const address = publications.get(name)?.address;
  return address === undefined ? cell(name) : `[${cell(name)}](${address})`;
};
const origin = (f) =>
  [
    ...(f.publication === undefined ? [] : [`${link(f.publication)}${f.at ? `, ${cell(f.at)}` : ""}`]),
    ...(f.rests_on === undefined ? [] : [f.rests_on.join(", ")]),
  ].join("; ");
const table = ({ area, entries }) =>
  [
    `## ${area}`,
    "",
    row("id", "what", "value", "conditions", "from", "basis"),
    row(..."------".split("").map(() => "---")),
    ...entries.map((f) =>
      row(
        f.id,
        cell(f.quantity),
        cell(`${f.value}${f.unit === undefined ? "" : ` ${f.unit}`}`),
        cell(f.conditions ?? ""),
        origin(f),
        f.basis,
      ),
    ),
  ].join("\n");
const way = (p) => p.address ?? (p.find === undefined ? `lost: ${p.lost}` : `search for ${p.find}`);
const titles = [...publications].map(([name, p]) =>
  row(cell(name), cell(p.title), cell(way(p) + (p.note === undefined ? "" : ` (${p.note})`))),
);

const text = wrapped(`# Sources

Every figure that testbeds, points, pages and comments cite by an id: ${figures.size} of them, from ${publications.size} publications.
Produced by \`node tools/pages/sources.mjs\` (after \`npm run build\`) from [sources/](../sources).
The steps of the paths cite code instead: [prototype.md](prototype.md).

An id is the letter of an area and a number, given when a figure was written down, before it was known whether the model would use it: so numbers are missing.
A letter behind it tells several figures of one place apart, and an id without its letter means them all.
PT and PM are the parameters that the testbeds thesis-2014 and modern were proposed with; each names the figures that it rests on.
\`verbscope testbeds show thesis-2014 --sources\` prints the entries that a testbed cites.

What \`basis\` says:
* read: at the place named.
* second-hand: from somebody's notes, a quotation or a broad statement.
* recalled: from memory, and not read again.
* computed: by a formula or published code.
* inferred: by reasoning, which the conditions give.

${areas.map(table).join("\n\n")}

## Publications
The repositories of the prototype are among them.

${row("name", "what it is", "where")}
${row("---", "---", "---")}
${titles.join("\n")}
`);
if (!check) writeFileSync(PAGE, text);
else if (readFileSync(PAGE, "utf8") !== text) {
  console.error(
    "docs/sources.md is not what node tools/pages/sources.mjs writes: run it and review the difference",
  );
  process.exitCode = 1;
} else console.log("docs/sources.md: as sources/ says");
