import { scaleLinear } from "d3-scale";
import { settingsText } from "../../../attribution/players.js";
import type { Attribution } from "../../../attribution/result.js";
import { signedPercent, signedValue, valueText } from "../../signed.js";
import type { Cell, Chart } from "../parts/chart.js";
import { type Markup, markup } from "../parts/markup.js";
import { LESS, MORE } from "../parts/palette.js";
import { box, type Canvas, cut, type Drawing, line, outline, SMALL, text, textWidth } from "../parts/svg.js";
import { bottomAxis, linearTicks, rateTick, timeTick } from "./axis.js";
import { legend } from "./legend.js";

const ROW = 24,
  BAR = 15,
  AXIS = 22;
type Share = Attribution["mechanisms"][number];
const nameOf = (m: Share): string => `${settingsText({ name: m.name, to: m.from })} → ${m.to}`;

/** Signed bars: what each mechanism adds to the difference between two paths. */
export function shapleyChart(a: Attribution): Chart | undefined {
  const unit = a.metric.unit,
    shares = [...a.mechanisms].sort((x, y) => Math.abs(Number(y.share)) - Math.abs(Number(x.share)));
  if (shares.length === 0) return undefined;
  const signed = (x: number | string): Cell => ({ text: signedValue(Number(x), unit), exact: x });
  const largest = shares.slice(0, 4).map((m) => `${nameOf(m)}: ${signedValue(Number(m.share), unit)}`);
  const sampled = a.method.kind === "sampled";
  return {
    key: "shapley",
    title: `What the mechanisms add: ${a.from.path} → ${a.to.path}`,
    description:
      `Signed bars of Shapley shares of the difference in ${a.metric.name}, ` +
      `${signedValue(Number(a.difference), unit)} in all. ${largest.join(". ")}.`,
    note:
      a.method.kind === "sampled"
        ? `Estimated from ${a.method.orders} orders; whiskers are 95 % confidence ` +
          "intervals. In brackets: part of the whole difference."
        : "Exact, over all orders in which the mechanisms can be changed. " +
          "In brackets: part of the whole difference.",
    table: {
      caption: `Shares of the difference in ${a.metric.name}`,
      head: [
        "mechanism",
        "share",
        ...(sampled ? ["±"] : []),
        "of the whole",
        "changed first",
        "changed last",
      ],
      rows: [
        ...shares.map((m): Cell[] => [
          nameOf(m),
          signed(m.share),
          ...(sampled
            ? [
                m.half_width === null
                  ? "–"
                  : { text: valueText(Number(m.half_width), unit), exact: m.half_width },
              ]
            : []),
          m.part === null ? "–" : signedPercent(m.part),
          signed(m.add_one_in),
          signed(m.leave_one_out),
        ]),
        ["sum", signed(a.difference), ...(sampled ? [""] : []), "", "", ""],
      ],
    },
    draw: (canvas) => draw(canvas, a, shares),
  };
}

function draw(canvas: Canvas, a: Attribution, shares: readonly Share[]): Drawing {
  const { width } = canvas,
    wide = width > 600,
    unit = a.metric.unit,
    tick = unit === "ps" ? timeTick : (v: number): string => `${v < 0 ? "−" : ""}${rateTick(Math.abs(v))}`;
  const key = legend(
      canvas,
      [
        { name: `more than ${a.from.path}`, surface: MORE },
        { name: `less than ${a.from.path}`, surface: LESS },
      ],
      0,
    ),
    top = key.height + 6;
  const left = wide ? Math.min(300, Math.max(...shares.map((m) => textWidth(nameOf(m)))) + 12) : 0,
    tall = wide ? ROW : ROW + 16;
  const says = (m: Share): string =>
    `${signedValue(Number(m.share), unit)}` +
    (m.part === null ? "" : ` (${signedPercent(m.part).replace("+", "")})`);
  const ends = shares.flatMap((m) => [-1, 0, 1].map((s) => Number(m.share) + s * Number(m.half_width ?? 0))),
    low = Math.min(0, ...ends),
    high = Math.max(0, ...ends);
  const room = Math.max(...shares.map((m) => textWidth(says(m), SMALL))) + 10,
    x = scaleLinear(low === high ? [0, 1] : [low, high], [
      left + (low < 0 ? room : 4),
      width - (high > 0 ? room : 10),
    ]);
  const foot = top + shares.length * tall + 2,
    body: Markup[] = [
      bottomAxis(x, low === high ? [] : linearTicks(x, tick), tick, top, foot, width - 2),
      line(x(0), top, x(0), foot, "ink"),
    ];
  shares.forEach((m, i) => {
    const y = top + i * tall,
      v = Number(m.share),
      h = Number(m.half_width ?? 0),
      place = {
        x: Math.min(x(0), x(v)),
        y: y + tall - ROW + (ROW - BAR) / 2,
        width: Math.abs(x(v) - x(0)),
        height: BAR,
      },
      middle = place.y + BAR / 2;
    body.push(
      wide
        ? text(left - 8, y + 16, cut(nameOf(m), left - 10), { anchor: "end" })
        : text(0, y + 14, cut(nameOf(m), width)),
    );
    if (v !== 0)
      body.push(box(canvas, place, v > 0 ? MORE : LESS, `${nameOf(m)}: ${says(m)}`), outline(place));
    if (h > 0)
      body.push(
        line(x(v - h), middle, x(v + h), middle, "ink", 1.5),
        line(x(v - h), middle - 4, x(v - h), middle + 4, "ink", 1.5),
        line(x(v + h), middle - 4, x(v + h), middle + 4, "ink", 1.5),
      );
    const edge = v < 0 ? x(Math.min(v, v - h)) - 6 : x(Math.max(v, v + h)) + 6;
    body.push(text(edge, place.y + 12, says(m), { anchor: v < 0 ? "end" : "start", size: SMALL }));
  });
  return { width, height: foot + AXIS, surfaces: [MORE, LESS], body: markup`${key.body}${body}` };
}
