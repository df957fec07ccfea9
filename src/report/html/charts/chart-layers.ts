import { scaleLinear } from "d3-scale";
import type { Result } from "../../../replay/result/document.js";
import type { ReplayResult } from "../../../replay/result/result.js";
import { percent, timeText } from "../../bars.js";
import type { Chart } from "../parts/chart.js";
import { type Markup, markup } from "../parts/markup.js";
import { colour, inkOn, type LayerPart, layerParts } from "../parts/palette.js";
import {
  box,
  type Canvas,
  cut,
  type Drawing,
  heading,
  line,
  outline,
  SMALL,
  text,
  textWidth,
} from "../parts/svg.js";
import { sum, sumOf, time } from "../parts/values.js";
import { bottomAxis, linearTicks, timeTick } from "./axis.js";
import { legend } from "./legend.js";

const BAR = 36,
  CALLOUT = 15,
  HEAD = 20,
  GAP = 16;
/** Narrower parts, in units of the drawing, have no label of their own; the table has them. */
const LEAST = 2.5;
interface Segment {
  readonly part: LayerPart;
  readonly ps: number;
  readonly share: number;
  readonly x: number;
  readonly width: number;
}

/** Stacked bars: where the time of each path goes. */
export function layersChart(result: Result): Chart {
  const replays = result.replays,
    memoryOnly = result.trace.schema === "memory/1";
  const parts = layerParts(memoryOnly).filter((p) => replays.some((r) => sumOf(r.layers, p.layers) > 0n));
  const what = memoryOnly ? "layer" : "layer group";
  const largest = (r: ReplayResult): string =>
    [...parts]
      .map((p) => [p.name, Number(sumOf(r.layers, p.layers))] as const)
      .sort((a, b) => b[1] - a[1])
      .slice(0, 3)
      .filter(([, v]) => v > 0)
      .map(([n, v]) => `${n} ${timeText(v)}`)
      .join(", ");
  return {
    key: "layers",
    title: "Where the time goes",
    description:
      "One stacked bar for each path, as long as its makespan. " +
      replays
        .map((r) => `${r.path}: ${timeText(Number(r.makespan_ps))}, most of it ${largest(r) || "nothing"}`)
        .join(". ") +
      ".",
    note: `Critical path by ${what}. The layers of a path sum to its makespan exactly.`,
    table: {
      caption: `Time of the critical path by ${what}`,
      head: [what, ...replays.map((r) => r.path)],
      rows: [
        ...parts.map((p) => [p.name, ...replays.map((r) => time(String(sumOf(r.layers, p.layers))))]),
        ["total", ...replays.map((r) => time(String(sum(Object.values(r.layers)))))],
      ],
    },
    draw: (canvas) => draw(canvas, replays, parts),
  };
}

function draw(canvas: Canvas, replays: readonly ReplayResult[], parts: readonly LayerPart[]): Drawing {
  const { width } = canvas,
    right = width - 6,
    most = Math.max(1, ...replays.map((r) => Number(r.makespan_ps)));
  const x = scaleLinear([0, most], [1, right]),
    ticks = linearTicks(x, timeTick);
  const key = legend(canvas, parts, 0),
    top = key.height + 6;
  let y = top;
  const bars: Markup[] = [];
  for (const r of replays) {
    const made = pathBar(canvas, r, parts, x, y);
    bars.push(made.body);
    y += made.height;
  }
  return {
    width,
    height: y + 20,
    surfaces: parts.map((p) => p.surface),
    body: markup`${key.body}${bottomAxis(x, ticks, timeTick, top, y, right)}${bars}`,
  };
}

function pathBar(
  canvas: Canvas,
  r: ReplayResult,
  parts: readonly LayerPart[],
  x: (ps: number) => number,
  y: number,
): { body: Markup; height: number } {
  const total = Number(r.makespan_ps),
    at = y + HEAD,
    segments: Segment[] = [];
  let start = 0;
  for (const part of parts) {
    const ps = Number(sumOf(r.layers, part.layers));
    if (ps > 0)
      segments.push({
        part,
        ps,
        share: total > 0 ? ps / total : 0,
        x: x(start),
        width: x(start + ps) - x(start),
      });
    start += ps;
  }
  const boxes = segments.map((s) =>
    box(
      canvas,
      { x: s.x, y: at, width: s.width, height: BAR },
      s.part.surface,
      `${r.path}, ${s.part.name}: ${timeText(s.ps)}, ${percent(s.share)}`,
    ),
  );
  // Where layers of one group meet, a thin line; where groups meet, one as wide as their outline.
  const seams = segments
    .slice(1)
    .filter((s) => s.width > 2)
    .map((s) => line(s.x, at, s.x, at + BAR, "ink", 0.75));
  const inside = segments.filter(fits),
    outside = callouts(
      segments.filter((s) => !fits(s) && s.width > LEAST),
      at + BAR,
      canvas.width,
    );
  const value = timeText(total),
    name = cut(r.path, canvas.width - textWidth(value) - 24, undefined, true);
  const head = heading(1, at - 6, name, value);
  return {
    height: HEAD + BAR + outside.rows * CALLOUT + GAP,
    body: markup`${head}${boxes}${seams}${outline({ x: x(0), y: at, width: x(total) - x(0), height: BAR })}
      ${inside.map((s) => label(s, at))}${outside.body}`,
  };
}

const words = (s: Segment): string => timeText(s.ps);
const fits = (s: Segment): boolean =>
  s.width >= Math.max(textWidth(s.part.name, SMALL, true), textWidth(words(s), SMALL)) + 8;
function label({ part, ...s }: Segment, y: number): Markup {
  const middle = s.x + s.width / 2,
    ink = inkOn(part.surface),
    halo = part.surface.texture === "plain" ? {} : { halo: colour(part.surface) };
  return markup`${text(middle, y + 15, part.name, {
    anchor: "middle",
    size: SMALL,
    bold: true,
    ink,
    ...halo,
  })}
    ${text(middle, y + 29, words({ part, ...s }), { anchor: "middle", size: SMALL, ink, ...halo })}`;
}

/** Labels of narrow parts below the bar, in as many rows as they need, each with a line to its part. */
function callouts(segments: readonly Segment[], y: number, width: number): { body: Markup; rows: number } {
  const ends: number[] = [],
    out: Markup[] = [];
  for (const s of [...segments].reverse()) {
    const says = `${s.part.name} ${words(s)}`,
      w = textWidth(says, SMALL),
      middle = s.x + s.width / 2;
    const from = Math.max(0, Math.min(middle - 3, width - w - 2));
    // From right to left: a label may not meet one that stands right of it, nor cross that one's line.
    let row = ends.findIndex((end) => from + w + 8 <= end);
    if (row < 0) row = ends.length;
    for (let i = 0; i <= row; i++) ends[i] = Math.min(ends[i] ?? Infinity, i === row ? from : middle - 2);
    out.push(
      markup`${line(middle, y, middle, y + 5 + row * CALLOUT, "edge", 0.75)}
        ${text(from, y + 15 + row * CALLOUT, says, { size: SMALL })}`,
    );
  }
  return { body: markup`${out}`, rows: ends.length };
}
