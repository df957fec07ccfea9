import { MECHANISMS, type Mechanism, mechanismOf } from "../abi/mechanisms.js";
import { UserError } from "../errors.js";
import { BASE_ONLY, documentFile, readJson } from "../files.js";
import { didYouMean } from "../suggest.js";
import { checkPathDocument, type PathDocument, type Settings } from "./document.js";
import { chainOf, flatten, type Path } from "./flatten.js";

export function loadPathDocument(name: string): PathDocument {
  const file = documentFile("paths", name);
  return checkPathDocument(readJson(file), file);
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
        `path ${label}: unknown mechanism "${mechanism}"; legal: ${Object.keys(MECHANISMS).join(", ")}` +
          didYouMean(mechanism, Object.keys(MECHANISMS)),
      );
    if (value === undefined || !legal.values.includes(value))
      throw new UserError(
        `path ${label}: ${mechanism}=${value ?? ""} is not a value of ` +
          `${mechanism}; legal: ${legal.values.join(", ")}${didYouMean(value ?? "", legal.values)}`,
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
  if (name === BASE_ONLY)
    throw new UserError(
      `path ${label}: ${BASE_ONLY} holds the steps that other paths choose among and is no path; ` +
        "name one of those, or extend it in a document of your own",
    );
  return flatten(loadChain(name), overrides, label);
}
