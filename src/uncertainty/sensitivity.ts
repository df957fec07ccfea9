import { ABI_VERSION } from "../abi/params.js";
import { UserError } from "../errors.js";
import { rounded } from "../numbers.js";
import type { Path } from "../path/flatten.js";
import { canonical, sha256 } from "../replay/result/document.js";
import { parseMetric } from "../replay/result/metric.js";
import type { Session } from "../replay/session.js";
import { version } from "../version.js";
import { openValues } from "./draw.js";
import { intervalOf } from "./interval.js";
import { elementaryEffects, trajectoriesOf } from "./morris.js";
import { Outcome } from "./outcome.js";
import type { Sensitivity, ValueIndices } from "./sensitivity-result.js";
import { CONFIDENCE, type Estimate, type Model, RESAMPLES, sobolIndices, sobolPoints } from "./sobol.js";

export interface SensitivityOptions {
  /** A metric of `attribute`: `time` (default), `data-path`, `throughput`, … */
  readonly metric?: string;
  /** Base points of the indices, 16 to 65536; 128 when left out. */
  readonly samples?: number;
  /** 0 to 2^32 − 1; 1 when left out. */
  readonly seed?: number;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}
export const DEFAULT_SAMPLES = 128;
const LEAST_SAMPLES = 16,
  MOST_SAMPLES = 65_536;
/** Campolongo et al. find 10 trajectories enough to tell what acts. */
const TRAJECTORIES = 10;
/**
 * Values whose μ* is below this part of the largest are held: the variance
 * that each brings is about 0.25 % of the largest's, or less.
 */
export const SMALL = 0.05;

/** Refuses what cannot be sampled; before anything is replayed. */
export function checkSamples(samples = DEFAULT_SAMPLES, seed = 1): void {
  const shown = (n: number): string => (Number.isNaN(n) ? "" : ` ${n}`); // what is no number is not repeated
  if (!(Number.isInteger(samples) && samples >= LEAST_SAMPLES && samples <= MOST_SAMPLES))
    throw new UserError(
      `--samples${shown(samples)}: give a whole number of ${LEAST_SAMPLES} to ${MOST_SAMPLES}`,
    );
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new UserError(`--seed${shown(seed)}: give a whole number of 0 to 4294967295`);
}

/**
 * Which values of the session's testbed the metric on `path` hangs on, as a ratio to that on
 * `against` where one is given. Pure: the same input gives the same digest.
 */
export function sensitivity(
  session: Session,
  path: Path,
  against: Path | null,
  options: SensitivityOptions = {},
): Sensitivity {
  const { samples = DEFAULT_SAMPLES, seed = 1, onProgress } = options,
    { testbed } = session;
  checkSamples(samples, seed);
  const metric = parseMetric(options.metric ?? "time");
  const open = openValues(testbed, session.settled),
    outcome = new Outcome(session, path, against, metric);
  const placed = (names: readonly string[], u: readonly number[]): ReadonlyMap<string, number> =>
    new Map(names.map((name, i) => [name, u[i]!]));
  const over =
    (names: readonly string[]): Model =>
    (u) =>
      outcome.at(placed(names, u));
  const value = outcome.at(new Map());
  const trajectories = trajectoriesOf(open.length, TRAJECTORIES, seed);
  outcome.expect(trajectories.flatMap(({ points }) => points.map((u) => placed(open, u))));
  const effects = elementaryEffects(over(open), open.length, TRAJECTORIES, seed, (done, total) =>
    onProgress?.("screening", done, total),
  );
  const largest = Math.max(0, ...effects.map((e) => e.mu_star));
  const kept = open.filter((_, i) => effects[i]!.seen > 0 && effects[i]!.mu_star >= SMALL * largest),
    muStar = new Map(open.map((name, i) => [name, rounded(effects[i]!.mu_star)]));
  const base = kept.length > 0 ? samples : 1;
  outcome.expect(
    (function* () {
      for (const points of sobolPoints(kept, base, seed)) for (const u of points) yield placed(kept, u);
    })(),
  );
  const found = sobolIndices(over(kept), {
    names: kept,
    samples: base,
    seed,
    onStep: (done, total) => onProgress?.("indices", done, total),
  });
  const indices = kept.map(
    (name, i): ValueIndices => ({
      value: name,
      first: roundedEstimate(found.first[i]!),
      total: roundedEstimate(found.total[i]!),
      mu_star: muStar.get(name)!,
    }),
  );
  const document: Sensitivity = {
    schema: "verbscope.sensitivity/1",
    digest: "",
    tool: { name: "verbscope", version: version(), abi: ABI_VERSION },
    testbed: { name: testbed.name, title: testbed.title, values: testbed.values },
    trace: session.trace(outcome.first),
    path: path.label,
    against: against?.label ?? null,
    metric: { name: metric.name, unit: against ? "ratio" : metric.unit },
    value: rounded(value),
    outcome: { ...intervalOf(found.outcomes), mean: rounded(found.mean), variance: rounded(found.variance) },
    method: { samples, trajectories: TRAJECTORIES, seed, confidence: CONFIDENCE, resamples: RESAMPLES },
    evaluations: {
      screening: TRAJECTORIES * (open.length + 1),
      indices: kept.length > 0 ? samples * (kept.length + 2) : 0,
      replays: outcome.replays,
    },
    indices: indices.sort((a, b) => b.total.estimate - a.total.estimate || b.mu_star - a.mu_star),
    small: open
      .filter((name, i) => effects[i]!.seen > 0 && !kept.includes(name))
      .map((name) => ({ value: name, mu_star: muStar.get(name)! })),
    without_effect: open.filter((_, i) => effects[i]!.seen === 0),
    notes: notes(session, open.length),
  };
  const {
    digest: _digest,
    tool: _tool,
    trace: { file: _file, digest: _trace, memory_trace, ...trace },
    ...rest
  } = document;
  const { file: _accesses, digest: _accessesDigest, ...accesses } = memory_trace ?? { file: "", digest: "" };
  return { ...document, digest: sha256(canonical({ ...rest, trace, accesses })) };
}

const roundedEstimate = ({ estimate, low, high }: Estimate): Estimate => ({
  estimate: rounded(estimate),
  low: rounded(low),
  high: rounded(high),
});

function notes({ testbed, settled }: Session, open: number): string[] {
  const fixed = Object.keys(testbed.values).length - open - settled.length;
  return [
    `${open} of the testbed's values have a range; ${fixed} have none and are taken as known`,
    ...(settled.length > 0 ? [`the trace decides ${settled.join(", ")}`] : []),
    "values are drawn independently of each other, each within its own range: " +
      "indices say what these ranges do, and a narrower range has a smaller index",
  ];
}
