import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { builtinNames, documentFile, packageText, packageUrl, readJson } from "../../src/files.js";
import type { PathDocument, StepDocument } from "../../src/path/document.js";
import { citations } from "../../src/sources/cite.js";
import type { SourcesDocument } from "../../src/sources/document.js";
import { loadSources, type Sources } from "../../src/sources/load.js";
import { PAGES, sectionsOf } from "../../src/sources/prototype.js";
import { citing, dangling, unresolved, unused } from "./citations.js";

const sources = loadSources(),
  texts = citing();
const documents = builtinNames("sources").map(
  (name) => [name, readJson(documentFile("sources", name)) as SourcesDocument] as const,
);

describe("the project", () => {
  test("cites figures and steps that exist", () => expect(unresolved(texts, sources)).toEqual([]));
  test("holds no figure and no publication that nothing cites", () =>
    expect(unused(texts, sources)).toEqual([]));
  test("has no entry that names what does not exist", () => expect(dangling(sources)).toEqual([]));
  test("cites in every kind of text", () => {
    const of = (folder: string): number =>
      [...texts].filter(([f]) => f.startsWith(folder)).flatMap(([, text]) => citations(text)).length;
    for (const [folder, least] of [
      ["paths/", 350],
      ["testbeds/", 250],
      ["points/", 100],
      ["docs/", 200],
      ["src/", 2],
      ["assembly/", 3],
      ["test/", 4],
    ] as const)
      expect(of(folder), folder).toBeGreaterThanOrEqual(least);
  });
  test("gives every id once, in order, under its area", () => {
    for (const [name, { entries = [] }] of documents) {
      const ids = entries.map((e) => e.id);
      expect([...new Set(ids)].sort(), name).toEqual(ids);
    }
    expect(sources.figures.size).toBe(documents.flatMap(([, d]) => d.entries ?? []).length);
  });
  test("names no page in a source that it does not hold", () => {
    const missing = [...texts]
      .filter(([f]) => /^(paths|testbeds|points)\//.test(f))
      .flatMap(([f, text]) =>
        [...text.matchAll(/[\w-]+\.md\b|\bDESIGN\b/g)]
          .map(([page]) => page)
          .filter((page) => !texts.has(`docs/${page}`))
          .map((page) => `${f}: ${page}`),
      );
    expect(missing).toEqual([]);
  });
  test("ships what it cites", () => {
    const { files } = JSON.parse(packageText("package.json")) as { files: string[] };
    expect(files).toEqual(expect.arrayContaining(["sources", "docs", "paths", "testbeds"]));
  });
  test("docs/sources.md is what sources/ says", () => {
    const r = spawnSync(process.execPath, ["tools/pages/sources.mjs", "--check"], {
      cwd: fileURLToPath(packageUrl("")),
      encoding: "utf8",
    });
    expect([r.stderr, r.status]).toEqual(["", 0]);
  });
});

describe("steps of the built-in paths", () => {
  const steps = builtinNames("paths").flatMap((name) => {
    const d = readJson(documentFile("paths", name)) as PathDocument;
    return [...Object.values(d.groups ?? {}), ...Object.values(d.programs ?? {})]
      .flat()
      .filter((s: StepDocument) => s.use === undefined)
      .map((s) => ({ ...s, where: `paths/${name}.json, ${s.id}` }));
  });
  test("that were read say where: a section, a figure or a publication", () => {
    const nowhere = steps.filter(
      (s) =>
        s.basis === "read" &&
        citations(s.source ?? "").length === 0 &&
        ![...sources.publications.keys()].some((name) => s.source?.startsWith(name)),
    );
    expect(nowhere.map((s) => `${s.where}: ${s.source}`)).toEqual([]);
  });
  test("that are inferred say why", () => {
    const silent = steps.filter((s) => s.basis === "inferred" && !/\w{3}/.test(s.source ?? ""));
    expect(silent.map((s) => s.where)).toEqual([]);
  });
  test("do not rest on memory or inference alone where they say that they were read", () => {
    const guessed = steps.filter((s) => {
      const letters = citations(s.basis === "read" ? (s.source ?? "") : "").flatMap((c) =>
        c.kind === "prototype"
          ? c.steps.map((n) => sources.sections.get(c.section)?.steps.get(n)?.letters ?? "")
          : [],
      );
      return letters.length > 0 && letters.every((l) => /^[RI]+$/.test(l));
    });
    expect(guessed.map((s) => `${s.where}: ${s.source}`)).toEqual([]);
  });
});

describe("the prototype's pages", () => {
  const sections = PAGES.flatMap((page) => sectionsOf(page, packageText(page)));
  test("number their sections once", () =>
    expect([...new Set(sections.map((s) => s.number))]).toEqual(sections.map((s) => s.number)));
  test("number their steps in order, without a gap", () => {
    for (const { number, steps } of sections) {
      const names = [...steps.keys()].map((n) => Number.parseInt(n, 10));
      expect([...new Set(names)], number).toEqual([...new Set(names)].map((_, i) => i + 1));
    }
  });
  test("have no list of steps that is not read as one", () => {
    const written = PAGES.map((page) => [...packageText(page).matchAll(/^- \*\*/gm)].length);
    const read = PAGES.map((page) =>
      sections.filter((s) => s.page === page).reduce((n, s) => n + s.steps.size, 0),
    );
    expect(read).toEqual(written);
    expect(Math.min(...read)).toBeGreaterThan(30);
  });
  test("name code where steps were read", () => {
    for (const s of sections)
      if ([...s.steps.values()].some(({ letters }) => /[PQK]/.test(letters)))
        expect(s.publications.length, s.number).toBeGreaterThan(0);
  });
});

describe("what is wrong is said, with file and id", () => {
  const given = (text: string): string[] => unresolved(new Map([["docs/x.md", text]]), sources);
  test.each([
    ["E999", "docs/x.md: E999 has no entry in sources/; add it, or correct the id"],
    ["as PT999 says", "docs/x.md: PT999 has no entry in sources/; add it, or correct the id"],
    ["E001x", "docs/x.md: E001x has no entry in sources/; add it, or correct the id"],
    ["prototype 99.1", "docs/x.md: prototype 99.1 is no section of docs/prototype*.md"],
    ["prototype 2.3 step 13", "docs/x.md: prototype 2.3 step 13 is no step of docs/prototype.md"],
    ["prototype 2.3 steps 11 to 13", "docs/x.md: prototype 2.3 step 13 is no step of docs/prototype.md"],
    ["prototype 5.1 step 6c", "docs/x.md: prototype 5.1 step 6c is no step of docs/prototype-verbs.md"],
    ["prototype 4.2 step 1", "docs/x.md: prototype 4.2 step 1 is no step of docs/prototype-verbs.md"],
  ])("%s", (text, problem) => expect(given(text)).toEqual([problem]));
  test.each([
    "E001, D035 and D036a; prototype 2.3 steps 6, 7 and 9; prototype 5.1 step 6b: a store",
    "E5-2670, CX-6, UTF-8, 0xA000, #A000, C3, F16C, a version 2.B029, U16",
    "the prototype of 2012",
  ])("%s is fine", (text) => expect(given(text)).toEqual([]));

  const figure = { id: "E999", quantity: "q", value: 1, publication: "nobody", basis: "read" } as const;
  const more: Sources = {
    ...sources,
    figures: new Map([...sources.figures, ["E999", figure]]),
    publications: new Map([...sources.publications, ["somebody", { title: "t", address: "https://x" }]]),
  };
  test("an entry or a publication too many", () =>
    expect(unused(texts, more)).toEqual([
      "sources/: nothing cites E999",
      "sources/publications.json: nothing names somebody",
    ]));
  test("an entry is cited by one that rests on it, if that is cited", () => {
    const rests = { ...figure, id: "E998", rests_on: ["E999"] };
    const all: Sources = { ...more, figures: new Map([...more.figures, ["E998", rests]]) };
    expect(unused(texts, all)).toContain("sources/: nothing cites E999");
    expect(unused(new Map([...texts, ["docs/x.md", "E998"]]), all)).not.toContain(
      "sources/: nothing cites E999",
    );
  });
  test("an entry that names what does not exist", () => {
    const bad = { ...figure, rests_on: ["E997"] };
    expect(dangling({ ...sources, figures: new Map([["E999", bad]]) })).toEqual([
      "E999: nobody is not in sources/publications.json",
      "sources/, E999: E997 has no entry in sources/; add it, or correct the id",
    ]);
  });
});

test("a section without a code line takes that of the one that holds it", () => {
  const page =
    "## 1 Outer\nCode: **a** x.c.\n\n### 1.1 Inner\n- **1** (P) one\n  more\n- **2a** (KI) two\n\nText.\n";
  const [, inner] = sectionsOf("p.md", page);
  expect(inner).toMatchObject({ number: "1.1", title: "Inner", publications: ["a"] });
  expect([...inner!.steps]).toEqual([
    ["1", { letters: "P", text: "one more" }],
    ["2a", { letters: "KI", text: "two" }],
  ]);
});
