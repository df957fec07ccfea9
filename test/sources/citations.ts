import { readdirSync, readFileSync } from "node:fs";
import { extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { citations } from "../../src/sources/cite.js";
import { figuresOf, type Sources } from "../../src/sources/load.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Folders whose texts cite, and what of them is read. */
const FOLDERS: readonly [folder: string, extensions: readonly string[]][] = [
  ["paths", [".json"]],
  ["testbeds", [".json"]],
  ["points", [".json"]],
  ["docs", [".md"]],
  ["src", [".ts"]],
  ["assembly", [".ts"]],
  ["test", [".ts"]],
  ["tools", [".mjs"]],
  ["bench", [".mjs"]],
];
/** The page made of the entries cites them all; these tests cite what does not exist. */
const WITHOUT = /^(docs\/sources\.md$|test\/sources\/|test\/.*\/fixtures\/)/;

/** Comments that go on in a new line are one text. */
const joined = (text: string): string => text.replace(/\n\s*(?:\/\/|\*(?!\/))?\s*/g, " ");

/** Texts by file. */
export function citing(): Map<string, string> {
  const out = new Map([["README.md", joined(readFileSync(join(root, "README.md"), "utf8"))]]);
  for (const [folder, extensions] of FOLDERS)
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      const file = posix.join(folder, name.split("\\").join("/"));
      if (extensions.includes(extname(file)) && !WITHOUT.test(file))
        out.set(file, joined(readFileSync(join(root, file), "utf8")));
    }
  return out;
}

/** Every citation that leads nowhere, with its file. */
export function unresolved(texts: ReadonlyMap<string, string>, sources: Sources): string[] {
  const out = new Set<string>();
  for (const [file, text] of texts)
    for (const c of citations(text)) {
      if (c.kind === "figure") {
        if (figuresOf(sources, c.id).length === 0)
          out.add(`${file}: ${c.id} has no entry in sources/; add it, or correct the id`);
        continue;
      }
      const section = sources.sections.get(c.section);
      if (!section) out.add(`${file}: prototype ${c.section} is no section of docs/prototype*.md`);
      else
        for (const step of c.steps)
          if (!section.steps.has(step))
            out.add(`${file}: prototype ${c.section} step ${step} is no step of ${section.page}`);
    }
  return [...out];
}
/** Entries and publications that nothing cites, even by way of another entry. */
export function unused(texts: ReadonlyMap<string, string>, sources: Sources): string[] {
  const cited = new Set<string>();
  const take = (id: string): void => {
    for (const f of figuresOf(sources, id)) {
      if (cited.has(f.id)) continue;
      cited.add(f.id);
      for (const below of f.rests_on ?? []) take(below);
      for (const c of citations(f.conditions ?? "")) if (c.kind === "figure") take(c.id);
    }
  };
  for (const text of texts.values()) for (const c of citations(text)) if (c.kind === "figure") take(c.id);
  const named = new Set([
    ...[...sources.figures.values()].map((f) => f.publication),
    ...[...sources.sections.values()].flatMap((s) => s.publications),
  ]);
  return [
    ...[...sources.figures.keys()]
      .filter((id) => !cited.has(id))
      .map((id) => `sources/: nothing cites ${id}`),
    ...[...sources.publications.keys()]
      .filter((name) => !named.has(name))
      .map((name) => `sources/publications.json: nothing names ${name}`),
  ];
}
/** What entries and sections name among themselves and does not exist. */
export function dangling(sources: Sources): string[] {
  const out: string[] = [];
  const known = (where: string, name: string): void => {
    if (!sources.publications.has(name)) out.push(`${where}: ${name} is not in sources/publications.json`);
  };
  for (const f of sources.figures.values()) {
    if (f.publication !== undefined) known(f.id, f.publication);
    const within = (f.rests_on ?? []).join(" ") + " " + (f.conditions ?? "");
    out.push(...unresolved(new Map([[`sources/, ${f.id}`, within]]), sources));
  }
  for (const s of sources.sections.values())
    for (const name of s.publications) known(`${s.page}, ${s.number}`, name);
  return out;
}
