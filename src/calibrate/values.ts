import type { Testbed } from "../testbed/document.js";
import type { FittedSum, FittedValue, LeftValue } from "./document.js";
import type { Estimate } from "./fit/estimate.js";
import { type Parameter, parametersOf } from "./fit/parameters.js";
import type { Problem } from "./fit/problem.js";
import type { Solution } from "./fit/solve.js";
import { seriesName } from "./predict/series.js";
import type { Measurement } from "./read/shared/measurement.js";

/** Digits of a fitted value: more than its interval deserves, few enough to read. */
const DIGITS = 4;
const short = (x: number): number => Number(x.toPrecision(DIGITS));
/** Members of a sum that act by less than this part of the first are not named. */
const NAMED_WEIGHT = 0.05;
/** Series are named until they have so much of what decides a value, at most so many. */
const MOST_OF_IT = 0.75,
  MOST_SERIES = 3;

export function valuesOf(
  { parameters, base, measurements }: Problem,
  { fitted, estimates, gain }: Solution,
): FittedValue[] {
  return fitted.map((j, k): FittedValue => {
    const p = parameters[j]!,
      e = estimates.parameters[k]!,
      was = base.values[p.name]!.value as number,
      now = inRange(base, p, p.value(e.at)),
      [low, high] = ends(base, p, e, now);
    return {
      value: p.name,
      unit: p.unit,
      was,
      now,
      low,
      high,
      known: e.known,
      at_end: now === base.values[p.name]!.low ? "low" : now === base.values[p.name]!.high ? "high" : null,
      rests_on: restsOn(measurements, gain[k]!),
    };
  });
}

/** In fewer digits, which may lie outside the range. */
function inRange(base: Testbed, p: Parameter, value: number): number {
  const { low, high } = base.values[p.name]!;
  return Math.min(high as number, Math.max(low as number, short(value)));
}
/** The interval within the range, around the value. */
function ends(base: Testbed, p: Parameter, { low, high }: Estimate, now: number): [number, number] {
  const both = [low, high].map((u) => inRange(base, p, p.value(u)));
  return [Math.min(now, ...both), Math.max(now, ...both)];
}

/** Sums that are known better than any of their members. */
export function sumsOf(
  { parameters, measurements }: Problem,
  { fitted, directions, estimates, gain }: Solution,
): FittedSum[] {
  return estimates.sums.flatMap((sum, d): FittedSum[] => {
    const first = directions[d]!,
      of = (k: number): Parameter => parameters[fitted[k]!]!,
      { by, unit } = of(first).width;
    if (estimates.parameters[first]!.known) return [];
    const before = sum.members.reduce((n, { k, weight }) => n + weight * of(k).base, 0),
      change = (u: number): number => short((u - before) * by);
    const others = sum.members
      .filter(({ k, weight }) => k !== first && Math.abs(weight) >= NAMED_WEIGHT)
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    const together = gain[0]!.map((_, i) =>
      sum.members.reduce((n, { k, weight }) => n + weight * gain[k]![i]!, 0),
    );
    return [
      {
        value: of(first).name,
        unit,
        change: change(sum.at),
        low: change(sum.low),
        high: change(sum.high),
        members: others.map(({ k, weight }) => ({ value: of(k).name, weight: Number(weight.toFixed(2)) })),
        rests_on: restsOn(measurements, together),
      },
    ];
  });
}

export function leftValues({ parameters }: Problem, { fitted, effects }: Solution): LeftValue[] {
  return parameters.flatMap((p, j): LeftValue[] =>
    fitted.includes(j) ? [] : [{ value: p.name, why: effects[j] === 0 ? "unseen" : "noise" }],
  );
}

export function neverFitted(base: Testbed): { fixed: number; other: number } {
  const kinds = Object.values(base.values).map((v) => v.unit),
    other = kinds.filter((unit) => ["bytes", "entries", "count", "name"].includes(unit)).length;
  return { fixed: kinds.length - other - parametersOf(base).length, other };
}

/** The series whose figures decide something, by their part of its variance, with their tool and sizes. */
function restsOn(measurements: readonly Measurement[], weights: readonly number[]): string[] {
  const series = new Map<string, { part: number; sizes: number[] }>(),
    total = weights.reduce((n, w) => n + w * w, 0);
  measurements.forEach((m, i) => {
    const name = `${m.tool} ${seriesName(m)}`,
      s = series.get(name) ?? { part: 0, sizes: [] };
    if (m.kind === "run" && m.options.size !== undefined) s.sizes.push(m.options.size);
    s.part += weights[i]! ** 2 / total;
    series.set(name, s);
  });
  const sorted = [...series].sort(([, a], [, b]) => b.part - a.part),
    named: string[] = [];
  let sum = 0;
  for (const [name, { part, sizes }] of sorted.slice(0, MOST_SERIES)) {
    if (sum >= MOST_OF_IT) break;
    sum += part;
    const low = Math.min(...sizes),
      high = Math.max(...sizes);
    named.push(sizes.length === 0 ? name : `${name} ${low === high ? low : `${low} to ${high}`} B`);
  }
  return named;
}
