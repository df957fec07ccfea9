// Reads the import graph of TypeScript sources. A regular
// expression is enough: specifiers are plain strings here.
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const STATEMENT =
  /^\s*(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;

/** Files under a folder of the checkout, as posix paths relative to it. */
export function sources(folder, extension = ".ts") {
  return readdirSync(posix.join(root, folder), { recursive: true, encoding: "utf8" })
    .map((f) => posix.join(folder, f.split("\\").join("/")))
    .filter((f) => f.endsWith(extension))
    .sort();
}
export const text = (file) => readFileSync(posix.join(root, file), "utf8");

/** Code without comments, for rules about what is called. */
export const code = (file) =>
  text(file)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "$1");

/** `{ specifier, target }` of each import; target is a file of the checkout, or undefined for packages. */
export function importsOf(file) {
  return [...text(file).matchAll(STATEMENT)].map((m) => {
    const specifier = m[1] ?? m[2] ?? m[3];
    if (!specifier.startsWith(".")) return { specifier };
    const path = posix.join(posix.dirname(file), specifier);
    return {
      specifier,
      target: path.endsWith(".js")
        ? path.replace(/\.js$/, ".ts")
        : path.endsWith(".ts")
          ? path
          : `${path}.ts`,
    };
  });
}

/** Groups of nodes that reach each other (Tarjan), each sorted; single nodes are left out. */
export function cycles(graph) {
  const index = new Map(),
    low = new Map(),
    stack = [],
    found = [];
  const visit = (n) => {
    index.set(n, index.size);
    low.set(n, index.get(n));
    stack.push(n);
    for (const m of graph.get(n) ?? []) {
      if (!index.has(m)) visit(m);
      if (stack.includes(m)) low.set(n, Math.min(low.get(n), low.get(m)));
    }
    if (low.get(n) !== index.get(n)) return;
    const group = stack.splice(stack.indexOf(n));
    if (group.length > 1) found.push(group.sort());
  };
  for (const n of graph.keys()) if (!index.has(n)) visit(n);
  return found;
}
