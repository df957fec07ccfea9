// The README's picture is a real result: this prints it from the
// bundled trace, or with --write puts it into README.md.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (f) => fileURLToPath(new URL(`../../${f}`, import.meta.url));
const r = spawnSync(process.execPath, [at("dist/cli/main.js"), "replay", "traces/rc-pingpong-4k.arrow"], {
  cwd: at("."),
  encoding: "utf8",
  env: { ...process.env, COLUMNS: "120" },
});
if (r.status !== 0) {
  process.stderr.write(r.stderr);
  process.exit(1);
}
const part = (from, to) => r.stdout.slice(r.stdout.indexOf(from), r.stdout.indexOf(to)).trimEnd();
const picture = `${part("path ", "(Data path:")}\n\n${part("Where the time goes", "Operations (p50")}`;
if (process.argv.includes("--write")) {
  const readme = readFileSync(at("README.md"), "utf8");
  writeFileSync(
    at("README.md"),
    readme.replace(
      /(<!-- picture -->\n```text\n)[\s\S]*?^(```$)/m,
      (_all, head, tail) => `${head}${picture}\n${tail}`,
    ),
  );
} else console.log(picture);
