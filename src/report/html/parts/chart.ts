import type { Shown } from "../../columns/column.js";
import type { Canvas, Drawing } from "./svg.js";

export type Quantity = Shown;
export type Cell = string | Quantity;
/** The first cell of a row is its head. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A chart: drawn at any width, described in words, and as a table of what it shows. */
export interface Chart {
  /** Of a file and of ids: letters, digits and hyphens. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  /** How to read it. */
  readonly note?: string;
  readonly table: Table;
  draw(canvas: Canvas): Drawing;
}
