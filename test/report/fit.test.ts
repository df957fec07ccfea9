import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitted } from "../../src/report/fit.js";

describe("lines that do not fit", () => {
  test("go on below their last column", () =>
    expect(fitted("wire.port   930 ns   inferred: what one publication measures end to end\nshort", 40)).toBe(
      "wire.port   930 ns   inferred: what one\n" +
        "                     publication\n" +
        "                     measures end to end\n" +
        "short",
    ));
  test("or below their first word, where the last column leaves too little room", () =>
    expect(fitted("  a sentence that is quite long for its line   here", 20)).toBe(
      "  a sentence that is\n  quite long for its\n  line   here",
    ));
  test("a word longer than a line sticks out alone", () =>
    expect(fitted("see https://example.org/a/b/c/d and more", 12)).toBe(
      "see\nhttps://example.org/a/b/c/d\nand more",
    ));
  test("keep every word, in order, and no line that could be broken is too long", () =>
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z.·]{1,12}$/), { minLength: 1, maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 40, maxLength: 40 }),
        fc.integer({ min: 40, max: 90 }),
        (words, gaps, width) => {
          const line = words.map((w, i) => " ".repeat(gaps[i]!) + w).join(""),
            text = fitted(line, width);
          expect(text.split(/\s+/)).toEqual(line.split(/\s+/));
          for (const l of text.split("\n")) expect(l.length).toBeLessThanOrEqual(width);
        },
      ),
    ));
});
