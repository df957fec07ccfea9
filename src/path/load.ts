import { MECHANISMS, type Mechanism, mechanismOf } from "../abi/mechanisms.js";
import { UserError } from "../errors.js";
import { BASE_ONLY, builtinNames, documentFile, readJson } from "../files.js";
import { didYouMean } from "../suggest.js";
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
export const loadPath = (spec: string): Path => loadPaths([spec])[0]!;

/**
 * Loads paths that one report sets side by side. A path from a file is called as its document is; where that is also
 * another's name, or a built-in's, by what its file has and the others have not: `mine:a` and `mine:b`.
 */
export function loadPaths(specs: readonly string[]): Path[] {
  const read = specs.map((spec) => {
    const { name: file, overrides } = parsePathLabel(spec);
    if (file === BASE_ONLY)
      throw new UserError(
        `path ${spec}: ${BASE_ONLY} holds the steps that other paths choose among and is no path; ` +
          "name one of those, or extend it in a document of your own",
      );
    const chain = loadChain(file);
    const { name } = chain[chain.length - 1]!;
    return { spec, file, overrides, chain, name, own: file !== name || !isBuiltIn(chain[chain.length - 1]!) };
  });
  const builtIns = builtinNames("paths");
  return read.map(({ spec, file, overrides, chain, name, own }) => {
    if (!own) return flatten(chain, overrides, spec);
    const others = read.filter((r) => r.own && r.name === name && r.file !== file).map((r) => r.file);
    const by = others.length > 0 || builtIns.includes(name) ? `:${difference(file, others)}` : "";
    const label = `${name}${by}${spec.slice(file.length)}`;
    // What is wrong in a document is said of its file.
    return { ...flatten(chain, overrides, spec), label, given: spec };
  });
}

/** What tells a file's name from those of others: its folders and itself, without what all have in common. */
function difference(file: string, others: readonly string[]): string {
  const parts = (f: string): string[] => f.replace(/\.json$/, "").split("/");
  const own = parts(file),
    theirs = others.map(parts);
  if (others.length === 0) return own[own.length - 1]!;
  const first = own.findIndex((part, i) => theirs.some((o) => o[i] !== part)),
    last =
      own.length -
      1 -
      [...own].reverse().findIndex((part, i) => theirs.some((o) => o[o.length - 1 - i] !== part));
  return (first < 0 || last < first ? own : own.slice(first, last + 1)).join("/");
}
