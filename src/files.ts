import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "./errors.js";
import { looksLike } from "./looks-like.js";
import { didYouMean } from "./suggest.js";

/** Folder of the package: documents, traces and the core lie beside dist/. */
export const packageUrl = (relative: string): URL => new URL(`../${relative}`, import.meta.url);

/** Names standard input where a file is read, and standard output where one is written. */
export const STANDARD = "-";
const STDIN = 0;
export const shownName = (file: string): string => (file === STANDARD ? "standard input" : file);

/** What to do about a file that the system refuses. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder; check the name"],
  ["EACCES", "permission is missing; choose another place, or ask its owner"],
  ["EPERM", "permission is missing; choose another place, or ask its owner"],
  ["EROFS", "the file system is read-only; choose another place"],
  ["EISDIR", "it is a folder; name a file"],
  ["ENOTDIR", "a part of its path is a file, not a folder; check the name"],
  ["ENOSPC", "the disk is full; make room or choose another place"],
  ["EDQUOT", "the quota is used up; make room or choose another place"],
  ["EFBIG", "the file would be larger than allowed here; choose another place"],
  ["ENAMETOOLONG", "the name is too long; choose a shorter one"],
  ["ELOOP", "its links lead in a circle; name the file itself"],
  ["EEXIST", "it is a file, and a folder is wanted; choose another name"],
  ["EPIPE", "whoever read it has gone"],
]);
/** The system refused a file: what could not be done with it, why, and what to do. */
export function refused(
  file: string,
  done: "read" | "opened" | "written" | "made",
  error: unknown,
): UserError {
  const code = (error as NodeJS.ErrnoException).code ?? "error",
    name =
      file === ""
        ? '""'
        : file !== STANDARD
          ? file
          : done === "written"
            ? "standard output"
            : "standard input";
  const advice =
    code === "ENOENT" && done === "written"
      ? "its folder is not there; make it first, or choose another"
      : ADVICE.get(code);
  return new UserError(
    `${name}: cannot be ${done} (${code}): ${advice ?? "check the name and its permissions"}`,
  );
}

/** A system call on a pipe that is full or empty for now is tried again. */
export function patiently(call: () => number): number {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Documents are read whole; a larger one is something else. */
const LONGEST_TEXT_BYTES = 2 ** 28;

function readBytes(file: string): Buffer {
  try {
    if (file !== STANDARD && statSync(file).size > LONGEST_TEXT_BYTES)
      throw new UserError(`${file}: has more than 256 MiB, which no document has; check the name`);
    return readFileSync(file === STANDARD ? STDIN : file);
  } catch (e) {
    if (e instanceof UserError) throw e;
    throw refused(file, "read", e);
  }
}
export const readText = (file: string): string => readBytes(file).toString("utf8");

/** Levels of a JSON document; none of ours has a dozen. */
const DEEPEST = 100;

export function readJson(file: string): unknown {
  const bytes = readBytes(file),
    name = shownName(file);
  let doc: unknown;
  try {
    doc = JSON.parse(bytes.toString("utf8"));
  } catch (e) {
    const look = looksLike(bytes, file);
    throw new UserError(
      look?.document
        ? `${name}: is ${look.what} that is cut off or damaged (${(e as Error).message}); write it again`
        : look && !look.vague
          ? `${name}: is no JSON document, but looks like ${look.what}; ${look.todo}`
          : `${name}: is not JSON (${(e as Error).message}); correct it at the place named`,
    );
  }
  if (deeper(doc, DEEPEST))
    throw new UserError(
      `${name}: its lists and objects are nested more than ${DEEPEST} deep; no document needs that`,
    );
  return doc;
}
function deeper(x: unknown, levels: number): boolean {
  if (typeof x !== "object" || x === null) return false;
  return levels === 0 || Object.values(x).some((v) => deeper(v, levels - 1));
}

/** Text of a file of the package. */
export const packageText = (relative: string): string => readText(fileURLToPath(packageUrl(relative)));

/** `traces/NAME.arrow` is the package's where the working folder has no such file. */
export function traceFile(name: string): string {
  if (!/^traces\/[\w-]+\.arrow$/.test(name) || existsSync(name)) return name;
  const bundled = fileURLToPath(packageUrl(name));
  return existsSync(bundled) ? bundled : name;
}

type Folder = "paths" | "testbeds" | "sources";

/** A path document that others extend; it is no path by itself. */
export const BASE_ONLY = "common";

/** Names of the built-in documents in a folder of the package. */
export function builtinNames(folder: Folder): string[] {
  return readdirSync(fileURLToPath(packageUrl(`${folder}/`)))
    .filter((f) => f.endsWith(".json"))
    .map((f) => f.slice(0, -5))
    .sort();
}
/** A built-in by its name, or a file by its path. */
export function documentFile(folder: Folder, name: string): string {
  if (/^[A-Za-z0-9_.-]+$/.test(name)) {
    const file = fileURLToPath(packageUrl(`${folder}/${name}.json`));
    if (existsSync(file)) return file;
  }
  if (existsSync(name)) return name;
  const known = builtinNames(folder).filter((n) => n !== BASE_ONLY);
  throw new UserError(
    `unknown ${folder.slice(0, -1)} "${name}": not a file, and not one of ${known.join(", ")}` +
      didYouMean(name, builtinNames(folder)),
  );
}
