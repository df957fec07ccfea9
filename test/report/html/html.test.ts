import { createHash } from "node:crypto";
import { type DefaultTreeAdapterTypes, type ParserError, parse } from "parse5";
import { describe, expect, test } from "vitest";
import { htmlReport, type Result, UserError } from "../../../src/index.js";
import { timeText } from "../../../src/report/bars.js";
import {
  attribution,
  classes,
  coupled,
  HOSTILE,
  hostile,
  memory,
  nothing,
  onePath,
  sure,
  verbs,
} from "./html-results.js";

type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.Node;
const ofs = (results: readonly Result[], options = {}): string => htmlReport(results, options);
const KINDS: [string, () => string][] = [
  ["verbs", () => ofs([verbs()])],
  ["many classes", () => ofs([classes()])],
  ["sure", () => ofs([sure()])],
  ["one path", () => ofs([onePath()])],
  ["memory", () => ofs([memory()])],
  ["coupled", () => ofs([coupled()])],
  ["nothing", () => ofs([nothing()])],
  ["attribution", () => ofs([verbs()], { attribution: attribution() })],
  ["several", () => ofs([verbs(), classes(), memory()], { title: "all of them" })],
  [
    "hostile",
    () =>
      ofs([hostile(verbs()), hostile(memory())], {
        title: HOSTILE,
        attribution: {
          ...attribution(),
          notes: [HOSTILE],
          digest: HOSTILE,
          from: { ...attribution().from, path: HOSTILE },
        },
      }),
  ],
];

function read(html: string): { elements: Element[]; errors: ParserError[] } {
  const errors: ParserError[] = [],
    elements: Element[] = [];
  const visit = (node: Node): void => {
    if ("tagName" in node) elements.push(node);
    if ("childNodes" in node) node.childNodes.forEach(visit);
  };
  visit(parse(html, { onParseError: (e) => errors.push(e) }));
  return { elements, errors };
}
const attribute = (e: Element, name: string): string | undefined =>
  e.attrs.find((a) => a.name === name)?.value;
const textOf = (node: Node): string =>
  "value" in node ? node.value : "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
/** Pages are too long to be shown when something is missing. */
const has = (page: string, what: string): void => expect(page.includes(what), what).toBe(true);
const named = (elements: readonly Element[], name: string): Element[] =>
  elements.filter((e) => e.tagName === name);

