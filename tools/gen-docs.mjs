// Writes into docs/*.md the tables and pictures that the code has,
// between <!-- name --> and <!-- /name -->. After a build;
// --check compares instead.
import { readFileSync, writeFileSync } from "node:fs";
import { stagePicture } from "./pages/stages/picture.mjs";

const load = (name) => import(new URL(`../dist/${name}`, import.meta.url));
const { COMBINED, deviceValues } = await load("abi/device-values.js");
const { STAGES } = await load("abi/stages.js");

const tick = (s) => `\`${s}\``;
const table = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

function deviceTable() {
  const rows = deviceValues.map((v) => [
    tick(v.name),
    v.legal ? v.legal.map((x) => tick(x)).join(" ") : v.kind,
    v.says,
    (v.layers ?? COMBINED[v.param]?.layers ?? []).map(tick).join(" ") || "–",
    v.since,
  ]);
  return table(["value", "kind or legal values", "what", "layers that grow with it", "since"], rows);
}

const BLOCKS = {
  "docs/path-format.md": { "device-values": deviceTable },
  "docs/model.md": { stages: () => `\`\`\`text\n${stagePicture(STAGES)}\n\`\`\`` },
};
for (const [name, blocks] of Object.entries(BLOCKS)) {
  const file = new URL(`../${name}`, import.meta.url);
  const old = readFileSync(file, "utf8");
  const text = Object.entries(blocks).reduce((page, [block, make]) => {
    const [from, to] = [`<!-- ${block} -->\n`, `\n<!-- /${block} -->`];
    if (!page.includes(from) || !page.includes(to)) throw new Error(`${name} has no place for ${block}`);
    return page.slice(0, page.indexOf(from) + from.length) + make() + page.slice(page.indexOf(to));
  }, old);
  if (text === old) continue;
  if (process.argv.includes("--check")) {
    console.error(`${name} is stale: run \`npm run gen\``);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
