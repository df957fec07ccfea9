import { MECHANISMS, type Mechanism, mechanismOf } from "../abi/mechanisms.js";
import { UserError } from "../errors.js";
import { documentFile, readJson } from "../files.js";
import { checkPathDocument, type PathDocument, type Settings } from "./document.js";
import { chainOf, flatten, type Path } from "./flatten.js";

const builtIn = new WeakSet<PathDocument>();
/** Whether a document came with the package, and not from a file of the user. */
export const isBuiltIn = (document: PathDocument): boolean => builtIn.has(document);

export function loadPathDocument(name: string): PathDocument {
  const file = documentFile("paths", name);
  const document = checkPathDocument(readJson(file), file);
  if (file !== name) builtIn.add(document);
  return document;
}

/** Splits `virt-ib+memory=memlink+irq=msix`. */
export function parsePathLabel(label: string): { name: string; overrides: Settings } {
  const [name, ...rest] = label.split("+");
  const overrides: Settings = {};
  for (const r of rest) {
    const [mechanism, value] = r.split("=") as [string, string | undefined];
    const legal = mechanismOf(mechanism);
    if (!legal)
      throw new UserError(
        `path ${label}: unknown mechanism "${mechanism}"; legal: ${Object.keys(MECHANISMS).join(", ")}`,
      );
    if (value === undefined || !legal.values.includes(value))
      throw new UserError(
        `path ${label}: ${mechanism}=${value ?? ""} is not a value of ` +
          `${mechanism}; legal: ${legal.values.join(", ")}`,
      );
    overrides[mechanism as Mechanism] = value;
  }
  return { name: name!, overrides };
}

/** The documents of a path, base first. */
export function loadChain(name: string): PathDocument[] {
  return chainOf(loadPathDocument(name), (n) => loadPathDocument(n));
}

/** Loads, checks and settles a path given as `name`, `name+mechanism=value…` or a file. */
export function loadPath(label: string): Path {
  const { name, overrides } = parsePathLabel(label);
  return flatten(loadChain(name), overrides, label);
}
