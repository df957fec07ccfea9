import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "./errors.js";

/** Folder of the package: documents, traces and the core lie beside dist/. */
export const packageUrl = (relative: string): URL => new URL(`../${relative}`, import.meta.url);

export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (e) {
    throw new UserError(
      `${file}: cannot be read ` +
        `(${(e as NodeJS.ErrnoException).code ?? "error"}); ` +
        "check the name and its permissions",
    );
  }
}
export function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (e) {
    throw new UserError(`${file}: is not JSON (${(e as Error).message}); correct it at the place named`);
  }
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
  throw new UserError(
    `unknown ${folder.slice(0, -1)} "${name}": not a file, and not one of ${builtinNames(folder).join(", ")}`,
  );
}
