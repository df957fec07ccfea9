import { describe, expect, test } from "vitest";
import { readMeasured } from "../../../src/calibrate/read/read.js";
import { fixture, measured } from "../../support/calibrate/measured.js";
import { ALL_NAMES, READ_NAMES, readOrRefused } from "./read-or-refused.js";

/** Patterns that try each blank twice would take some 10^11 steps a line: a test that hangs has failed. */
const MANY = 300_000;
const BLANKS = [" ", "\t", "\u00a0"],
  OTHERS = ["a", "1", "-", "_", "* ", "a ", "1 ", ": ", '"', "(", "0us ", "BW ", "#bytes "];
const lines = (text: string, change: (line: string) => string): string =>
  text
    .split("\n")
    .map((line, i) => (i % 3 === 2 ? change(line) : line))
    .join("\n");

describe("hundreds of thousands of blanks are read as a few", () => {
  test.each(READ_NAMES)("in %s", (name) => {
    const text = fixture(name),
      { measurements } = measured(name);
    for (const blank of BLANKS) {
      const many = blank.repeat(MANY);
      const read = readMeasured("m", text.replace(/ {2,}(?=[0-9A-Za-z])/, many).replace("\n", `${many}\n`));
      expect(read.measurements).toEqual(measurements);
    }
  });
});

test.each(ALL_NAMES)("%s with endless lines is read or refused", (name) => {
  for (const piece of [...BLANKS, ...OTHERS]) {
    const many = piece.repeat(MANY / piece.length);
    readOrRefused(lines(fixture(name), (line) => `${many}${line}`));
    readOrRefused(lines(fixture(name), (line) => line.replace(/\s/, () => many)));
    readOrRefused(lines(fixture(name), (line) => `${line}${many}x`));
  }
});
