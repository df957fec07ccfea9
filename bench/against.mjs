// Another revision of the project, built beside this one, for `--against REV`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The library of a revision; it is built once, with this checkout's packages, in build/against. */
export async function libraryOf(rev) {
  const git = (...words) => execFileSync("git", words, { cwd: root, maxBuffer: 1 << 30 });
  const commit = git("rev-parse", "--verify", `${rev}^{commit}`).toString().trim().slice(0, 12),
    folder = `${root}build/against/${commit}`;
  if (!existsSync(`${folder}/build/core.wasm`)) {
    mkdirSync(folder, { recursive: true });
    execFileSync("tar", ["-x", "-C", folder], { input: git("archive", commit) });
    if (!existsSync(`${folder}/node_modules`)) symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
    console.log(`building ${commit} …`);
    execFileSync(process.execPath, ["tools/build.mjs"], { cwd: folder, stdio: "inherit" });
  }
  return { commit, ...(await import(pathToFileURL(`${folder}/dist/index.js`).href)) };
}
