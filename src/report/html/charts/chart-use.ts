import { scaleLinear } from "d3-scale";
import { area, line as curve, curveStepAfter } from "d3-shape";
import type { MemoryUse } from "../../../replay/memory/use.js";
import { percent } from "../../bars.js";
import type { Chart } from "../parts/chart.js";
import { type Markup, markup } from "../parts/markup.js";
import type { Surface } from "../parts/palette.js";
import {
  at,
  box,
  type Canvas,
  cut,
  type Drawing,
  INK,
  line,
  outline,
  SMALL,
  shape,
  text,
  textWidth,
} from "../parts/svg.js";
import { count, counted, plural } from "../parts/values.js";
import { bottomAxis, leftAxis, linearTicks, sizeTick } from "./axis.js";
import { legend } from "./legend.js";

const PLOT = 150,
  LEFT = 64,
  ROW = 21,
  BAR = 13,
  SHOWN = 10;
const TOUCHED: Surface = { hue: "sky", texture: "plain" },
  FIRST: Surface = { hue: "vermillion", texture: "rising" };
type Window = MemoryUse["working_set"][number];
const PASSED = "part of the trace that has passed";
const shareOf = (x: number): string => `${Math.round(100 * x)} %`;

/** Pages touched in each part of the trace, and those of them that are new. */
export function workingSetChart({ working_set: windows }: MemoryUse): Chart | undefined {
  if (windows.length === 0) return undefined;
  const most = Math.max(...windows.map((w) => w.pages)),
    fresh = windows.reduce((n, w) => n + w.new_pages, 0);
  return {
    key: "working-set",
    title: "Working set over time",
    description:
      `Distinct pages of 4 KiB touched in each 1/${windows.length} of the trace: ` +
      `at most ${count(most)}. In all ${count(fresh)} pages are touched for the first time, ` +
      `${count(windows[0]!.new_pages)} of them in the first part.`,
    table: {
      caption: `Pages of 4 KiB touched in each 1/${windows.length} of the trace`,
      head: ["part", "pages", "touched for the first time"],
      rows: windows.map((w, i) => [String(i + 1), counted(w.pages), counted(w.new_pages)]),
    },
    draw: (canvas) => {
      const { width } = canvas,
        key = legend(
          canvas,
          [
            { name: "pages touched", surface: TOUCHED },
            { name: "touched for the first time", surface: FIRST },
          ],
          0,
        ),
        top = key.height + 10,
        foot = top + PLOT;
      const x = scaleLinear([0, windows.length], [LEFT, width - 8]),
        y = scaleLinear([0, Math.max(1, most)], [foot, top]).nice(4),
        ends = [...windows, windows.at(-1)!].map((w, i) => [i, w] as const);
      const steps = (of: (w: Window) => number): [number, number][] => ends.map(([i, w]) => [x(i), y(of(w))]);
      const filled = (points: [number, number][]): string =>
          area<[number, number]>()
            .x((p) => p[0])
            .y0(foot)
            .y1((p) => p[1])
            .curve(curveStepAfter)
            .digits(2)(points) ?? "",
        pages = steps((w) => w.pages),
        edge = curve().curve(curveStepAfter).digits(2)(pages) ?? "";
      const whole = y.ticks(4).filter((v) => Number.isInteger(v)),
        middle = at((LEFT + width) / 2);
      const bottom = bottomAxis(
        x,
        [0, 0.25, 0.5, 0.75, 1].map((v) => v * windows.length),
        (v) => shareOf(v / windows.length),
        foot,
        foot + 3,
        width,
      );
      const below = { anchor: "middle", size: SMALL, muted: true } as const;
      return {
        width,
        height: foot + 36,
        surfaces: [FIRST],
        body: markup`${key.body}${leftAxis(y, whole, count, LEFT, width - 8)}
          ${shape(canvas, filled(pages), TOUCHED)}
          ${shape(canvas, filled(steps((w) => w.new_pages)), FIRST)}
          <path class="i" d="${edge}" fill="none" stroke="${INK}" stroke-width="1"/>${bottom}
          ${line(LEFT, foot, width - 8, foot, "edge")}${text(middle, foot + 30, PASSED, below)}`,
      };
    },
  };
}

/** Regions by their share of accesses. */
export function regionsChart(use: MemoryUse): Chart | undefined {
  const accesses = Math.max(1, use.kinds.load + use.kinds.store + use.kinds.modify),
    regions = [...use.regions].sort((a, b) => b.accesses - a.accesses);
  if (regions.length === 0) return undefined;
  const shown = regions.slice(0, SHOWN);
  return {
    key: "regions",
    title: "Hottest regions",
    description: `Share of accesses by region of memory. ${shown
      .slice(0, 3)
      .map((r) => `${r.name}: ${percent(r.accesses / accesses)} of accesses, ${sizeTick(r.bytes)}`)
      .join(". ")}.`,
    ...(shown.length < regions.length
      ? {
          note:
            `Drawn are the ${shown.length} regions with most accesses, ` +
            `of ${regions.length}; the table has all.`,
        }
      : {}),
    table: {
      caption: "Regions of memory",
      head: [
        "region",
        "starts at",
        "bytes",
        "pages touched",
        "accesses",
        "of all accesses",
        "written to",
        "where it comes from",
      ],
      rows: regions.map((r) => [
        r.name,
        r.start,
        { text: sizeTick(r.bytes), exact: r.bytes },
        counted(r.pages),
        counted(r.accesses),
        percent(r.accesses / accesses),
        r.stored ? "yes" : "no",
        r.inferred ? "inferred" : "recorded",
      ]),
    },
    draw: (canvas) => draw(canvas, shown, accesses),
  };
}

function draw(canvas: Canvas, regions: MemoryUse["regions"], accesses: number): Drawing {
  const { width } = canvas,
    wide = width > 600,
    left = Math.min(wide ? 200 : 100, Math.max(...regions.map((r) => textWidth(r.name))) + 12);
  const says = (r: MemoryUse["regions"][number]): string =>
    `${percent(r.accesses / accesses)}, ${sizeTick(r.bytes)}${wide ? `, ${plural(r.pages, "page")}` : ""}`;
  const labels = Math.max(...regions.map((r) => textWidth(says(r), SMALL))) + 12,
    x = scaleLinear(
      [0, Math.max(...regions.map((r) => r.accesses / accesses), 0.01)],
      [left, width - labels],
    );
  const foot = regions.length * ROW + 4,
    body: Markup[] = [
      bottomAxis(
        x,
        linearTicks(x, (v) => `${Number((100 * v).toPrecision(4))} %`),
        (v) => `${Number((100 * v).toPrecision(4))} %`,
        0,
        foot,
      ),
    ];
  regions.forEach((r, i) => {
    const place = { x: left, y: i * ROW + 4, width: x(r.accesses / accesses) - left, height: BAR };
    body.push(
      text(left - 8, i * ROW + 15, cut(r.name, left - 10), { anchor: "end" }),
      box(canvas, place, TOUCHED, `${r.name}: ${says(r)}`),
      outline(place),
      text(place.x + place.width + 6, i * ROW + 15, says(r), { size: SMALL }),
    );
  });
  return { width, height: foot + 20, body: markup`${body}` };
}
