import {
  line as lineOf,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from "d3-shape";
import { type Markup, markup } from "../parts/markup.js";
import { colour, type Stroke, type Surface } from "../parts/palette.js";
import { at, box, type Canvas, cut, INK, outline, SMALL, text, textWidth } from "../parts/svg.js";

const ROW = 19,
  SWATCH = 16;
export interface Legend {
  readonly body: Markup;
  readonly height: number;
}

/** Entries in rows as wide as the drawing. */
function flow(
  entries: readonly string[],
  width: number,
  mark: (index: number, x: number, y: number) => Markup,
  wide: number,
  top: number,
): Legend {
  let x = 0,
    y = top;
  const out = entries.map((e, i) => {
    const name = cut(e, width - wide - 10, SMALL),
      need = wide + 5 + textWidth(name, SMALL) + 14;
    if (x > 0 && x + need - 14 > width) {
      x = 0;
      y += ROW;
    }
    const made = markup`${mark(i, x, y)}${text(x + wide + 5, y + 11, name, { size: SMALL })}`;
    x += need;
    return made;
  });
  return { body: markup`${out}`, height: entries.length > 0 ? y - top + ROW : 0 };
}

export function legend(
  canvas: Canvas,
  entries: readonly { name: string; surface: Surface }[],
  top: number,
): Legend {
  return flow(
    entries.map((e) => e.name),
    canvas.width,
    (i, x, y) => {
      const place = { x: x + 1, y: y + 1, width: SWATCH, height: 12 };
      return markup`${box(canvas, place, entries[i]!.surface)}${outline(place)}`;
    },
    SWATCH + 2,
    top,
  );
}

const SHAPES = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond,
  symbolCross,
  symbolStar,
  symbolWye,
] as const;
/** The point of a path: a shape of its own. */
export function point(x: number, y: number, s: Stroke, says?: string, area = 44): Markup {
  // The reference is a ring, which shows around whatever falls on the same spot.
  if (s.hue === "ink")
    return markup`<circle class="i" cx="${at(x)}" cy="${at(y)}" r="6" fill="none" stroke="${INK}"
      stroke-width="1.75">${says === undefined ? "" : markup`<title>${says}</title>`}</circle>`;
  const shape = symbol(SHAPES[s.shape]!, area).digits(2)() ?? "";
  return markup`<path transform="translate(${at(x)},${at(y)})" d="${shape}" fill="${colour({ hue: s.hue })}">
    ${says === undefined ? "" : markup`<title>${says}</title>`}</path>`;
}
/** The line of a path through its points. */
export function polyline(points: readonly (readonly [number, number])[], s: Stroke): Markup {
  return markup`<path${s.hue === "ink" ? markup` class="i"` : ""} d="
    ${lineOf().digits(2)(points as [number, number][]) ?? ""}" fill="none"
    stroke="${s.hue === "ink" ? INK : colour({ hue: s.hue })}" stroke-width="1.75"
    ${s.dash === "" ? "" : markup` stroke-dasharray="${s.dash}"`}/>`;
}
export function strokeLegend(
  width: number,
  entries: readonly { name: string; stroke: Stroke }[],
  top: number,
): Legend {
  return flow(
    entries.map((e) => e.name),
    width,
    (i, x, y) => {
      const { stroke } = entries[i]!;
      return markup`${polyline(
        [
          [x, y + 7],
          [x + 30, y + 7],
        ],
        stroke,
      )}${point(x + 15, y + 7, stroke)}`;
    },
    31,
    top,
  );
}
