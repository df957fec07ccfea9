import { LAYERS } from "../abi/layers.js";
import { ABI_VERSION } from "../abi/params.js";
import { UserError } from "../errors.js";
import { type Integer, integer, rounded } from "../numbers.js";
import { canonical, sha256 } from "../replay/result/document.js";
import { type Metric, parseMetric } from "../replay/result/metric.js";
import type { ReplayResult } from "../replay/result/result.js";
import type { Session } from "../replay/session.js";
import { version } from "../version.js";
import { type Evaluation, evaluate, type Progress } from "./evaluate.js";
import { type Endpoint, endpoint, type Player, playersOf } from "./players.js";
import { nearest, rationalText, wholeShares } from "./rational.js";
import type { AttributedPath, Attribution, MechanismShare } from "./result.js";
import { permutations, prefixes, sampledShapley } from "./sample.js";
import { factorial, interactions, shapley } from "./shapley.js";
import type { Tolerance } from "./tolerance.js";

export interface AttributeOptions extends Progress {
  /** `time` (default), `data-path`, `throughput`, `steady`, or `p99:message` and the like. */
  readonly metric?: string;
  /** Mechanisms that count as one, names by commas. */
  readonly together?: readonly string[];
  /** Orders to sample; without it, all subsets up to EXACT_UP_TO mechanisms and DEFAULT_SAMPLES above. */
  readonly samples?: number;
  readonly seed?: number;
}
export const EXACT_UP_TO = 12;
export const DEFAULT_SAMPLES = 400;
const LEAST_SAMPLES = 4,
  MOST_SAMPLES = 1_000_000;

/**
 * Attributes the difference between two paths, given by label, to the
 * mechanisms that differ. Pure: the same input gives the same digest.
 */
export function attribute(
  session: Session,
  fromLabel: string,
  toLabel: string,
  options: AttributeOptions = {},
): Attribution {
  const metric = parseMetric(options.metric ?? "time"),
    seed = options.seed ?? 1,
    { samples } = options;
  if (
    samples !== undefined &&
    !(Number.isInteger(samples) && samples >= LEAST_SAMPLES && samples <= MOST_SAMPLES)
  )
    throw new UserError(`--samples ${samples}: give a whole number of ${LEAST_SAMPLES} to ${MOST_SAMPLES}`);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new UserError(`--seed ${seed}: give a whole number of 0 to 4294967295`);
  const from = endpoint(fromLabel),
    to = endpoint(toLabel),
    players = playersOf(from, to, options.together),
    n = players.length;
  const orders =
    n > 0 && (samples !== undefined || n > EXACT_UP_TO)
      ? permutations(n, samples ?? DEFAULT_SAMPLES, seed)
      : undefined;
  const needed = orders ? prefixes(orders) : new Set(Array.from({ length: 2 ** n }, (_, mask) => mask));
  const full = 2 ** n - 1;
  for (let i = 0; i < n; i++) needed.add(1 << i).add(full & ~(1 << i));
  const found = evaluate(session, from, to, players, needed, metric, options);
  const attribution: Attribution = {
    schema: "verbscope.attribution/1",
    digest: "",
    tool: { name: "verbscope", version: version(), abi: ABI_VERSION },
    testbed: { name: session.testbed.name, title: session.testbed.title, values: session.testbed.values },
    trace: session.trace([
      { ...found.from, path: from.label },
      { ...found.to, path: to.label },
    ]),
    metric: { name: metric.name, unit: metric.unit },
    from: attributed(from, found.from, metric),
    to: attributed(to, found.to, metric),
    difference: integer(metric.of(found.to) - metric.of(found.from)),
    method: orders ? { kind: "sampled", orders: orders.length, seed, confidence: 0.95 } : { kind: "exact" },
    combinations: { needed: needed.size, replayed: found.replays, unreal: found.unreal.count },
    ...shares(players, found, orders),
    interactions: orders ? null : pairs(players, found),
    points: [...found.points.values()].map((p) => ({
      changed: players.filter((_, i) => (p.mask >> i) & 1).map((x) => x.name),
      path: p.path,
      value: integer(p.value),
      replayed: found.points.get(p.replayed)!.path,
    })),
    notes: notes(players, found, metric),
  };
  return signed(attribution);
}

