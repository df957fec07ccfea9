import { LAYERS } from "../abi/layers.js";
import { UserError } from "../errors.js";
import type { Path } from "../path/flatten.js";
import type { ReplayResult } from "../replay/result/result.js";
import type { Outcome, Uncertainty } from "../replay/result/uncertainty-result.js";
import type { Session } from "../replay/session.js";
import { drawTestbed, numberOf, openValues } from "./draw.js";
import { driversOf } from "./drivers.js";
import { intervalOf, LEVEL, timesOf } from "./interval.js";
import { latinHypercube, pointOf } from "./latin-hypercube.js";

export interface UncertaintyOptions {
  /** Testbeds to draw, 20 to 10000. */
  readonly draws: number;
  /** 0 to 2^32 − 1; 1 when left out. */
  readonly seed?: number;
  readonly onProgress?: (path: string, rows: number, total: number) => void;
}
/** Draws that are begun before the first of them is needed: what waits for threads to be free. */
const AHEAD = 16;
const LEAST_DRAWS = 20,
  MOST_DRAWS = 10_000;

/** A number as it was given; what is no number is not repeated. */
const shown = (n: number): string => (Number.isNaN(n) ? "" : ` ${n}`);

/** Refuses what cannot be drawn; before anything is replayed. */
export function checkDraws({ draws, seed = 1 }: UncertaintyOptions): void {
  if (!(Number.isInteger(draws) && draws >= LEAST_DRAWS && draws <= MOST_DRAWS))
    throw new UserError(
      `--uncertainty${shown(draws)}: give the number of testbeds to draw, ` +
        `a whole number of ${LEAST_DRAWS} to ${MOST_DRAWS}`,
    );
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new UserError(`--seed${shown(seed)}: give a whole number of 0 to 4294967295`);
}

/**
 * Replays each path on drawn testbeds, all paths on the same ones, and adds
 * to each replay how far it varies. An `extend` of replay().
 */
export function withUncertainty(
  session: Session,
  paths: readonly Path[],
  replays: readonly ReplayResult[],
  options: UncertaintyOptions,
): ReplayResult[] {
  checkDraws(options);
  const { draws, seed = 1 } = options,
    { testbed } = session,
    rows = session.rows * paths.length,
    names = openValues(testbed, session.settled);
  const design = latinHypercube(names, draws, seed),
    values = new Map(names.map((name) => [name, [] as number[]]));
  const drawn: ReplayResult[][] = paths.map(() => []);
  const begun: Session[] = [];
  let begin = 0;
  for (let i = 0; i < draws; i++) {
    for (; begin < Math.min(draws, i + AHEAD); begin++) {
      const next = session.on(drawTestbed(testbed, pointOf(design, begin)));
      next.ahead(paths);
      begun.push(next);
    }
    const on = begun.shift()!;
    const results = paths.map((path) => on.replay(path));
    on.compare(results);
    results.forEach((r, p) => drawn[p]!.push(r));
    for (const name of names) values.get(name)!.push(numberOf(testbed, name, on.testbed));
    options.onProgress?.("drawn testbeds", (i + 1) * rows, draws * rows);
  }
  return replays.map((r, p) => ({ ...r, uncertainty: summary(r, drawn[p]!, values, draws, seed) }));
}

function summary(
  nominal: ReplayResult,
  drawn: readonly ReplayResult[],
  values: ReadonlyMap<string, readonly number[]>,
  draws: number,
  seed: number,
): Uncertainty {
  const of = (f: (r: ReplayResult) => number | string): number[] => drawn.map((r) => Number(f(r)));
  const rates = (
    f: (r: ReplayResult) => { bytes_per_s: number; ops_per_s: number },
  ): Uncertainty["throughput"] => ({
    bytes_per_s: intervalOf(of((r) => f(r).bytes_per_s)),
    ops_per_s: intervalOf(of((r) => f(r).ops_per_s)),
  });
  const used = LAYERS.filter((l) => drawn.some((r) => r.layers[l] !== undefined)),
    outcome = outcomeOf(nominal);
  return {
    draws,
    seed,
    level: LEVEL,
    makespan_ps: timesOf(of((r) => r.makespan_ps)),
    layers: Object.fromEntries(used.map((l) => [l, timesOf(of((r) => r.layers[l] ?? 0))])),
    throughput: rates((r) => r.throughput),
    data_path: rates((r) => r.data_path),
    against_native: nominal.against_native && {
      time_ratio: intervalOf(of((r) => r.against_native!.time_ratio)),
      throughput_ratio: intervalOf(of((r) => r.against_native!.throughput_ratio)),
      data_path_ratio:
        nominal.against_native.data_path_ratio === null
          ? null
          : intervalOf(of((r) => r.against_native!.data_path_ratio ?? 0)),
    },
    ...memoryRatios(drawn),
    drivers_of: outcome,
    drivers: driversOf(
      values,
      of((r) => outcomeValue(r, outcome)),
    ),
  };
}

function memoryRatios(drawn: readonly ReplayResult[]): Pick<Uncertainty, "memory_against_native"> {
  const ratios = drawn.map((r) => r.memory?.against_native ?? null).filter((r) => r !== null);
  if (ratios.length === 0) return {};
  const translation = ratios.map((r) => r.translation_ratio).filter((x) => x !== null);
  return {
    memory_against_native: {
      access_ratio: intervalOf(ratios.map((r) => r.access_ratio)),
      steady_ratio: intervalOf(ratios.map((r) => r.steady_ratio)),
      // no ratio where native translates for nothing
      translation_ratio: translation.length > 0 ? intervalOf(translation) : null,
    },
  };
}

/** The number that says most of a path. */
export function outcomeOf(r: ReplayResult): Outcome {
  if (!r.against_native || r.path === "native") return "makespan_ps";
  if (Number(r.throughput.bytes) > 0 && r.against_native.data_path_ratio !== null && r.operations.length > 0)
    return "data_path_ratio";
  return r.memory?.against_native ? "steady_ratio" : "time_ratio";
}
export function outcomeValue(r: ReplayResult, outcome: Outcome): number {
  switch (outcome) {
    case "makespan_ps":
      return Number(r.makespan_ps);
    case "steady_ratio":
      return r.memory!.against_native!.steady_ratio;
    default:
      return r.against_native![outcome] ?? 0;
  }
}
