import { builtinNames, documentFile, packageText, readJson } from "../files.js";
import type { Publication, Source, SourcesDocument } from "./document.js";
import { PAGES, type Section, sectionsOf } from "./prototype.js";

/** Everything that documents of the project cite. */
export interface Sources {
  readonly figures: ReadonlyMap<string, Source>;
  readonly publications: ReadonlyMap<string, Publication>;
  readonly sections: ReadonlyMap<string, Section>;
}

/** sources/*.json and the pages of the prototype. They are part of the package, as the built-in paths are. */
export function loadSources(): Sources {
  const documents = builtinNames("sources").map(
    (name) => readJson(documentFile("sources", name)) as SourcesDocument,
  );
  return {
    figures: new Map(documents.flatMap((d) => d.entries ?? []).map((e) => [e.id, e])),
    publications: new Map(documents.flatMap((d) => Object.entries(d.publications ?? {}))),
    sections: new Map(PAGES.flatMap((page) => sectionsOf(page, packageText(page))).map((s) => [s.number, s])),
  };
}
/** The figures that an id stands for: itself, or all that have a letter behind it. */
export function figuresOf({ figures }: Sources, id: string): Source[] {
  const one = figures.get(id);
  if (one) return [one];
  return [...figures.values()].filter((f) => /[a-z]$/.test(f.id) && f.id.slice(0, -1) === id);
}
/** Short names of who published a figure, or what it rests on. */
export function publishers(sources: Sources, figure: Source): string[] {
  if (figure.publication !== undefined) return [figure.publication];
  const below = (figure.rests_on ?? []).flatMap((id) =>
    figuresOf(sources, id).flatMap((f) => publishers(sources, f)),
  );
  return [...new Set(below)];
}
