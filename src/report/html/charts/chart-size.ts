import { scaleLog } from "d3-scale";
import type { Result } from "../../../replay/result/document.js";
import { rateText, timeText } from "../../bars.js";
import type { Chart } from "../parts/chart.js";
import { type Markup, markup } from "../parts/markup.js";
import { strokeOf } from "../parts/palette.js";
import { type Canvas, cut, type Drawing, line, SMALL, text, textWidth } from "../parts/svg.js";
import { rate, time, times } from "../parts/values.js";
import { beside, bottomAxis, leftAxis, logTicks, powersOfTwo, rateTick, sizeTick, timeTick } from "./axis.js";
import { point, polyline, strokeLegend } from "./legend.js";
import { latencyBySize, pathsOf, type SizePoint, type SizeSeries, throughputBySize } from "./sizes.js";

const PLOT = 230,
  HEAD = 24,
  AXIS = 34,
  LEFT = 74,
  PANELS = 4;
type Kind = "throughput" | "latency";

/** Throughput and median latency against message size; nothing where there is one size only. */
export function sizeCharts(results: readonly Result[]): Chart[] {
  return [chart("throughput", throughputBySize(results)), chart("latency", latencyBySize(results))].filter(
    (c) => c !== undefined,
  );
}

function chart(kind: Kind, series: readonly SizeSeries[]): Chart | undefined {
  if (series.length === 0) return undefined;
  const shown = series.slice(0, PANELS),
    paths = pathsOf(series),
    reference = paths[0]!,
    text = kind === "throughput" ? rateText : timeText;
  const base = (s: SizeSeries, p: SizePoint): SizePoint | undefined =>
    s.points.find(
      (x) =>
        x.path ===
          (reference.startsWith("native") && p.path.includes(", ")
            ? `native${p.path.slice(p.path.indexOf(", "))}`
            : reference) &&
        x.bytes === p.bytes &&
        x.from === p.from,
    );
  const what = kind === "throughput" ? "Throughput" : "Median latency";
  const ends = (path: string): string => {
    const of = shown[0]!.points.filter((p) => p.path === path),
      first = of[0],
      last = of.at(-1);
    return first && last
      ? `${path}: ${text(first.value)} at ${sizeTick(Math.round(first.bytes))}, ` +
          `${text(last.value)} at ${sizeTick(Math.round(last.bytes))}`
      : `${path}: none`;
  };
  return {
    key: `size-${kind}`,
    title: `${what} against message size`,
    description:
      `${what} of each path by message size, both axes logarithmic; ` +
      `${reference} is the reference. ${shown[0]!.operation}: ${paths.map(ends).join(". ")}.`,
    note:
      (kind === "throughput"
        ? "Each point is one result: bytes over the time from its first post_send to its last completion."
        : "Each point is the median of one class of sizes, at the class's mean size.") +
      (series.length > PANELS
        ? ` Drawn are ${PANELS} of ${series.length} operations; the table has all.`
        : ""),
    table: {
      caption: `${what} by message size`,
      head: ["operation", "message size", "path", what.toLowerCase(), `against ${reference}`, "trace"],
      rows: series.flatMap((s) =>
        s.points.map((p) => {
          const native = base(s, p);
          return [
            s.operation,
            sizeTick(Math.round(p.bytes)),
            p.path,
            kind === "throughput" ? rate(p.value) : time(p.value),
            native && native.value > 0
              ? { text: times(p.value / native.value), exact: p.value / native.value }
              : "–",
            p.from,
          ];
        }),
      ),
    },
    draw: (canvas) => draw(canvas, kind, shown, paths),
  };
}

function draw(canvas: Canvas, kind: Kind, series: readonly SizeSeries[], paths: readonly string[]): Drawing {
  const { width } = canvas,
    perRow = series.length > 1 && width > 600 ? 2 : 1,
    panel = width / perRow;
  const key = strokeLegend(
      width,
      paths.map((name, i) => ({ name, stroke: strokeOf(i) })),
      0,
    ),
    tall = HEAD + PLOT + AXIS;
  const body = series.map((s, i) =>
    onePanel(s, kind, paths, {
      left: (i % perRow) * panel,
      top: key.height + 4 + Math.floor(i / perRow) * tall,
      width: panel,
    }),
  );
  return {
    width,
    height: key.height + 4 + Math.ceil(series.length / perRow) * tall,
    body: markup`${key.body}${body}`,
  };
}

function onePanel(
  series: SizeSeries,
  kind: Kind,
  paths: readonly string[],
  { left, top, width }: { left: number; top: number; width: number },
): Markup {
  const tick = kind === "throughput" ? rateTick : timeTick,
    names = Math.min(140, Math.max(...paths.map((p) => textWidth(p, SMALL))) + 14);
  const values = series.points.map((p) => p.value),
    sizes = series.points.map((p) => p.bytes),
    low = Math.min(...values),
    high = Math.max(...values);
  const foot = top + HEAD + PLOT,
    x0 = left + LEFT,
    x1 = left + width - names;
  const x = scaleLog([Math.min(...sizes), Math.max(...sizes)], [x0 + 10, x1 - 6]),
    y = scaleLog([low / 1.15, Math.max(high, low * 2) * 1.15], [foot, top + HEAD]);
  const xTicks = powersOfTwo(x, beside),
    body: Markup[] = [
      text(x0, top + 14, cut(series.operation, width - LEFT - 8, undefined, true), { bold: true }),
      leftAxis(
        y,
        logTicks(y, tick, () => 26),
        tick,
        x0,
        x1,
      ),
      bottomAxis(x, xTicks, sizeTick, top + HEAD, foot),
      line(x0, foot, x1, foot, "edge"),
      text((x0 + x1) / 2, foot + 29, "message size", { anchor: "middle", size: SMALL, muted: true }),
    ];
  const labels: { y: number; path: string }[] = [];
  paths.forEach((path, i) => {
    const points = series.points.filter((p) => p.path === path),
      stroke = strokeOf(i);
    if (points.length === 0) return;
    body.push(
      polyline(
        points.map((p) => [x(p.bytes), y(p.value)]),
        stroke,
      ),
      ...points.map((p) =>
        point(
          x(p.bytes),
          y(p.value),
          stroke,
          `${path}, ${sizeTick(Math.round(p.bytes))}: ` +
            `${kind === "throughput" ? rateText(p.value) : timeText(p.value)}`,
        ),
      ),
    );
    labels.push({ y: y(points.at(-1)!.value), path });
  });
  return markup`${body}${apart(labels).map((l) =>
    text(x1 + 4, l.y + 4, cut(l.path, names - 6, SMALL), { size: SMALL }),
  )}`;
}

/** Labels at the ends of lines, moved down as far as they must not to meet. */
function apart(labels: readonly { y: number; path: string }[]): { y: number; path: string }[] {
  const sorted = [...labels].sort((a, b) => a.y - b.y);
  let last = -Infinity;
  return sorted.map((l) => {
    last = Math.max(l.y, last + 13);
    return { ...l, y: last };
  });
}
