import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import { type Result, svgCharts } from "../../../src/index.js";
import {
  attribution,
  classes,
  coupled,
  HOSTILE,
  hostile,
  memory,
  nothing,
  onePath,
  verbs,
} from "./html-results.js";

interface Found {
  tag: string;
  attributes: Record<string, string>;
}
/** Parses as XML: whatever is not well-formed throws. */
function parsed(svg: string): { elements: Found[]; text: string } {
  const elements: Found[] = [],
    parser = new SaxesParser();
  let text = "";
  parser.on("opentag", (t) =>
    elements.push({ tag: t.name, attributes: t.attributes as Record<string, string> }),
  );
  parser.on("text", (t) => (text += t));
  parser.on("error", (e) => {
    throw e;
  });
  parser.write(svg).close();
  return { elements, text };
}
const TIME = ["layers", "difference", "latency"],
  MEMORY = ["references", "hits", "working-set", "regions"];
const KINDS: [string, () => Result, string[]][] = [
  ["verbs", verbs, TIME],
  ["many classes", classes, ["size-latency", ...TIME]],
  ["one path", onePath, ["layers", "latency"]],
  ["memory", memory, ["layers", "difference", ...MEMORY]],
  ["coupled", coupled, ["layers", "latency", ...MEMORY]],
  ["nothing", nothing, ["layers"]],
  ["hostile", () => hostile(verbs()), TIME],
];

describe.each(KINDS)("charts of %s", (_, make, names) => {
  const charts = svgCharts([make()]);
  test("are those that the result has", () => expect(charts.map((c) => c.name)).toEqual(names));
  test.each(charts.map((c) => [c.name, c.svg]))("%s stands alone", (_name, svg) => {
    const { elements } = parsed(svg),
      root = elements[0]!;
    expect(root).toMatchObject({
      tag: "svg",
      attributes: { xmlns: "http://www.w3.org/2000/svg", role: "img" },
    });
    expect(Number(root.attributes.width)).toBeGreaterThan(300);
    expect(new Set(elements.map((e) => e.tag))).toSatisfy((tags: Set<string>) =>
      [...tags].every((t) =>
        [
          "svg",
          "title",
          "desc",
          "defs",
          "pattern",
          "rect",
          "g",
          "path",
          "circle",
          "line",
          "text",
          "tspan",
        ].includes(t),
      ),
    );
    for (const e of elements)
      for (const [name, value] of Object.entries(e.attributes)) {
        expect(name).not.toMatch(/^on|href|^style$/);
        if (/^([xydr]|cx|cy|[xy][12]|width|height|font-size|d|transform|viewBox)$/.test(name))
          expect(value, `${e.tag} ${name}`).toMatch(/^[-\d.,\sMLVHZhvza-z()]*$/i);
        if (/^(width|height|r)$/.test(name))
          expect(Number(value), `${e.tag} ${name}`).toBeGreaterThanOrEqual(0);
      }
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const ids = elements.map((e) => e.attributes.id).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    for (const e of elements)
      for (const [, id] of (e.attributes.fill ?? "").matchAll(/^url\(#(.*)\)$/g)) expect(ids).toContain(id);
  });
});

test("files of several results have numbers, and names come from nowhere else", () => {
  const names = svgCharts([hostile(verbs()), hostile(memory())], {
    title: HOSTILE,
    attribution: attribution(),
  }).map((c) => c.name);
  expect(names).toEqual([
    ...TIME.map((n) => `1-${n}`),
    ...["layers", "difference", ...MEMORY].map((n) => `2-${n}`),
    "shapley",
  ]);
});
test("the same each time", () =>
  expect(svgCharts([verbs(), memory()])).toEqual(svgCharts([verbs(), memory()])));
test("signed shares with their numbers", () => {
  const { text } = parsed(svgCharts([verbs()], { attribution: attribution() }).at(-1)!.svg);
  expect(text).toMatch(/doorbell=trapped → mapped: −3\.\d+ ms/);
  expect(text).toMatch(/irq=none → intx: \+\d+\.\d+ µs/);
});
test("sampled shares have whiskers", () => {
  const a = structuredClone(attribution());
  a.method = { kind: "sampled", orders: 10, seed: 1, confidence: 0.95 };
  for (const m of a.mechanisms) m.half_width = 1_000_000;
  expect(
    parsed(svgCharts([verbs()], { attribution: a }).at(-1)!.svg).elements.filter(
      (e) => e.attributes["stroke-width"] === "1.5",
    ),
  ).toHaveLength(3 * a.mechanisms.length);
});