/** With its digest: over everything that the numbers depend on, not the file's name or the tool's version. */
function signed(a: Attribution): Attribution {
  const {
    digest: _digest,
    tool: _tool,
    trace: { file: _file, digest: _trace, memory_trace, ...trace },
    ...rest
  } = a;
  const { file: _accesses, digest: _accessesDigest, ...accesses } = memory_trace ?? { file: "", digest: "" };
  return { ...a, digest: sha256(canonical({ ...rest, trace, accesses })) };
}
export function withTolerance(attribution: Attribution, tolerance: Tolerance): Attribution {
  return signed({ ...attribution, tolerance });
}

const attributed = ({ label, mechanisms }: Endpoint, r: ReplayResult, metric: Metric): AttributedPath => ({
  path: label,
  mechanisms: { ...mechanisms },
  value: integer(metric.of(r)),
  layers: r.layers,
});

function shares(
  players: readonly Player[],
  { points }: Evaluation,
  orders: number[][] | undefined,
): Pick<Attribution, "mechanisms" | "layers"> {
  const n = players.length,
    full = 2 ** n - 1,
    den = orders ? BigInt(orders.length) : factorial(n);
  const value = (mask: number): bigint => points.get(mask)!.value;
  const numerators = (v: (mask: number) => bigint): bigint[] =>
    orders ? sampledShapley(n, v, orders).numerators : shapley(n, v);
  const whole = (nums: readonly bigint[]): Map<string, bigint> =>
    wholeShares(new Map(players.map((p, i) => [p.name, nums[i]!])), den);
  const nums = numerators(value),
    share = whole(nums),
    widths = orders ? sampledShapley(n, value, orders).halfWidths : undefined;
  const difference = value(full) - value(0);
  const mechanisms: MechanismShare[] = players.map(({ name, from, to }, i) => ({
    name,
    from,
    to,
    share: integer(share.get(name)!),
    exact: rationalText({ num: nums[i]!, den }),
    part: difference === 0n ? null : rounded(Number(nums[i]!) / Number(den * difference)),
    half_width: widths ? Math.ceil(widths[i]!) : null,
    add_one_in: integer(value(1 << i) - value(0)),
    leave_one_out: integer(value(full) - value(full & ~(1 << i))),
    layers: {},
  }));
  const layers: Record<string, Integer> = {};
  LAYERS.forEach((layer, l) => {
    const of = (mask: number): bigint => points.get(mask)!.layers[l]!;
    if ([...points.values()].every((p) => p.layers[l] === of(0))) return;
    const parts = whole(numerators(of)),
      d = of(full) - of(0);
    if (d !== 0n) layers[layer] = integer(d);
    for (const m of mechanisms) if (parts.get(m.name) !== 0n) m.layers[layer] = integer(parts.get(m.name)!);
  });
  return { mechanisms, layers };
}

function pairs(players: readonly Player[], { points }: Evaluation): NonNullable<Attribution["interactions"]> {
  const n = players.length,
    den = factorial(Math.max(0, n - 1));
  return interactions(n, (mask) => points.get(mask)!.value).map(({ i, j, num }) => ({
    a: players[i]!.name,
    b: players[j]!.name,
    value: integer(nearest({ num, den })),
    exact: rationalText({ num, den }),
  }));
}

function notes(players: readonly Player[], { unreal }: Evaluation, metric: Metric): string[] {
  const out: string[] = [];
  if (unreal.count > 0)
    out.push(
      `${unreal.count} of the combinations exist in no machine (${unreal.why.join("; ")}): ` +
        "they are points of the computation only; --together binds mechanisms that need each other",
    );
  if (players.some((p) => p.document))
    out.push(
      'the documents of the two paths have different programs: they count as one more mechanism, "document"',
    );
  if (metric.name.includes(":"))
    out.push(
      "quantiles are upper ends of histogram buckets, " +
        "at most 0.8 % wide: differences below that are not resolved",
    );
  return out;
}
