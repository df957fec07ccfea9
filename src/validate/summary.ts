import { median } from "simple-statistics";
import type { Point } from "./points.js";

/** What a model says of a published figure. */
export interface Verdict {
  readonly point: Point;
  /** In the point's unit. */
  readonly model: number;
  /** model / expected − 1; 0 for an upper bound that holds. */
  readonly error: number;
  readonly within: boolean;
}

/** Errors of a group of points. */
export interface GroupSummary {
  readonly group: string;
  readonly points: number;
  readonly within: number;
  /** Of |model / published − 1|. */
  readonly median_error: number;
  /** Ids of the points missed, the worst first. */
  readonly missed: readonly string[];
}
export interface Summary {
  readonly areas: readonly GroupSummary[];
  readonly tiers: readonly GroupSummary[];
  readonly all: GroupSummary;
}

export function summarize(verdicts: readonly Verdict[]): Summary {
  const by = (of: (v: Verdict) => string): GroupSummary[] =>
    [...new Set(verdicts.map(of))].map((g) =>
      group(
        g,
        verdicts.filter((v) => of(v) === g),
      ),
    );
  return {
    areas: by((v) => v.point.area),
    tiers: by((v) => `tier ${v.point.tier}`).sort((a, b) => (a.group < b.group ? -1 : 1)),
    all: group("all", verdicts),
  };
}

function group(name: string, verdicts: readonly Verdict[]): GroupSummary {
  const missed = verdicts.filter((v) => !v.within).sort((a, b) => Math.abs(b.error) - Math.abs(a.error));
  return {
    group: name,
    points: verdicts.length,
    within: verdicts.length - missed.length,
    median_error: Number(median(verdicts.map((v) => Math.abs(v.error))).toPrecision(6)),
    missed: missed.map((v) => v.point.id),
  };
}
