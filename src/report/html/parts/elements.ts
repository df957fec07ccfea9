import type { Cell, Chart, Table } from "./chart.js";
import { type Markup, markup } from "./markup.js";
import { svg } from "./svg.js";

/**
 * Widths that charts are drawn at: for a page or paper, and for a
 * telephone. The style sheet shows one of them.
 */
export const WIDE = 860,
  NARROW = 340;

/** Numbers and what stands for one. */
const numeric = (c: Cell | undefined): boolean =>
  typeof c === "object" || (c !== undefined && /^[+−]?[\d.,]+( %)?$|^–$/.test(c));
function cell(c: Cell): Markup {
  if (typeof c === "string") return numeric(c) ? markup`<td class="n">${c}</td>` : markup`<td>${c}</td>`;
  return markup`<td class="n"><data value="${c.exact}">${c.text}</data></td>`;
}
/**
 * Rows of a table may be of a class; a table wider than the page scrolls by itself, also with the keyboard.
 */
export function table({ caption, head, rows }: Table, classOf: (row: number) => string = () => ""): Markup {
  const body = rows.map(
    ([first, ...rest], i) =>
      markup`<tr${classOf(i) === "" ? "" : markup` class="${classOf(i)}"`}><th scope="row">
        ${typeof first === "object" ? first.text : first}</th>${rest.map(cell)}</tr>`,
  );
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table><caption>
    ${caption}</caption><thead><tr>
    ${head.map(
      (h, i) => markup`<th
    scope="col"${i > 0 && rows.length > 0 && rows.every((r) => numeric(r[i])) ? markup` class="n"` : ""}>${h}
    </th>`,
    )}</tr></thead><tbody>${body}</tbody></table></div>`;
}
export function details(summary: Markup | string, content: Markup | readonly Markup[], kind = ""): Markup {
  return markup`<details${kind === "" ? "" : markup` class="${kind}"`}><summary>${summary}</summary>${content}
    </details>`;
}
export const bullets = (items: readonly (Markup | string)[]): Markup =>
  markup`<ul>${items.map((i) => markup`<li>${i}</li>`)}</ul>`;

/** A chart at both widths, how to read it, and what it shows as a table. */
export function figure(chart: Chart, prefix: string, level: 2 | 3 = 3): Markup {
  const id = `${prefix}-${chart.key}`;
  const drawn = (
    [
      ["wide", WIDE],
      ["narrow", NARROW],
    ] as const
  ).map(([kind, width]) => {
    const canvas = { width, id: `${id}-${kind}` };
    return markup`<div class="${kind}">
      ${svg(canvas, chart.draw(canvas), chart.title, chart.description, false)}</div>`;
  });
  const heading = level === 2 ? markup`<h2>${chart.title}</h2>` : markup`<h3>${chart.title}</h3>`;
  return markup`<figure id="${id}"><figcaption>${heading}
    ${chart.note === undefined ? "" : markup`<p class="note">${chart.note}</p>`}</figcaption>${drawn}
    ${details("As a table", table(chart.table))}</figure>`;
}
