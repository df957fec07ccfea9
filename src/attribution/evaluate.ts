import { LAYERS } from "../abi/layers.js";
import { UserError } from "../errors.js";
import type { Path } from "../path/flatten.js";
import type { Metric } from "../replay/result/metric.js";
import type { ReplayResult } from "../replay/result/result.js";
import type { Session } from "../replay/session.js";
import { contradictions } from "./meaning.js";
import { type Endpoint, type Player, pathOf } from "./players.js";

/** A combination of mechanisms and what it costs. */
export interface Point {
  readonly mask: number;
  readonly path: string;
  readonly value: bigint;
  /** ps by layer of the critical path, in the order of LAYERS. */
  readonly layers: readonly bigint[];
  /**
   * Mask of the combination that was replayed for it: of all that
   * take the same time in every layer, the first.
   */
  readonly replayed: number;
}
export interface Evaluation {
  readonly points: ReadonlyMap<number, Point>;
  readonly replays: number;
  readonly from: ReplayResult;
  readonly to: ReplayResult;
  /** How many combinations no real machine has, and why. */
  readonly unreal: { readonly count: number; readonly why: readonly string[] };
}
export interface Progress {
  /** How many replays there will be. */
  readonly onPlan?: (replays: number) => void;
  readonly onProgress?: (path: string, rows: number, total: number) => void;
}

/** Replays the combinations in `masks`, those with equal keys once. */
export function evaluate(
  session: Session,
  from: Endpoint,
  to: Endpoint,
  players: readonly Player[],
  masks: ReadonlySet<number>,
  metric: Metric,
  progress: Progress,
): Evaluation {
  const full = 2 ** players.length - 1,
    paths = new Map<number, Path>(),
    first = new Map<string, number>(),
    representative = new Map<number, number>();
  const why = new Set<string>();
  let unreal = 0;
  for (const mask of [...masks].sort((a, b) => a - b)) {
    const between = mask !== 0 && mask !== full;
    const [path, key] = explained(between, players, mask, () => {
      const path = pathOf(from, to, players, mask);
      return [path, session.key(path)] as const;
    });
    const words = between ? contradictions(path.mechanisms) : [];
    if (words.length > 0) unreal++;
    for (const w of words) why.add(w);
    const seen = first.get(key);
    if (seen === undefined) first.set(key, mask);
    paths.set(mask, path);
    representative.set(mask, seen ?? mask);
  }
  progress.onPlan?.(first.size);
  session.ahead([...first.values()].map((mask) => paths.get(mask)!));
  const results = new Map<number, ReplayResult>();
  const values = new Map<number, { value: bigint; layers: bigint[] }>();
  for (const mask of first.values()) {
    const path = paths.get(mask)!;
    explained(mask !== 0 && mask !== full, players, mask, () => {
      const result = session.replay(path, {
        onRows: (rows) => progress.onProgress?.(path.label, rows, session.rows),
      });
      values.set(mask, {
        value: metric.of(result),
        layers: LAYERS.map((l) => BigInt(result.layers[l] ?? 0)),
      });
      if (mask === representative.get(0) || mask === representative.get(full)) results.set(mask, result);
    });
  }
  const points = new Map(
    [...paths].map(([mask, path]) => [
      mask,
      {
        mask,
        path: path.label,
        replayed: representative.get(mask)!,
        ...values.get(representative.get(mask)!)!,
      },
    ]),
  );
  return {
    points,
    replays: first.size,
    from: results.get(representative.get(0)!)!,
    to: results.get(representative.get(full)!)!,
    unreal: { count: unreal, why: [...why] },
  };
}

/** A combination between two good paths that cannot be replayed: says which, and what to do. */
function explained<T>(between: boolean, players: readonly Player[], mask: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof UserError) || !between) throw error;
    const names = players.filter((_, i) => (mask >> i) & 1).map((p) => p.name);
    throw new UserError(
      `attribute: the combination that changes only ${names.join(", ")} cannot be replayed (${error.message}), so these mechanisms have no share of their own; bind those that need each other with --together ${players
        .map((p) => p.name)
        .slice(0, 2)
        .join(",")}`,
    );
  }
}
