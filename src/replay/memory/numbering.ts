import type { Leaf } from "../../trace/mapping/mapping.js";

/** 64 GiB: the blocks area of a modelled memory (M1.2, M7.6). */
const MOST_FRAMES = 2 ** 24;
const BITS: Readonly<Record<Leaf, number>> = { "4k": 0, "2m": 9, "1g": 18 };
/** Units in which frames are numbered, the largest first (M7.4). */
const UNITS: readonly Leaf[] = ["1g", "2m", "4k"];

/** Frames that are numbered, and the leaf that maps them there. */
export interface Numbered {
  frame: number;
  frames: number;
  leaf: Leaf;
}
/** Frames that keep their distance: `from` gets the number `at`. */
interface Area {
  from: number;
  to: number;
  at: number;
}

/** Numbers that stand for frames which lie far apart, in units as large as 64 GiB allow (M7.4). */
export class Numbering {
  readonly unit: Leaf;
  /** Frames that are numbered, from 0. */
  readonly frames: number;
  /** In ascending order. */
  private readonly areas: readonly Area[];

  private constructor(unit: Leaf, areas: Area[]) {
    this.unit = unit;
    this.frames = areas.reduce((n, a) => n + a.to - a.from, 0);
    this.areas = areas.sort((a, b) => a.from - b.from);
  }
  /** Undefined where there is more than can be modelled (M7.6). */
  static of(spans: readonly Numbered[]): Numbering | undefined {
    for (const unit of UNITS) {
      const numbering = new Numbering(unit, areasOf(spans, BITS[unit]));
      if (numbering.frames <= MOST_FRAMES) return numbering;
    }
    return undefined;
  }
  /** The number of a frame, and how many frames from it on have the numbers that follow. */
  number(frame: number): { at: number; room: number } {
    let low = 0,
      high = this.areas.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.areas[middle]!.from <= frame) low = middle;
      else high = middle - 1;
    }
    const { from, to, at } = this.areas[low]!;
    return { at: at + frame - from, room: to - frame };
  }
}

/** Areas by size of their leaf, the largest first; what a larger one holds is not in a smaller one. */
function areasOf(spans: readonly Numbered[], unitBits: number): Area[] {
  const areas: Area[] = [];
  let at = 0;
  for (const leaf of UNITS) {
    const bits = BITS[leaf];
    if (bits < unitBits) break;
    const size = 2 ** bits;
    const aligned = spans
      .filter((s) => Math.max(BITS[s.leaf], unitBits) === bits)
      .map(({ frame, frames }) => ({
        from: Math.floor(frame / size) * size,
        to: Math.ceil((frame + frames) / size) * size,
      }));
    for (const { from, to } of without(union(aligned), [...areas])) {
      areas.push({ from, to, at });
      at += to - from;
    }
  }
  return areas;
}

type Interval = Pick<Area, "from" | "to">;

/** Disjoint intervals in ascending order; those that touch are one. */
function union(intervals: Interval[]): Interval[] {
  const out: Interval[] = [];
  for (const { from, to } of intervals.sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else out.push({ from, to });
  }
  return out;
}
/** What of the intervals lies in no `other`; both are disjoint, the first in ascending order. */
function without(intervals: readonly Interval[], others: Interval[]): Interval[] {
  others.sort((a, b) => a.from - b.from);
  const out: Interval[] = [];
  let k = 0;
  for (const { from, to } of intervals) {
    let start = from;
    while (k < others.length && others[k]!.to <= start) k++;
    for (let i = k; i < others.length && others[i]!.from < to; i++) {
      if (others[i]!.from > start) out.push({ from: start, to: others[i]!.from });
      start = Math.max(start, others[i]!.to);
    }
    if (start < to) out.push({ from: start, to });
  }
  return out;
}