describe.each(KINDS)("the page of %s", (_, make) => {
  const html = make(),
    { elements, errors } = read(html);

  test("is well-formed, and the same each time", () => {
    expect(errors).toEqual([]);
    expect(make() === html).toBe(true);
    expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });
  test("has no script, no event handlers, no inline styles, and nothing from elsewhere", () => {
    const tags = new Set(elements.map((e) => e.tagName));
    for (const t of [
      "script",
      "iframe",
      "object",
      "embed",
      "base",
      "form",
      "img",
      "image",
      "foreignObject",
      "use",
      "a:href",
    ])
      expect(tags.has(t), t).toBe(false);
    for (const e of elements) {
      for (const { name, value } of e.attrs) {
        expect(name).not.toMatch(/^on|^style$|^src$|^srcset$|^xlink:href$/);
        if (name === "href") expect(value).toMatch(/^#|^data:,$/);
        if (name === "fill") expect(value).toMatch(/^(#[0-9a-f]{6}|none|url\(#[\w-]+\))$/);
      }
    }
    expect(textOf(named(elements, "style")[0]!)).not.toMatch(/url\(|@import/);
  });
  test("its policy allows its own style sheet and nothing else", () => {
    const policy = elements.find((e) => attribute(e, "http-equiv") === "Content-Security-Policy"),
      styles = named(elements, "style");
    expect(styles).toHaveLength(1);
    const hash = createHash("sha256").update(textOf(styles[0]!)).digest("base64");
    expect(attribute(policy!, "content")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
  });
  test("its ids are unique and what refers to one finds it", () => {
    const ids = elements.map((e) => attribute(e, "id")).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    const references = elements
      .flatMap((e) => [
        ...(attribute(e, "aria-labelledby") ?? "").split(" "),
        attribute(e, "href")
          ?.replace(/^data:,$/, "")
          .slice(1) ?? "",
        /^url\(#(.*)\)$/.exec(attribute(e, "fill") ?? "")?.[1] ?? "",
      ])
      .filter((r) => r !== "");
    for (const r of references) expect(ids).toContain(r);
  });
  test("each chart has a title, a description and a table", () => {
    for (const e of named(elements, "svg")) {
      expect(attribute(e, "role")).toBe("img");
      const [title, description] = named(
        e.childNodes.filter((c): c is Element => "tagName" in c),
        "title",
      ).concat(
        named(
          e.childNodes.filter((c): c is Element => "tagName" in c),
          "desc",
        ),
      );
      expect(textOf(title!).length).toBeGreaterThan(3);
      expect(textOf(description!).length).toBeGreaterThan(20);
    }
    for (const e of named(elements, "figure"))
      expect(
        named(
          read(
            "<!DOCTYPE " +
              `html><body>${html.slice(html.indexOf(`<figure id="${attribute(e, "id")!}"`)).split("</figure>")[0]!}`,
          ).elements,
          "table",
        ).length,
      ).toBeGreaterThan(0);
  });
});

describe("what the page says", () => {
  const exact = (html: string): Set<string> =>
    new Set(named(read(html).elements, "data").map((e) => attribute(e, "value")!));
  test.each<[string, () => Result]>([
    ["verbs", verbs],
    ["memory", memory],
    ["coupled", coupled],
    ["one path", onePath],
    ["many classes", classes],
  ])("every layer's number, as read and exactly: %s", (_, make) => {
    const result = make(),
      html = htmlReport([result]),
      values = exact(html);
    for (const r of result.replays) {
      for (const [layer, ps] of Object.entries(r.layers)) {
        has(html, `<th scope="row">${layer}</th>`);
        has(html, `<data value="${ps}">${timeText(Number(ps))}</data>`);
      }
      for (const o of r.operations)
        for (const ps of [
          ...Object.values(o.service),
          ...Object.values(o.wait),
          ...Object.values(o.latency_ps),
        ])
          expect(values.has(String(ps)), `${o.verb} ${ps}`).toBe(true);
      for (const n of Object.values(r.counters))
        if (Number(n) !== 0) expect(values.has(String(n))).toBe(true);
    }
  });
  test("the loss report and what is inferred", () => {
    const result = verbs(),
      html = htmlReport([result]),
      text = textOf(parse(html)),
      values = Object.entries(result.testbed.values);
    for (const note of result.trace.notes) has(text, note);
    for (const [name, origin] of Object.entries(result.trace.fields))
      if (origin !== "recorded") has(text, `${name} (${origin})`);
    const inferred = values.filter(([, v]) => v.source.includes("inferred"));
    has(text, `${inferred.length} of ${values.length} testbed values`);
    for (const [name, v] of values)
      has(html, `<tr${v.source.includes("inferred") ? ' class="assumed"' : ""}><th scope="row">${name}</th>`);
    for (const what of [
      result.digest,
      result.trace.digest,
      result.testbed.title,
      `${result.tool.name} ${result.tool.version}`,
      "5,797 = 5,026 replayed + 771 spin",
    ])
      has(text, what);
  });
  test("in words, against native", () => {
    const text = textOf(parse(htmlReport([verbs()]))).replaceAll("\u00a0", " ");
    has(
      text,
      "virt-ib moves 429.59 MB/s (47.3 % of native); " +
        "the median message SEND ≤ 4096 B takes 9.503 µs, 2.12× that on native.",
    );
    has(
      text,
      "Where the difference lies: vm.exit +2.247 ms, copy.bounce +1.366 ms and vmm.dispatch +1.224 ms",
    );
    expect(textOf(parse(htmlReport([memory()])))).toMatch(
      /virt-ib takes .* memory accesses, \d\.\d{3}× native/,
    );
  });
  test("several results have an index, and a curve over message sizes where sizes differ", () => {
    const html = htmlReport([verbs(), memory()]),
      { elements } = read(html);
    expect(named(elements, "a").map((e) => attribute(e, "href"))).toEqual(["#results", "#r1", "#r2"]);
    expect(html.includes('id="sizes"')).toBe(false);
    const sized = (factor: number): Result => {
      const r = structuredClone(verbs());
      for (const p of r.replays)
        for (const o of p.operations)
          if (o.size_class === "4096")
            Object.assign(o, { size_class: String(4096 * factor), bytes: Number(o.bytes) * factor });
      return r;
    };
    const sizes = htmlReport([sized(1), sized(4)]);
    has(sizes, 'id="sizes-size-throughput"');
    const [native, forwarded] = verbs().replays.map((r) => r.data_path.bytes_per_s);
    has(sizes, `<td class="n"><data value="${forwarded! / native!}">0.47×</data></td>`);
  });
  test("how sure that is, and the self-check", () => {
    const text = textOf(parse(htmlReport([sure()]))).replaceAll("\u00a0", " ");
    has(text, "20 testbeds drawn within the ranges of thesis-2014 (seed 1), the same for all paths.");
    expect(text).toMatch(
      /virt-ib: 0\.\d\d of native throughput \(0\.\d\d–0\.\d\d, 90 % of 20 drawn testbeds\)/,
    );
    has(text, "post_send1,0002.000 µs1.500 µs−25.0 %");
    has(
      textOf(parse(htmlReport([verbs()]))),
      "Recorded times are not compared with the native replay: device or machine were emulated",
    );
  });
  test("an attribution of another trace says so", () => {
    expect(htmlReport([verbs()], { attribution: attribution() }).includes("none of the results above")).toBe(
      false,
    );
    expect(htmlReport([memory()], { attribution: attribution() }).includes("none of the results above")).toBe(
      true,
    );
  });
  test("hostile text is there to be read, with dots for what is no character", () => {
    const text = textOf(parse(htmlReport([hostile(verbs())])));
    has(
      text,
      `<script>alert(1)</script>"onload="alert(2)" 'onclick='x' ]]>--><img ` +
        "src=http://evil.example/x onerror=alert(3)>·gpj··[31m&amp;·",
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

describe("what is no whole result", () => {
  const damaged: [string, (r: Result) => void][] = [
    ["trace.fields", (r) => delete (r.trace as Partial<Result["trace"]>).fields],
    ["replays[1].mechanisms", (r) => delete (r.replays[1] as Partial<Result["replays"][number]>).mechanisms],
    [
      "replays[0].operations[0].wait",
      (r) =>
        delete (r.replays[0]!.operations[0] as Partial<Result["replays"][number]["operations"][number]>).wait,
    ],
    ["replays[2].layers", (r) => Object.assign(r.replays[2]!.layers, { "vm.exit": "a lot" })],
    [
      "testbed.values.cpu.clock.source",
      (r) => Object.assign(r.testbed.values["cpu.clock"]!, { source: undefined }),
    ],
  ];
  test.each(damaged)("%s", (what, damage) => {
    const result = structuredClone(verbs());
    damage(result);
    expect(() => htmlReport([result])).toThrow(UserError);
    expect(() => htmlReport([result])).toThrow(what);
  });
});
