/** Page tables of one dimension (M1.3, M3.2). */
import { FRAMES } from "../../../src/abi/memory.js";
import { atLevel } from "./config.js";

export interface PageTable {
  level: number;
  frame: number;
  below: Map<number, PageTable>;
}

export class PageTables {
  private readonly root: PageTable;
  private created = 0;

  constructor(levels: number) {
    this.root = this.create(levels);
  }

  /**
   * The tables on the way to the leaf of a page, by level. Those
   * that are missing are made, from the root down (M3.1, M3.2).
   */
  path(page: bigint, leaf: number): Map<number, PageTable> {
    const out = new Map<number, PageTable>();
    const descend = (table: PageTable): void => {
      out.set(table.level, table);
      if (table.level === leaf) return;
      const index = entryIndex(page, table.level);
      const next = table.below.get(index) ?? this.create(table.level - 1);
      table.below.set(index, next);
      descend(next);
    };
    descend(this.root);
    return out;
  }

  /** Gives up the table of a page at `level`: the next one there is new (M4.9). */
  drop(page: bigint, level: number): void {
    const above = this.path(page, level + 1).get(level + 1)!;
    above.below.delete(entryIndex(page, level + 1));
  }

  /** The next table's frame (M3.2). */
  private create(level: number): PageTable {
    return { level, frame: FRAMES.tables + this.created++, below: new Map() };
  }
}

/** Where a page's entry is in its table (M1.3). */
export function entryIndex(page: bigint, level: number): number {
  return Number(atLevel(page, level) % 512n);
}

/**
 * The 64-byte line that holds the entry of a page in a table at frame `frame`: eight entries a line (M5.17).
 */
export function entryLine(frame: number, page: bigint, level: number): number {
  return frame * 64 + Math.floor(entryIndex(page, level) / 8);
}
