// What docs show of the command line is what it prints: every block of docs/*.md between
// <!-- transcript: ARGUMENTS --> and <!-- /transcript --> is written by running verbscope with them, in the
// checkout, 110 columns wide. After a build; --check compares instead.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const {
  values: { check },
} = parseArgs({ options: { check: { type: "boolean", default: false } } });
const root = fileURLToPath(new URL("../../", import.meta.url));
const BLOCK = /(<!-- transcript: (.+?) -->\n)[\s\S]*?(<!-- \/transcript -->)/g;

function transcript(args) {
  const r = spawnSync(process.execPath, ["dist/cli/main.js", ...args.split(" ")], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, COLUMNS: "110" },
  });
  if (r.status !== 0) throw new Error(`verbscope ${args}: ${r.stderr}`);
  return `\`\`\`text\n$ verbscope ${args}\n${r.stdout}\`\`\`\n`;
}

let blocks = 0;
for (const name of readdirSync(`${root}docs`).filter((f) => f.endsWith(".md"))) {
  const file = `${root}docs/${name}`,
    old = readFileSync(file, "utf8");
  const text = old.replace(BLOCK, (_all, from, args, to) => {
    blocks++;
    return from + transcript(args) + to;
  });
  if (text === old) continue;
  if (check) {
    console.error(
      `docs/${name} does not show what is printed today: run node tools/pages/transcripts.mjs and review it`,
    );
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
if (!process.exitCode) console.log(`docs: ${blocks} transcripts are what is printed today`);
