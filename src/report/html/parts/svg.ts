import { type Markup, markup } from "./markup.js";
import { colour, type Surface } from "./palette.js";

/**
 * A finished drawing. Its colours are attributes, so that it stands alone;
 * the page's classes replace those that a dark page needs.
 */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: Markup;
  readonly surfaces?: readonly Surface[];
}
/** `id` begins the ids of everything inside: two drawings of a page never share one. */
export interface Canvas {
  readonly width: number;
  readonly id: string;
}

export const INK = "#1b1b1b",
  MUTED = "#595959",
  GRID = "#d9d9d9",
  EDGE = "#767676";
export const SIZE = 12,
  SMALL = 11;
/** Around a drawing in a file of its own. */
const MARGIN = 8;
const round = (x: number): number => Math.round(x * 100) / 100;

export { round as at };

/**
 * Width of text, by classes of characters, in the widest of the usual
 * sans-serif faces: without a browser there is no better measure.
 */
export function textWidth(text: string, size = SIZE, bold = false): number {
  let em = 0;
  for (const c of text)
    em += /[iljtfrI.,:;|!'()[\] ·]/.test(c)
      ? 0.37
      : /[mwMW@%…→]/.test(c)
        ? 0.95
        : /[A-Z+−=≤×]/.test(c)
          ? 0.78
          : c.codePointAt(0)! > 0x2e80
            ? 1.05
            : 0.635;
  return em * size * (bold ? 1.13 : 1);
}
/** Text that fits, with an ellipsis where it was cut. */
export function cut(text: string, width: number, size = SIZE, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join("")}…`, size, bold) > width) characters.pop();
  return `${characters.join("")}…`;
}

export interface TextStyle {
  readonly anchor?: "start" | "middle" | "end";
  readonly size?: number;
  readonly muted?: boolean;
  readonly bold?: boolean;
  readonly ink?: string;
  readonly halo?: string;
}
export function text(
  x: number,
  y: number,
  content: string,
  { anchor = "start", size = SIZE, muted = false, bold = false, ink, halo }: TextStyle = {},
): Markup {
  const fill = ink
    ? markup` fill="${ink}"`
    : muted
      ? markup` class="m" fill="${MUTED}"`
      : markup` class="t" fill="${INK}"`;
  const outline = halo
    ? markup` stroke="${halo}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`
    : "";
  return markup`<text x="${round(x)}" y="${round(y)}" font-size="${size}"
    ${anchor === "start" ? "" : markup` text-anchor="${anchor}"`}${bold ? markup` font-weight="600"` : ""}
    ${fill}${outline}>${content}</text>`;
}
/** A name in bold with what belongs to it behind. */
export function heading(x: number, y: number, name: string, behind: string): Markup {
  return markup`<text x="${round(x)}" y="${round(y)}" font-size="${SIZE}"><tspan class="t" fill="${INK}"
    font-weight="600">${name}</tspan><tspan class="m" fill="${MUTED}" dx="8">${behind}</tspan></text>`;
}
export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  kind: "grid" | "edge" | "ink" = "grid",
  width = 1,
): Markup {
  const [name, stroke] = { grid: ["g", GRID], edge: ["e", EDGE], ink: ["i", INK] }[kind] as [string, string];
  return markup`<line class="${name}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"
    stroke="${stroke}" stroke-width="${width}"/>`;
}

const surfaceId = (id: string, s: Surface): string => `${id}-${s.hue}-${s.texture}`;
const paint = (id: string, s: Surface): string =>
  s.texture === "plain" ? colour(s) : `url(#${surfaceId(id, s)})`;
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** A rectangle of a surface; `says` is what a pointer over it shows. */
export function box({ id }: Canvas, { x, y, width, height }: Box, s: Surface, says?: string): Markup {
  return markup`<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}"
    height="${round(height)}" fill="${paint(id, s)}">
    ${says === undefined ? "" : markup`<title>${says}</title>`}</rect>`;
}
/** Any shape of a surface. */
export const shape = ({ id }: Canvas, d: string, s: Surface): Markup =>
  markup`<path d="${d}" fill="${paint(id, s)}"/>`;
export function outline({ x, y, width, height }: Box): Markup {
  return markup`<rect class="e" x="${round(x)}" y="${round(y)}" width="${round(Math.max(0.5, width))}"
    height="${round(height)}" fill="none" stroke="${EDGE}" stroke-width="0.75"/>`;
}

const WEAVE: Record<Surface["texture"], string> = {
  plain: "",
  rising: "M-2 2L2 -2M0 8L8 0M6 10L10 6",
  falling: "M-2 6L2 10M0 0L8 8M6 -2L10 2",
  upright: "M2 0V8M6 0V8",
  level: "M0 2H8M0 6H8",
  cross: "M0 0L8 8M0 8L8 0",
  dots: "",
};
function pattern(id: string, s: Surface): Markup {
  // White on dark hues, black on light ones: the texture must show in print and in grey.
  const ink = s.hue === "yellow" || s.hue === "sky" || s.hue === "orange" ? "#000000" : "#ffffff";
  const weave =
    s.texture === "dots"
      ? markup`<circle cx="2" cy="2" r="1.1" fill="${ink}"/><circle cx="6" cy="6" r="1.1" fill="${ink}"/>`
      : markup`<path d="${WEAVE[s.texture]}" stroke="${ink}" stroke-width="1"/>`;
  return markup`<pattern id="${surfaceId(id, s)}" width="8" height="8" patternUnits="userSpaceOnUse">
    <rect width="8" height="8" fill="${colour(s)}"/><g opacity="0.45">${weave}</g></pattern>`;
}

/** An SVG with a title and a description; `alone` adds what a file of its own needs. */
export function svg(
  canvas: Canvas,
  drawing: Drawing,
  title: string,
  description: string,
  alone: boolean,
): Markup {
  const { id } = canvas,
    { width, height } = drawing;
  const seen = new Map(
    (drawing.surfaces ?? []).filter((s) => s.texture !== "plain").map((s) => [surfaceId(id, s), s]),
  );
  const defs = seen.size > 0 ? markup`<defs>${[...seen.values()].map((s) => pattern(id, s))}</defs>` : "";
  const margin = alone ? MARGIN : 0,
    w = width + 2 * margin,
    h = round(height + 2 * margin);
  const size = alone ? markup` xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"` : "";
  return markup`<svg${size} viewBox="${-margin} ${-margin} ${w} ${h}" role="img" aria-labelledby="
    ${id}-title ${id}-desc" font-family="Helvetica, Arial, sans-serif"><title id="${id}-title">${title}
    </title><desc id="${id}-desc">${description}</desc>${defs}${drawing.body}</svg>`;
}
