import { scaleLinear } from "d3-scale";
import { LAYERS } from "../../../abi/layers.js";
import type { ReplayResult } from "../../../replay/result/result.js";
import { signedTime } from "../../signed.js";
import type { Chart } from "../parts/chart.js";
import { type Markup, markup } from "../parts/markup.js";
import { LESS, MORE } from "../parts/palette.js";
import { box, type Canvas, cut, type Drawing, line, outline, SMALL, text, textWidth } from "../parts/svg.js";
import { difference, plural, sumOf } from "../parts/values.js";
import { bottomAxis, linearTicks, timeTick } from "./axis.js";
import { legend } from "./legend.js";

const ROW = 19,
  BAR = 12,
  PANEL_HEAD = 22,
  AXIS = 34,
  PANEL = 300;
/** Layers that differ by less than this part of the one that differs most are in the table only. */
const LEAST = 0.001;
interface Row {
  readonly layer: string;
  readonly deltas: readonly bigint[];
}

const largest = (r: Row): number => Math.max(...r.deltas.map((d) => Math.abs(Number(d))));
/** Layers by how much they differ from those of `base`, the largest first. */
export function layerDifferences(base: ReplayResult, others: readonly ReplayResult[]): Row[] {
  return LAYERS.map((layer) => ({
    layer,
    deltas: others.map((r) => sumOf(r.layers, [layer]) - sumOf(base.layers, [layer])),
  }))
    .filter((r) => r.deltas.some((d) => d !== 0n))
    .sort((a, b) => largest(b) - largest(a));
}

/** Diverging bars: what each layer takes more or less than on the first path. */
export function differenceChart(replays: readonly ReplayResult[]): Chart | undefined {
  const [base, ...others] = replays;
  if (!base || others.length === 0) return undefined;
  const rows = layerDifferences(base, others);
  if (rows.length === 0) return undefined;
  const drawn = rows.filter((r) => largest(r) >= LEAST * largest(rows[0]!));
  const words = others.map(
    (r, i) =>
      `${r.path}: ${
        rows
          .filter((w) => w.deltas[i] !== 0n)
          .slice(0, 3)
          .map((w) => `${w.layer} ${signedTime(Number(w.deltas[i]))}`)
          .join(", ") || "no difference"
      }`,
  );
  return {
    key: "difference",
    title: `Difference to ${base.path}`,
    description:
      "Bars for each layer, to the right where a path takes more time than " +
      `${base.path}, to the left where it takes less. ${words.join(". ")}.`,
    note:
      "Critical path, by layer; the layer that differs most comes " +
      `first.${
        drawn.length < rows.length
          ? ` ${plural(rows.length - drawn.length, "layer")} of which the difference is too small to be ` +
            `seen ${rows.length - drawn.length === 1 ? "is" : "are"} in the table only.`
          : ""
      }`,
    table: {
      caption: `Time of each layer less that on ${base.path}`,
      head: ["layer", ...others.map((r) => r.path)],
      rows: [
        ...rows.map((r) => [r.layer, ...r.deltas.map((d) => difference(String(d)))]),
        [
          "all layers",
          ...others.map((r) => difference(String(sumOf(r.layers, LAYERS) - sumOf(base.layers, LAYERS)))),
        ],
      ],
    },
    draw: (canvas) => draw(canvas, base, others, drawn),
  };
}

function draw(
  canvas: Canvas,
  base: ReplayResult,
  others: readonly ReplayResult[],
  rows: readonly Row[],
): Drawing {
  const { width } = canvas,
    names = Math.max(...rows.map((r) => textWidth(r.layer))) + 12;
  const perRow = Math.max(1, Math.min(others.length, Math.floor((width - names) / PANEL))),
    panel = (width - names) / perRow;
  const key = legend(
    canvas,
    [
      { name: `more than ${base.path}`, surface: MORE },
      { name: `less than ${base.path}`, surface: LESS },
    ],
    0,
  );
  const tall = PANEL_HEAD + rows.length * ROW + AXIS,
    body: Markup[] = [];
  const all = rows.flatMap((r) => r.deltas.map(Number)),
    label = Math.max(...all.map((d) => textWidth(signedTime(d), SMALL))) + 8;
  const low = Math.min(0, ...all),
    high = Math.max(0, ...all);
  others.forEach((r, i) => {
    const x0 = names + (i % perRow) * panel,
      y0 = key.height + 4 + Math.floor(i / perRow) * tall;
    // Values stand right of the line or of the bar, where there is room for them.
    const x = scaleLinear([low, high], [x0 + 4, x0 + panel - 12 - label]);
    const foot = y0 + PANEL_HEAD + rows.length * ROW;
    body.push(
      text(x(0), y0 + 14, cut(r.path, x0 + panel - x(0) - 8, undefined, true), { bold: true }),
      bottomAxis(x, linearTicks(x, timeTick), timeTick, y0 + PANEL_HEAD - 2, foot, x0 + panel - 6),
      line(x(0), y0 + PANEL_HEAD - 2, x(0), foot, "ink"),
    );
    rows.forEach(({ layer, deltas }, k) => {
      const y = y0 + PANEL_HEAD + k * ROW,
        d = Number(deltas[i]),
        place = {
          x: Math.min(x(0), x(d)),
          y: y + (ROW - BAR) / 2,
          width: Math.abs(x(d) - x(0)),
          height: BAR,
        };
      if (i % perRow === 0) body.push(text(names - 10, y + 14, layer, { anchor: "end" }));
      if (d === 0) body.push(text(x(0) + 5, y + 14, "0", { size: SMALL, muted: true }));
      else
        body.push(
          box(canvas, place, d > 0 ? MORE : LESS, `${r.path}, ${layer}: ${signedTime(d)}`),
          outline(place),
          text(Math.max(x(0), x(d)) + 5, y + 14, signedTime(d), { size: SMALL }),
        );
    });
  });
  return {
    width,
    height: key.height + 4 + Math.ceil(others.length / perRow) * tall - 10,
    surfaces: [MORE, LESS],
    body: markup`${key.body}${body}`,
  };
}
