import { UserError } from "../errors.js";
import { rounded } from "../numbers.js";
import type { Path } from "../path/flatten.js";
import type { Testbed } from "../testbed/document.js";
import { version } from "../version.js";
import type { Calibration, Figure } from "./document.js";
import { errorsOf } from "./errors-of.js";
import { LEVEL } from "./fit/estimate.js";
import type { Progress } from "./fit/problem.js";
import { fittedTestbed } from "./fitted-testbed.js";
import { judged } from "./judge.js";
import { checkNoise, NOISE_PERCENT, noiseOf } from "./predict/noise.js";
import { predictor } from "./predict/predict.js";
import { figureOf, type HoldOut, seriesName } from "./predict/series.js";
import type { MeasuredFile, Measurement } from "./read/shared/measurement.js";
import { partName } from "./refuse.js";
import { leftValues, neverFitted, sumsOf, valuesOf } from "./values.js";

export interface CalibrateOptions {
  /** Its values are what is known before, and its ranges bound the fit. */
  readonly base: Testbed;
  /** Path on which the runs were measured. */
  readonly path: Path;
  /** Of the fitted testbed. */
  readonly name: string;
  /** Percent by which figures may be off; 3 when left out. */
  readonly noise?: number;
  /** `half` when left out. */
  readonly holdOut?: HoldOut;
  /** Of the draws behind the intervals, 0 to 2^32 − 1; 1 when left out. */
  readonly seed?: number;
  /** Told what goes on, for whoever waits. */
  readonly progress?: Progress;
}

/** Each figure is replayed some hundred times: of more, a fit takes hours. Sweeps of perftest have 23. */
const MOST_FIGURES = 1000;

/**
 * Fits a testbed to measured figures (docs/calibrate.md). Pure:
 * the same files and options give the same document.
 * @throws UserError where nothing can be fitted, the fit does not
 * converge, or the model cannot describe the figures
 */
export function calibrate(files: readonly MeasuredFile[], options: CalibrateOptions): Calibration {
  const { base, path, noise = NOISE_PERCENT, holdOut = "half", seed = 1, progress } = options;
  checkNoise(noise);
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new UserError(
      `--seed${Number.isNaN(seed) ? "" : ` ${seed}`}: give a whole number of 0 to 4294967295`,
    );
  const count = files.reduce((n, f) => n + f.measurements.length, 0);
  if (count > MOST_FIGURES)
    throw new UserError(
      `${files.map((f) => f.file).join(", ")}: ${count} figures, each of which a fit replays some ` +
        `hundred times: give at most ${MOST_FIGURES}`,
    );
  const {
    split: { fit, heldOut },
    problem,
    solution,
    misfit,
    undescribed,
  } = judged(files, { base, path, noise, holdOut, seed, progress });
  const values = valuesOf(problem, solution),
    testbed = fittedTestbed(base, options.name, values);
  const figures = (list: readonly Measurement[], use: Figure["use"]): Figure[] =>
    list.map((m, i) => {
      progress?.(`predictions, ${use}`, i, list.length);
      const { predict } = predictor(m, path, base);
      return {
        file: m.at.file,
        line: m.at.line,
        tool: m.tool,
        series: seriesName(m),
        size: m.kind === "run" ? (m.options.size ?? null) : null,
        quantity: m.kind === "run" ? m.quantity : m.kind,
        use,
        measured: figureOf(m),
        noise: noiseOf(m, noise),
        before: rounded(predict(base)),
        after: rounded(predict(testbed)),
      };
    });
  const fitted = figures(fit, "fitted"),
    held = figures(heldOut, "held out");
  return {
    schema: "verbscope.calibration/1",
    tool: { name: "verbscope", version: version() },
    base: { name: base.name, title: base.title },
    path: path.label,
    noise_percent: noise,
    hold_out: holdOut,
    seed,
    level: LEVEL,
    figures: [...fitted, ...held],
    errors: { fitted: errorsOf(fitted), held_out: held.length > 0 ? errorsOf(held) : null },
    misfit: rounded(misfit),
    described: solution.described && undescribed.length === 0,
    values,
    sums: sumsOf(problem, solution),
    left: leftValues(problem, solution),
    never: neverFitted(base),
    notes: [
      ...new Set(
        files.flatMap((f) => [
          ...f.notes.map((n) => `${f.file}: ${n}`),
          ...f.measurements.flatMap((m) =>
            m.note === undefined ? [] : [`${f.file}: line ${m.at.line}: ${m.note}`],
          ),
        ]),
      ),
      ...undescribed
        .filter((part) => part.figures.length < problem.measurements.length)
        .map(
          (part) =>
            `${partName(part)}: described badly by itself, with a misfit of ${part.misfit.toPrecision(3)} ` +
            `where noise alone passes ${part.limit.toPrecision(3)} once in a thousand`,
        ),
    ],
    testbed,
  };
}
