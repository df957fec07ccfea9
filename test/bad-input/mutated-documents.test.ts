import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.js";
import { DOCUMENT_READERS } from "../support/document-readers.js";
import { mutated } from "../support/mutate.js";

/** Of each kind; those that are drawn as a page take long. `npm run test:long` has more. */
const RUNS = 300,
  OF_PAGES = 40;

describe("documents that somebody damaged", () => {
  for (const [name, { good, use }] of Object.entries(DOCUMENT_READERS)) {
    test(`${name}: as it was, it is read`, () => {
      for (const doc of good) use(structuredClone(doc));
    });
    test(`${name}: it is read or refused in a sentence of our own`, () => {
      const runs = /attribution|fit/.test(name) ? OF_PAGES : RUNS;
      let refused = 0;
      for (let seed = 0; seed < runs; seed++) {
        const doc = mutated(good[seed % good.length], seed);
        try {
          use(doc);
        } catch (e) {
          expect(e, `seed ${seed}: ${String((e as Error).stack)}`).toBeInstanceOf(UserError);
          expect((e as Error).message, `seed ${seed}`).not.toMatch(
            /\bundefined\b|\[object|\bNaN\b|[\u0000-\u001f]/,
          );
          expect((e as Error).message.length, `seed ${seed}`).toBeLessThanOrEqual(2001);
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(0);
    });
  }
});
