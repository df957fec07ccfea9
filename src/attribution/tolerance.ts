import { UserError } from "../errors.js";
import { type Integer, integer, rounded } from "../numbers.js";
import type { Path } from "../path/flatten.js";
import { type ReplayResult, windowOf } from "../replay/result/result.js";
import type { Session } from "../replay/session.js";
import { type Knob, knobsOf } from "./knobs.js";

/** How much each cost of a path may grow before data-path throughput falls by `threshold_percent`. */
export interface Tolerance {
  threshold_percent: number;
  paths: { path: string; bytes_per_s: number; window_ps: Integer; replays: number; costs: CostTolerance[] }[];
}
export interface CostTolerance {
  /** A layer, or `pcie rate` and `pcie round trip`, which several layers share. */
  cost: string;
  feeds: string[];
  values: string[];
  /** Share of the makespan's critical path that the layers fed take. */
  critical_share: number;
  /**
   * Growth that throughput bears: at this factor less 1 it holds, at `falls_at` it
   * does not; null when even the largest growth tried changes nothing.
   */
  holds_at: number | null;
  falls_at: number | null;
}

export interface ToleranceProgress {
  /** How many costs there are, over all paths. */
  readonly onPlan?: (costs: number) => void;
  readonly onProgress?: (path: string, done: number, costs: number) => void;
}

/** Largest growth tried: a factor of 1025. */
export const MOST_GROWTH = 1024;
/** The two growths reported lie within this of each other, relatively. */
export const RESOLUTION = 0.01;

const PPM = 1_000_000n;
/** Whether the same bytes in window `now` are slower by the threshold than in `base`; exact. */
export function fallen(base: bigint, now: bigint, thresholdPercent: number): boolean {
  return base * PPM <= now * (PPM - BigInt(Math.round(thresholdPercent * 10_000)));
}

export function tolerance(
  session: Session,
  paths: readonly Path[],
  thresholdPercent: number,
  progress: ToleranceProgress = {},
): Tolerance {
  if (!(thresholdPercent >= 0.01 && thresholdPercent <= 50))
    throw new UserError(
      `--tolerance ${thresholdPercent}: give the fall of throughput in percent, from 0.01 to 50`,
    );
  if (!session.verbs)
    throw new UserError(
      `--tolerance: ${session.file} is a memory trace, ` +
        "whose costs come out of caches and page tables; give a verbs trace",
    );
  progress.onPlan?.(paths.reduce((n, path) => n + knobsOf(path).length, 0));
  return {
    threshold_percent: thresholdPercent,
    paths: paths.map((path) => ofPath(session, path, thresholdPercent, progress)),
  };
}

function ofPath(
  session: Session,
  path: Path,
  thresholdPercent: number,
  progress: ToleranceProgress,
): Tolerance["paths"][number] {
  let replays = 0;
  const replay = (knob?: Knob, growth = 0): ReplayResult => {
    replays++;
    return session.replay(
      path,
      knob ? { scale: { layers: knob.layers, params: knob.params, factor: 1 + growth } } : {},
    );
  };
  const base = replay(),
    window = windowOf(base);
  if (window <= 0n || BigInt(base.throughput.bytes) === 0n)
    throw new UserError(
      `--tolerance: ${session.file} moves no bytes on ${path.label}, so there is no throughput to fall`,
    );
  const falls = (knob: Knob, growth: number): boolean =>
    fallen(window, windowOf(replay(knob, growth)), thresholdPercent);
  const knobs = knobsOf(path);
  const costs = knobs.map((knob, i): CostTolerance => {
    progress.onProgress?.(path.label, i, knobs.length);
    const ps = knob.feeds.reduce((n, l) => n + Number(base.layers[l] ?? 0), 0);
    return {
      cost: knob.name,
      feeds: [...knob.feeds],
      values: [...knob.values],
      critical_share: Number(base.makespan_ps) > 0 ? rounded(ps / Number(base.makespan_ps)) : 0,
      ...crossing((growth) => falls(knob, growth), thresholdPercent / 200),
    };
  });
  return {
    path: path.label,
    bytes_per_s: base.data_path.bytes_per_s,
    window_ps: integer(window),
    replays,
    costs,
  };
}

/**
 * Where a growth begins to matter: bisection on its logarithm,
 * from `low`, which all costs together could bear.
 */
export function crossing(
  falls: (growth: number) => boolean,
  low: number,
): Pick<CostTolerance, "holds_at" | "falls_at"> {
  if (!falls(MOST_GROWTH)) return { holds_at: null, falls_at: null };
  let holds = low,
    breaks = MOST_GROWTH;
  while (breaks > holds * (1 + RESOLUTION)) {
    // Four digits are what is printed: the growth tried is the growth reported.
    const middle = Number(Math.sqrt(holds * breaks).toPrecision(5));
    if (falls(middle)) breaks = middle;
    else holds = middle;
  }
  return { holds_at: holds, falls_at: breaks };
}
