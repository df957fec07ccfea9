import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { type Comparison, compare } from "../../src/compare/compare.js";
import { compareJunit } from "../../src/report/compare/compare-junit.js";
import { compareMarkdown } from "../../src/report/compare/compare-markdown.js";
import { compareText } from "../../src/report/compare/compare-text.js";
import { safeJson } from "../../src/report/safe-text.js";
import { schemaErrors } from "../support/schemas.js";
import { DEARER, resultOf } from "./results.js";

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Element[];
}
/** Parses XML strictly: what is not well-formed throws. */
function parsed(xml: string): Element {
  const root: Element = { name: "", attributes: {}, text: "", children: [] },
    open = [root];
  const parser = new SaxesParser();
  parser.on("error", (e) => {
    throw e;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, text: "", children: [] };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    open.at(-1)!.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(xml).close();
  return root.children[0]!;
}

const BUDGETS = ["vm.exit=2%", "total=50%"],
  base = resultOf(),
  dearer = resultOf(DEARER),
  FILES = { base: "base.json", new: "new.json" };
const c = compare(base, dearer, FILES, { budgets: BUDGETS });

test("text: what broke a budget comes first", () => {
  const lines = compareText(c).split("\n");
  expect(lines[0]).toBe(
    "EXCEEDED virt-ib: vm.exit: 2.247 ms → 2.359 ms, worse by 112.3 µs (5.0 %), budget vm.exit=2%",
  );
  expect(lines[1]).toMatch(/^EXCEEDED memlink: vm\.exit/);
  expect(lines).toContain("native: nothing differs");
  expect(lines.some((l) => l.startsWith("kept virt-ib: total"))).toBe(true);
});

describe("junit", () => {
  test("a test case for each budget and pair, those exceeded fail", () => {
    const suites = parsed(compareJunit(c)),
      suite = suites.children[0]!;
    expect([
      suites.name,
      suite.name,
      suite.attributes.tests,
      suite.attributes.failures,
      suites.attributes.failures,
    ]).toEqual(["testsuites", "testsuite", "6", "2", "2"]);
    const cases = suite.children.map((t) => [
      t.name,
      t.attributes.classname,
      t.attributes.name,
      t.children[0]!.name,
    ]);
    expect(cases).toEqual(
      ["native", "virt-ib", "memlink"].flatMap((path) =>
        BUDGETS.map((b) => [
          "testcase",
          path,
          b,
          path !== "native" && b.startsWith("vm") ? "failure" : "system-out",
        ]),
      ),
    );
    expect(suite.children[2]!.children[0]!.attributes.message).toMatch(
      /^vm\.exit: 2\.247 ms → 2\.359 ms, worse by/,
    );
  });
  test("one test case is a list too", () =>
    expect(
      parsed(compareJunit(compare(base, dearer, FILES, { basePath: "virt-ib", budgets: ["total=50%"] })))
        .children[0]!.children,
    ).toHaveLength(1));
  test("layer= names the layer in each case", () =>
    expect(
      parsed(
        compareJunit(compare(base, dearer, FILES, { basePath: "virt-ib", budgets: ["layer=2%"] })),
      ).children[0]!.children.map((t) => t.attributes.name),
    ).toContain("layer=2%: vm.exit"));
});

test("markdown: exceeded budgets and totals in tables, details folded", () => {
  const text = compareMarkdown(c);
  expect(text).toMatch(/^### verbscope: over budget\n\n2 of 6 checks exceed their budget\.\n\n\| budget \|/);
  expect(text.match(/<details>/g)).toHaveLength(2);
  expect(text.match(/<\/details>/g)).toHaveLength(2);
  const widths = text
    .split("\n")
    .filter((l) => l.startsWith("|"))
    .map((l) => l.split("|").length);
  expect(new Set(widths)).toEqual(new Set([7, 8]));
});
test("json: the comparison itself", () =>
  expect(JSON.parse(safeJson(c))).toEqual(JSON.parse(JSON.stringify(c))));

describe("markup and control characters in names are inert", () => {
  const EVIL =
    "]]>&<script>alert(1)</script>\u0000\u001b[2J\u009b31m\u202e\n\r| `x` | " +
    "@someone [a](http://b) ![c](d) <!-- \" ' \ud800 \ufffe";
  const spoil = (r: typeof base): typeof base => {
    const copy = structuredClone(r);
    copy.trace.file = EVIL;
    copy.testbed.name = EVIL;
    copy.testbed.values["vm.exit_heavy"] = {
      ...copy.testbed.values["vm.exit_heavy"]!,
      unit: EVIL as "ns",
      value: EVIL + r.testbed.values["vm.exit_heavy"]!.value,
    };
    copy.replays[1]!.path = EVIL;
    copy.replays[1]!.counters[EVIL] = Math.round(Number(r.testbed.values["vm.exit_heavy"]!.value));
    copy.replays[1]!.operations[0]!.verb = EVIL;
    copy.replays[1]!.operations[0]!.count += Math.round(Number(r.testbed.values["vm.exit_heavy"]!.value));
    return copy;
  };
  const evil: Comparison = compare(
    spoil(base),
    spoil(dearer),
    { base: EVIL, new: EVIL },
    { budgets: BUDGETS },
  );
  const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe]|[\ud800-\udfff]/;
  test("the comparison holds them", () => {
    expect(evil.pairs[1]!.differences.some((d) => d.name.includes("<script>"))).toBe(true);
    expect(schemaErrors("comparison", evil)).toEqual([]);
  });
  test("text: every line is one that verbscope writes", () => {
    const text = compareText(evil);
    expect(text).not.toMatch(control);
    expect(
      text
        .split("\n")
        .filter((l) => l.includes("someone"))
        .every((l) => l.includes("<script>")),
    ).toBe(true);
  });
  test("junit is well-formed, with the same test cases", () => {
    const xml = compareJunit(evil),
      suite = parsed(xml).children[0]!;
    expect(xml).not.toMatch(control);
    expect(suite.children).toHaveLength(6);
    expect(suite.children[2]!.attributes.classname).toContain("]]>&<script>alert(1)</script>");
    expect(xml).not.toContain("<script>");
  });
  test("markdown: all of it is code, without a character that Markdown or HTML knows", () => {
    const text = compareMarkdown(evil);
    expect(text).not.toMatch(control);
    expect(text.match(/<(?!\/?(?:code|details|summary)>)/g)).toBeNull();
    for (const inner of [...text.matchAll(/<code>(.*?)<\/code>/g)].map((m) => m[1]!))
      expect(inner).toMatch(/^(?:[A-Za-z0-9 .,+=/-]|&#\d+;)*$/);
    expect(text.replace(/<code>.*?<\/code>/g, "")).not.toMatch(/script|someone|http/);
    expect(
      new Set(
        text
          .split("\n")
          .filter((l) => l.startsWith("|"))
          .map((l) => l.split("|").length),
      ),
    ).toEqual(new Set([7, 8]));
  });
  test("json: escapes, and the same document", () => {
    const text = safeJson(evil);
    expect(text).not.toMatch(control);
    expect(JSON.parse(text)).toEqual(evil);
  });
});
