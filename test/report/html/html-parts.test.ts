import { scaleLinear, scaleLog } from "d3-scale";
import { describe, expect, test } from "vitest";
import { LAYERS } from "../../../src/abi/layers.js";
import { type Attribution, checkAttribution, UserError } from "../../../src/index.js";
import {
  beside,
  linearTicks,
  logTicks,
  powersOfTwo,
  sizeTick,
  timeTick,
} from "../../../src/report/html/charts/axis.js";
import { markup } from "../../../src/report/html/parts/markup.js";
import { colour, inkOn, layerParts } from "../../../src/report/html/parts/palette.js";
import { cut, textWidth } from "../../../src/report/html/parts/svg.js";
import { joined, operationName, sum } from "../../../src/report/html/parts/values.js";
import { attribution } from "./html-results.js";

test("a template escapes what is put in, and only once", () => {
  const inner = markup`<b>${`<&>"'\``}</b>`;
  expect(
    markup`<a title="${'"onload='}">${inner}${[1, 2n, false, null, undefined, "\u0000\u202e"]}</a>`.text,
  ).toBe(`<a title="&quot;onload="><b>&lt;&amp;&gt;&quot;&#39;&#96;</b>12··</a>`);
});

describe("labels", () => {
  test("fit, whatever is in them", () => {
    for (const text of ["memlink", "W".repeat(50), "", "路径".repeat(20), "👩‍👩‍👧‍👦".repeat(9)])
      for (const width of [20, 80, 300])
        expect(textWidth(cut(text, width))).toBeLessThanOrEqual(Math.max(width, textWidth("路…")));
    expect(cut("memlink", 100)).toBe("memlink");
  });
  test("of axes do not meet", () => {
    for (const wide of [150, 300, 800]) {
      const time = scaleLog([1, 3e12], [0, wide]),
        sizes = scaleLog([1, 2 ** 30], [0, wide]),
        linear = scaleLinear([0, 1.234e9], [0, wide]);
      for (const [scale, ticks, label] of [
        [time, logTicks(time, timeTick, beside), timeTick],
        [sizes, powersOfTwo(sizes, beside), sizeTick],
        [linear, linearTicks(linear, timeTick), timeTick],
      ] as const) {
        expect(ticks.length).toBeGreaterThan(1);
        ticks
          .slice(1)
          .forEach((t, i) =>
            expect(scale(t) - scale(ticks[i]!)).toBeGreaterThan(
              (textWidth(label(t), 11) + textWidth(label(ticks[i]!), 11)) / 2,
            ),
          );
      }
    }
  });
  test("say times, sizes and operations", () => {
    expect([0, 1500, 2.5e9, -5e8].map(timeTick)).toEqual(["0", "1.5 ns", "2.5 ms", "−500 µs"]);
    expect([1, 1024, 1536, 2 ** 20].map(sizeTick)).toEqual(["1 B", "1 KiB", "1.5 KiB", "1 MiB"]);
    expect(
      [
        ["post_send", "NONE", "none"],
        ["post_send", "SEND", "64"],
        ["poll_cq", "NONE", "none"],
        ["message", "RDMA_WRITE", "0"],
      ].map(([verb, opcode, size_class]) =>
        operationName({ verb: verb!, opcode: opcode!, size_class: size_class! }),
      ),
    ).toEqual(["post_send call", "post_send SEND ≤ 64 B", "poll_cq", "message RDMA_WRITE 0 B"]);
    expect(joined("moves 4.850 µs, 49.3 % of ≤ 64 B")).toBe(
      "moves 4.850\u00a0µs, 49.3\u00a0% of ≤\u00a064\u00a0B",
    );
    expect(sum(["9007199254740993", 1])).toBe(9007199254740994n);
  });
});

describe("surfaces", () => {
  const light = (hex: string): number => {
    const [r, g, b] = [1, 3, 5]
      .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  test.each([[false], [true]])(
    "each layer has one, no two of which are the same; memory accesses: %s",
    (memoryOnly) => {
      const parts = layerParts(memoryOnly),
        used = memoryOnly
          ? parts.filter((p) =>
              ["app.think", "vm.ept-fault", "mem.data", "mem.tlb", "walk.guest", "walk.host"].includes(
                p.name,
              ),
            )
          : parts;
      expect(parts.flatMap((p) => p.layers)).toEqual([...LAYERS]);
      expect(new Set(used.map((p) => `${p.surface.hue} ${p.surface.texture}`)).size).toBe(used.length);
      for (const { surface } of parts) {
        const [a, b] = [light(colour(surface)), light(inkOn(surface))].sort((x, y) => y - x) as [
          number,
          number,
        ];
        expect((a + 0.05) / (b + 0.05)).toBeGreaterThanOrEqual(4.5);
      }
    },
  );
});

describe("attribution documents", () => {
  test("are read", () =>
    expect(checkAttribution(structuredClone(attribution()), "a.json")).toEqual(attribution()));
  const broken: [string, (a: Record<string, unknown> & Attribution) => unknown][] = [
    ["schema", (a) => Object.assign(a, { schema: "verbscope.result/1" })],
    ["trace", (a) => Object.assign(a, { trace: {} })],
    ["metric", (a) => Object.assign(a.metric, { unit: "furlongs" })],
    ["mechanisms", (a) => Object.assign(a.mechanisms[1]!, { share: 0.5 })],
    ["difference", (a) => Object.assign(a, { difference: null })],
    ["notes", (a) => Object.assign(a, { notes: "none" })],
    ["from", (a) => Object.assign(a, { from: null })],
    ["method", (a) => Object.assign(a, { method: {} })],
  ];
  test.each(broken)("without a whole %s: a sentence", (what, damage) => {
    const a = structuredClone(attribution()) as Record<string, unknown> & Attribution;
    damage(a);
    expect(() => checkAttribution(a, "a.json")).toThrow(UserError);
    expect(() => checkAttribution(a, "a.json")).toThrow(new RegExp(`^a\\.json: .*${what}`));
  });
  test.each([[null], [[]], ["text"]])("%j", (doc) =>
    expect(() => checkAttribution(doc, "a.json")).toThrow(/a\.json: is no attribution/),
  );
});
