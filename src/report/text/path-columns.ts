import type { ReplayResult } from "../../replay/result/result.js";
import type { Line } from "../lines.js";

/** Longest path name that a column makes room for. */
const LONGEST = 26;

export interface PathRow {
  readonly label: string;
  cell(replay: ReplayResult): string;
}

/** Paths that stand side by side in `width`, each `cell` wide after a `label`: as many blocks as it takes. */
export function blocksOf(
  replays: readonly ReplayResult[],
  width: number,
  label: number,
  cell: number,
): ReplayResult[][] {
  const each = Math.max(1, Math.floor((width - label) / cell)),
    blocks: ReplayResult[][] = [];
  for (let i = 0; i < replays.length; i += each) blocks.push(replays.slice(i, i + each));
  return blocks;
}

/** A table with a column a path, as wide as what it holds. */
export function pathColumns(
  replays: readonly ReplayResult[],
  head: string,
  rows: readonly PathRow[],
  width: number,
  line: Line,
): void {
  const label = Math.max(head.length, ...rows.map((r) => r.label.length));
  const cell =
    2 +
    Math.max(
      ...replays.flatMap((p) => [Math.min(LONGEST, p.path.length), ...rows.map((r) => r.cell(p).length)]),
    );
  blocksOf(replays, width, label, cell).forEach((block, i) => {
    if (i > 0) line();
    line(head.padEnd(label) + block.map((p) => p.path.slice(0, cell - 2).padStart(cell)).join(""));
    for (const r of rows) line(r.label.padEnd(label) + block.map((p) => r.cell(p).padStart(cell)).join(""));
  });
}
