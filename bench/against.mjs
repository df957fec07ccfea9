// Another revision of the project, built beside this one, for `--against REV`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The library of a revision, built once in build/against, with this checkout's packages if they are its own too. */
async function libraryOf(rev) {
  const git = (...words) => execFileSync("git", words, { cwd: root, maxBuffer: 1 << 30 });
  const commit = git("rev-parse", "--verify", `${rev}^{commit}`).toString().trim().slice(0, 12),
    folder = `${root}build/against/${commit}`;
  if (!existsSync(`${folder}/build/core.wasm`)) {
    mkdirSync(folder, { recursive: true });
    execFileSync("tar", ["-x", "-C", folder], { input: git("archive", commit) });
    shareNodeModules(folder);
    console.log(`building ${commit} …`);
    execFileSync(process.execPath, ["tools/build.mjs"], { cwd: folder, stdio: "inherit" });
  }
  return { commit, ...(await import(pathToFileURL(`${folder}/dist/index.js`).href)) };
}

/** This build, and the other one where a revision is named: `base`. */
export async function buildsOf(own, rev) {
  const base = rev === undefined ? undefined : await libraryOf(rev);
  return { base, builds: [own, ...(base ? [base] : [])] };
}

/** Where both want the same packages. The old time tells the build that they are installed: npm ci would empty ours. */
function shareNodeModules(folder) {
  const lock = `${folder}/package-lock.json`;
  if (!readFileSync(lock).equals(readFileSync(`${root}package-lock.json`))) return;
  symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  utimesSync(lock, 0, 0);
}
