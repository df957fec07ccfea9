// Writes docs/results.md, after a build: node tools/pages/results.mjs [--captures FOLDER], a folder of *.csv.xz as memory-csv imports them; without it the bundled memory traces.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wrapped } from "../prose.mjs";
import { memory } from "./results/memory.mjs";

const {
  values: { captures },
} = parseArgs({ options: { captures: { type: "string" } } });
const folder = mkdtempSync(join(tmpdir(), "verbscope-"));
try {
  const text = wrapped(`# Results

Produced by \`node tools/pages/results.mjs${captures === undefined ? "" : " --captures FOLDER"}\` (after
\`npm run build\`)${captures === undefined ? "" : "; FOLDER holds the memory recordings, of which two samples are bundled"}. No parameter was set from the published figures below. ibv_rc_pingpong on each path is in [thesis.md](thesis.md).

${await memory(folder, captures)}`);
  writeFileSync(fileURLToPath(new URL("../../docs/results.md", import.meta.url)), text);
  console.log(text);
} finally {
  rmSync(folder, { recursive: true });
}
