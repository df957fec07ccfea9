import { describe, expect, test } from "vitest";
import { terminalWidth } from "../../src/cli/support/terminal.js";
import { textReport } from "../../src/report/text/text.js";
import { resultOf } from "../compare/results.js";
import { CAPTURES } from "../support/captures.js";
import { CONTROL, EVIL } from "./hostile.js";

const PATHS = ["native", "virt-ib", "virt-ib+memory=memlink", "memlink", "sr-iov"];
/** Lines of the tables that have a column a path. */
function tables(text: string): string[] {
  const part = (from: RegExp, to: RegExp): string => text.slice(text.search(from), text.search(to));
  return `${part(/^layer /m, /^Difference/m)}\n${part(/^operation /m, /^Counters/m)}\n${part(/^counter /m, /^What rests/m)}`
    .split("\n")
    .filter((l) => !l.startsWith("…"));
}

describe.each(CAPTURES)("%s", (name) => {
  const result = resultOf([], PATHS, name);
  test.each([60, 80, 100, 120, 200])(
    "in %i columns: tables fit, every path is there, no escape sequence",
    (width) => {
      const text = textReport(result, width),
        lines = tables(text);
      expect(text).not.toMatch(CONTROL);
      expect(text).not.toMatch(/\r|[ \t]$/m);
      expect(lines.filter((l) => l.length > width)).toEqual([]);
      for (const head of ["layer", "operation", "counter"])
        expect(
          lines
            .filter((l) => l.startsWith(`${head} `))
            .flatMap((l) => l.split(/ {2,}/))
            .filter((w) => PATHS.includes(w)),
        ).toEqual(PATHS.filter((p) => p.length <= 22));
    },
  );
});

test("the width: of the terminal, of COLUMNS, or 120; never too little to read", () => {
  expect([
    terminalWidth(97, "80"),
    terminalWidth(undefined, "80"),
    terminalWidth(undefined, ""),
    terminalWidth(undefined, "many"),
    terminalWidth(undefined, undefined),
    terminalWidth(undefined, "3"),
    terminalWidth(0, undefined),
  ]).toEqual([97, 80, 120, 120, 120, 40, 40]);
});
test("a hostile name changes no other line", () => {
  const result = resultOf(),
    evil = structuredClone(result);
  evil.trace.notes.unshift(EVIL);
  const [plain, text] = [textReport(result, 1000), textReport(evil, 1000)];
  expect(text).not.toMatch(CONTROL);
  expect(text.split("\n").filter((l) => !plain.split("\n").includes(l))).toEqual([
    expect.stringContaining("<script>") as string,
  ]);
});
