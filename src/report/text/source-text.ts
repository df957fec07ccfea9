import { CITATION, type Citation, citations } from "../../sources/cite.js";
import type { Basis, Source } from "../../sources/document.js";
import { figuresOf, publishers, type Sources } from "../../sources/load.js";
import { LETTERS, type Section } from "../../sources/prototype.js";

const BASIS: Record<Basis, string> = {
  read: "read at the source",
  "second-hand": "second-hand",
  recalled: "recalled from memory, not read again",
  computed: "computed",
  inferred: "inferred",
};
/** Letters of steps that no publication stands behind. */
const WITHOUT: Readonly<Record<string, string>> = { R: "recalled", I: "inferred" };
const unique = (names: readonly string[]): string[] => [...new Set(names)];

/** Where steps with these letters are from, in short. */
function originOf(letters: string, section: Section): string[] {
  const others = section.publications.filter((p) => !Object.values(LETTERS).includes(p));
  return unique([...letters].flatMap((l) => (l === "P" ? others : [LETTERS[l] ?? WITHOUT[l]!])));
}
/** Short names behind one citation; none where it does not resolve, as in a document of the user's. */
function names(c: Citation, sources: Sources): string[] {
  if (c.kind === "prototype") {
    const section = sources.sections.get(c.section);
    if (!section) return [];
    if (c.steps.length === 0) return [...section.publications];
    return unique(c.steps.flatMap((s) => originOf(section.steps.get(s)?.letters ?? "", section)));
  }
  return unique(
    figuresOf(sources, c.id).flatMap((f) => (f.basis === "inferred" ? ["inferred"] : publishers(sources, f))),
  );
}

/** A source as documents write it, with the short name of the publication beside each citation. */
export function annotated(text: string, sources: Sources): string {
  return text.replace(CITATION, (found) => {
    const short = names(citations(found)[0]!, sources).filter(
      (n) => n !== "inferred" || !text.includes("inferred"),
    );
    return short.length === 0 ? found : `${found} [${short.join("; ")}]`;
  });
}

const line = (label: string, text: string): string => `  ${label.padEnd(12)}${text}`;

/** A publication, and how to find it. */
function publicationText(name: string, at: string | undefined, sources: Sources): string[] {
  const p = sources.publications.get(name);
  if (!p) return [line("published", name)];
  const out = [line("published", `${name}: ${p.title}${at === undefined ? "" : `, ${at}`}`)];
  if (p.address !== undefined) out.push(line("address", p.address));
  if (p.find !== undefined) out.push(line("search for", p.find));
  if (p.lost !== undefined) out.push(line("lost", p.lost));
  if (p.note !== undefined) out.push(line("note", p.note));
  return out;
}
function figureText(f: Source, sources: Sources): string[] {
  return [
    `${f.id}: ${f.quantity}: ${f.value}${f.unit === undefined ? "" : ` ${f.unit}`}`,
    ...(f.conditions === undefined ? [] : [line("conditions", f.conditions)]),
    ...(f.publication === undefined ? [] : publicationText(f.publication, f.at, sources)),
    ...(f.rests_on === undefined ? [] : [line("rests on", f.rests_on.join(", "))]),
    line("basis", BASIS[f.basis]),
  ];
}
function sectionText(section: Section, steps: ReadonlySet<string>): string[] {
  const out = [`prototype ${section.number}: ${section.title}`, line("page", section.page)];
  for (const [name, { letters, text }] of section.steps)
    if (steps.has(name))
      out.push(
        line(`step ${name}`, `${text.replaceAll("`", "")} [${originOf(letters, section).join("; ")}]`),
      );
  if (section.code !== "") out.push(line("code", section.code.replace(/\*\*|`/g, "")));
  return out;
}

/**
 * Everything that these texts cite, each once: the prototype's sections in order, with the steps that are
 * cited; the publications of their code; then figures as they are met, each before what it rests on.
 */
export function sourcesText(texts: readonly string[], sources: Sources): string {
  const steps = new Map<string, Set<string>>(),
    figures = new Set<Source>();
  const take = (id: string): void => {
    for (const f of figuresOf(sources, id)) {
      if (figures.has(f)) continue;
      figures.add(f);
      for (const below of f.rests_on ?? []) take(below);
    }
  };
  for (const c of texts.flatMap(citations)) {
    if (c.kind === "figure") take(c.id);
    else steps.set(c.section, new Set([...(steps.get(c.section) ?? []), ...c.steps]));
  }
  const sections = [...sources.sections.values()].filter((s) => steps.has(s.number));
  const blocks = [
    ...sections.map((s) => sectionText(s, steps.get(s.number)!)),
    ...unique(sections.flatMap((s) => s.publications)).map((name) => {
      const [first, ...rest] = publicationText(name, undefined, sources);
      return [first!.replace(/^ +published +/, ""), ...rest];
    }),
    ...[...figures].map((f) => figureText(f, sources)),
  ];
  if (blocks.length === 0) return "Sources: none is cited\n";
  return `Sources\n\n${blocks.map((b) => b.join("\n")).join("\n\n")}\n`;
}
