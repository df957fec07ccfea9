import { describe, expect, test } from "vitest";
import { DOCUMENT_READERS } from "../support/document-readers.js";
import { damaged } from "../support/mutated-documents.js";

/** Of each kind; those that are drawn as a page take long. mutated-documents.long.test.ts goes on. */
const RUNS = 300,
  OF_PAGES = 40;

describe("documents that somebody damaged", () => {
  for (const [name, { good, use }] of Object.entries(DOCUMENT_READERS)) {
    test(`${name}: as it was, it is read`, () => {
      for (const doc of good) use(structuredClone(doc));
    });
    test(`${name}: it is read or refused in a sentence of our own`, () => {
      expect(damaged(name, 0, /attribution|fit/.test(name) ? OF_PAGES : RUNS).refused).toBeGreaterThan(0);
    });
  }
});
