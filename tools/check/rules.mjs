// The rules of the model's pages are kept twice, by core and oracle: each says where, by the rule's id.
import { sources, text } from "../imports.mjs";

/**
 * Pages that number their rules: `R2.4` is the fourth rule of section 2, `R4.2.3` the third of section 4.2.
 */
const PAGES = { R: "docs/model.md", M: "docs/memory-model.md" };
const ID = /(?<![\w.-])[RM]\d+(?:\.\d+)+(?![\w-])/g;
const HEADING = /^#{2,}\s+(\d+(?:\.\d+)*)/;
/** A bullet that begins with an id in bold. */
const RULE = /^\s*[*-] \*\*([RM])(\d+(?:\.\d+)+)\*\*(?= \S)/;
const BULLET = /^\* /;
/** A section holds many rules, so it is no citation. */
const VAGUE = /model\.md[,:]?\s+\d|\bsections?\s+\d/gi;

/** Who must cite every rule: the program (core or driver), and what checks it. */
const SIDES = [
  { who: "core or driver", folders: ["assembly", "src"] },
  { who: "oracle or test", folders: ["test"] },
];
/** Others may cite. */
const OTHERS = [
  ["docs", ".md"],
  ["bench", ".mjs"],
  ["bench", ".h"],
  ["bench", ".c"],
];

const problems = [];
const rules = new Set();
for (const [prefix, page] of Object.entries(PAGES)) {
  let section = "",
    last = 0;
  text(page)
    .split("\n")
    .forEach((line, i) => {
      const where = `${page}, line ${i + 1}`;
      const heading = HEADING.exec(line);
      if (heading) [section, last] = [heading[1], 0];
      const rule = RULE.exec(line);
      if (!rule) {
        if (BULLET.test(line)) problems.push(`${where}: a bullet without an id; give it one, or indent it`);
        return;
      }
      const id = rule[1] + rule[2],
        next = `${prefix}${section}.${last + 1}`;
      if (rules.has(id)) problems.push(`${where}: ${id} is there twice`);
      else if (id !== next) problems.push(`${where}: ${id} stands where ${next} should`);
      rules.add(id);
      last = Number(rule[2].split(".").at(-1));
    });
  if (![...rules].some((id) => id.startsWith(prefix))) problems.push(`${page}: no rule has an id`);
}

function cited(files) {
  const out = new Set();
  for (const file of files)
    for (const [id] of text(file).matchAll(ID)) {
      if (!rules.has(id)) problems.push(`${file}: ${id} is no rule of ${PAGES[id[0]]}`);
      out.add(id);
    }
  return out;
}
const read = SIDES.map(({ who, folders }) => {
  const files = folders.flatMap((f) => sources(f)).filter((f) => !f.startsWith("assembly/gen/"));
  for (const file of files)
    for (const [found] of text(file).matchAll(VAGUE))
      problems.push(`${file}: "${found}" names no rule; cite its id`);
  const ids = cited(files);
  for (const id of rules)
    if (!ids.has(id)) problems.push(`${PAGES[id[0]]}: no ${who} cites ${id} (${folders.join(", ")})`);
  return files.length;
});
cited(OTHERS.flatMap(([folder, extension]) => sources(folder, extension)));
cited(["README.md"]);

for (const p of problems) console.error(p);
if (problems.length > 0) process.exitCode = 1;
else
  console.log(
    `rules: ${rules.size} rules, each cited by core or driver and by ` +
      `oracle or test (${read.join(" and ")} files)`,
  );
