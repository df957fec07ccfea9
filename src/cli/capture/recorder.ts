import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.js";
import { packageUrl } from "../../files.js";
import { version } from "../../version.js";

const LIBRARY = "libverbscope-capture.so";
const INSTALL = "on Debian and Ubuntu: apt-get install gcc make libc6-dev libibverbs-dev librdmacm-dev";

/** What make or the compiler lacks, and the package that has it. */
const LACKING: readonly [RegExp, string][] = [
  [/infiniband\/\w+\.h: No such file/, "the headers of libibverbs are missing (package libibverbs-dev)"],
  [/rdma\/\w+\.h: No such file/, "the headers of librdmacm are missing (package librdmacm-dev)"],
  [/\bcc: (not found|No such file|command not found)/i, "there is no C compiler (package gcc)"],
  [
    /(stdint|stdio|pthread|assert)\.h: No such file/,
    "the headers of the C library are missing (package libc6-dev)",
  ],
];

/** A folder for what is built: the package's, or where that is not ours to write to the user's cache. */
function buildFolder(): string {
  const own = fileURLToPath(packageUrl("build/capture"));
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const errors: string[] = [];
  for (const folder of [own, join(cache, "verbscope", version(), "capture")]) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch (error) {
      errors.push(`${folder} (${(error as NodeJS.ErrnoException).code ?? "error"})`);
    }
  }
  throw new UserError(
    `capture: there is no place to build the recorder in: ${errors.join(", ")} cannot be written; ` +
      "set XDG_CACHE_HOME to a folder of yours",
  );
}

function isFresh(library: string, sources: string): boolean {
  if (!existsSync(library)) return false;
  const built = statSync(library).mtimeMs;
  return readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(c|h|map)$/.test(file) && !/^(stub|test)\//.test(file))
    .every((file) => statSync(join(sources, file)).mtimeMs <= built);
}

/** The recorder as a shared object. It is built the first time, and when its sources have changed. */
export function recorderLibrary(): string {
  const sources = fileURLToPath(packageUrl("capture")),
    folder = buildFolder(),
    library = join(folder, LIBRARY);
  if (process.platform !== "linux")
    throw new UserError(
      `capture: works on Linux only, this is ${process.platform}: record on the host that has the device`,
    );
  if (isFresh(library, sources)) return library;
  const made = spawnSync("make", ["-C", sources, `OUT=${folder}`, "WERROR=", "recorder"], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" }, // what it says is looked at below
  });
  if ((made.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
    throw new UserError(`capture: the recorder must be built, and make is missing; ${INSTALL}`);
  if (made.status === 0 && existsSync(library)) return library;
  const said = `${made.stderr ?? ""}`;
  const lacking = LACKING.find(([sign]) => sign.test(said))?.[1];
  throw new UserError(
    lacking !== undefined
      ? `capture: the recorder cannot be built: ${lacking}; ${INSTALL}`
      : `capture: the recorder cannot be built (${said.trim().split("\n")[0] || String(made.error)}): ` +
          `run make -C ${sources} to see why`,
  );
}
