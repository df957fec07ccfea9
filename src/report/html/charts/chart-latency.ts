import { scaleLog } from "d3-scale";
import type { OperationResult, ReplayResult } from "../../../replay/result/result.js";
import { timeText } from "../../bars.js";
import type { Chart } from "../parts/chart.js";
import { type Markup, markup } from "../parts/markup.js";
import {
  at,
  type Canvas,
  cut,
  type Drawing,
  EDGE,
  heading,
  INK,
  line,
  SMALL,
  text,
  textWidth,
} from "../parts/svg.js";
import { counted, operationName, plural, sameClass, time } from "../parts/values.js";
import { beside, bottomAxis, logTicks, timeTick } from "./axis.js";

const ROW = 20,
  HEAD = 22,
  AXIS = 22,
  SHOWN = 8;
const QUANTILES = [
  ["p50", "p50"],
  ["p90", "p90"],
  ["p99", "p99"],
  ["p99.9", "p999"],
] as const;
/** Calls that move data, then control calls; a drawing shows those that occur most. */
const DATA = ["message", "post_send", "post_recv", "post_srq_recv", "poll_cq"];

/** Every class of operations on any path, messages and other work first, then by how often they occur. */
export function operationClasses(replays: readonly ReplayResult[]): OperationResult[] {
  const classes: OperationResult[] = [];
  for (const r of replays)
    for (const o of r.operations) if (!classes.some((c) => sameClass(c, o))) classes.push(o);
  const rank = (o: OperationResult): number =>
    DATA.includes(o.verb) ? (o.size_class === "none" ? 10 : 0) + DATA.indexOf(o.verb) : 20;
  return classes.sort((a, b) => rank(a) - rank(b) || b.count - a.count);
}

/** Dots of four quantiles by class of operations and path, on a logarithmic axis. */
export function latencyChart(replays: readonly ReplayResult[]): Chart | undefined {
  const all = operationClasses(replays);
  if (all.length === 0) return undefined;
  const shown = all
      .filter((o) => DATA.includes(o.verb))
      .sort((a, b) => b.count - a.count)
      .slice(0, SHOWN),
    drawn = all.filter((o) => (shown.length > 0 ? shown.includes(o) : all.indexOf(o) < SHOWN));
  const find = (r: ReplayResult, o: OperationResult): OperationResult | undefined =>
    r.operations.find((x) => sameClass(x, o));
  const words = drawn.slice(0, 2).map(
    (o) =>
      `${operationName(o)}: ${replays
        .map((r) => [r, find(r, o)] as const)
        .filter(([, x]) => x)
        .map(
          ([r, x]) =>
            `${r.path} p50 ${timeText(Number(x!.latency_ps.p50))}, ` +
            `p99.9 ${timeText(Number(x!.latency_ps.p999))}`,
        )
        .join("; ")}`,
  );
  return {
    key: "latency",
    title: "Latency by class of operations",
    description:
      "For each class of operations and each path four marks on a logarithmic time " +
      `axis: p50, p90, p99 and p99.9. ${words.join(". ")}.`,
    note:
      "A message is timed from the sender's call to the receiver's poll, " +
      "a post_send to its completion, other calls until they " +
      `return.${drawn.length < all.length ? ` Drawn are the ${drawn.length} classes that occur most, of ${all.length}; the table has all.` : ""}`,
    table: {
      caption: "Latency by class of operations and path",
      head: ["operation", "path", "count", "min", "mean", "p50", "p90", "p99", "p99.9", "max"],
      rows: all.flatMap((o) =>
        replays.flatMap((r) => {
          const x = find(r, o),
            l = x?.latency_ps;
          return x && l
            ? [
                [
                  operationName(o),
                  r.path,
                  counted(x.count),
                  ...[l.min, l.mean, l.p50, l.p90, l.p99, l.p999, l.max].map(time),
                ],
              ]
            : [];
        }),
      ),
    },
    draw: (canvas) => draw(canvas, replays, drawn, find),
  };
}

/** Marks that stay visible when they fall on one spot: a dot, and outlines around it that grow. */
function mark(kind: (typeof QUANTILES)[number][0], x: number, y: number): Markup {
  if (kind === "p50") return markup`<circle class="t" cx="${at(x)}" cy="${y}" r="3.2" fill="${INK}"/>`;
  const d =
    kind === "p90"
      ? `M${at(x)} ${y - 6}V${y + 6}`
      : kind === "p99"
        ? `M${at(x - 5)} ${y - 5}h10v10h-10z`
        : `M${at(x)} ${y - 9}L${at(x + 9)} ${y}L${at(x)} ${y + 9}L${at(x - 9)} ${y}z`;
  return markup`<path class="i" d="${d}" fill="none" stroke="${INK}"
    stroke-width="${kind === "p90" ? 2 : 1.4}"/>`;
}

function draw(
  { width }: Canvas,
  replays: readonly ReplayResult[],
  classes: readonly OperationResult[],
  find: (r: ReplayResult, o: OperationResult) => OperationResult | undefined,
): Drawing {
  const wide = width > 600,
    left = Math.min(wide ? 170 : 92, Math.max(...replays.map((r) => textWidth(r.path))) + 12),
    right = width - (wide ? 172 : 12);
  const values = classes
    .flatMap((o) => replays.flatMap((r) => QUANTILES.map(([, q]) => Number(find(r, o)?.latency_ps[q] ?? 0))))
    .filter((v) => v > 0);
  const low = values.length > 0 ? Math.min(...values) : 1,
    high = Math.max(low * 2, ...values);
  const x = scaleLog([low / 1.15, high * 1.15], [left + 10, right - 10]),
    place = (ps: number): number => x(Math.max(ps, low / 1.15));
  const legend = QUANTILES.map(
    ([name], i) => markup`${mark(name, 10 + i * 72, 11)}${text(24 + i * 72, 15, name, { size: SMALL })}`,
  );
  let y = 28;
  const body: Markup[] = [];
  for (const o of classes) {
    const rows = replays.map((r) => [r, find(r, o)] as const).filter(([, c]) => c !== undefined);
    const name = cut(operationName(o), width - 110, undefined, true);
    body.push(heading(0, y + 15, name, plural(rows[0]![1]!.count, "time")));
    y += HEAD;
    for (const [r, c] of rows) {
      const middle = y + ROW / 2,
        l = c!.latency_ps;
      body.push(
        text(left - 6, middle + 4, cut(r.path, left - 10), { anchor: "end" }),
        markup`<line class="e" x1="${at(place(Number(l.p50)))}" y1="${middle}"
          x2="${at(place(Number(l.p999)))}" y2="${middle}" stroke="${EDGE}" stroke-width="2"/>`,
      );
      body.push(...QUANTILES.map(([kind, q]) => mark(kind, place(Number(l[q])), middle)));
      if (wide)
        body.push(
          text(
            right + 4,
            middle + 4,
            Number(l.p50) === Number(l.p999)
              ? timeText(Number(l.p50))
              : `${timeText(Number(l.p50))} … ${timeText(Number(l.p999))}`,
            { size: SMALL, muted: true },
          ),
        );
      y += ROW;
    }
    y += 4;
  }
  const ticks = logTicks(x, timeTick, beside);
  return {
    width,
    height: y + AXIS,
    body: markup`${legend}${bottomAxis(x, ticks, timeTick, 28, y, width - 2)}${body}
      ${line(left, y, right, y, "edge")}`,
  };
}
