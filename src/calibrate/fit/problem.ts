import type { Path } from "../../path/flatten.js";
import type { Testbed } from "../../testbed/document.js";
import { noiseOf } from "../predict/noise.js";
import { type Predictor, predictor } from "../predict/predict.js";
import { figureOf } from "../predict/series.js";
import type { Measurement } from "../read/shared/measurement.js";
import { type Parameter, parametersOf, testbedAt } from "./parameters.js";

/** Slopes are taken over this part of a range, towards its further end. */
const STEP = 0.02;
/**
 * A run that all values at one end of their ranges, and all at the other, move by less than this from the
 * base, in standard deviations of its noise, is moved by none of them: its replays are the same each time,
 * and those of large messages are long. Four hundred such runs together would not move one value (MOVES).
 */
const UNMOVED = 0.05;

/** What a fit is doing, for whoever waits: `done` steps `of` those that this stage has. */
export type Progress = (stage: string, done: number, of: number) => void;

/**
 * What is to be fitted: how far each measurement is from its prediction,
 * in units of its noise, as a function of the parameters.
 * Residuals are of logarithms, so that a figure twice too large counts as much as one twice too small.
 */
export class Problem {
  readonly base: Testbed;
  readonly measurements: readonly Measurement[];
  readonly parameters: readonly Parameter[];
  private readonly predictors: readonly Predictor[];
  /** Relative standard deviation of each measurement. */
  readonly noise: readonly number[];
  /** affects[j]: measurements that parameter j can change. */
  private readonly affects: readonly (readonly boolean[])[];
  /** What runs that nothing moves are predicted to be, wherever the parameters are. */
  private readonly unmoved: readonly (number | undefined)[];
  private readonly known = new Map<string, readonly number[]>();
  readonly progress: Progress | undefined;

  constructor(
    measurements: readonly Measurement[],
    path: Path,
    base: Testbed,
    noisePercent: number,
    progress?: Progress,
  ) {
    this.progress = progress;
    this.base = base;
    this.measurements = measurements;
    this.parameters = parametersOf(base);
    this.predictors = measurements.map((m) => predictor(m, path, base));
    this.noise = measurements.map((m) => noiseOf(m, noisePercent));
    this.unmoved = measurements.map((m, i) => {
      progress?.("figures", i, measurements.length);
      return m.kind === "run" ? this.unmovedPrediction(i) : undefined;
    });
    this.affects = this.parameters.map((p) =>
      this.predictors.map((q, i) => this.unmoved[i] === undefined && q.uses.has(p.name)),
    );
  }

  /** Predictions of all measurements, in their units. */
  predict(testbed: Testbed): number[] {
    return this.predictors.map((p, i) => this.unmoved[i] ?? p.predict(testbed));
  }
  /** `u` of every parameter at the base. */
  start(): number[] {
    return this.parameters.map((p) => p.base);
  }
  testbed(u: readonly number[]): Testbed {
    return testbedAt(this.base, this.parameters, u);
  }
  /** (ln predicted − ln measured) / noise, of each measurement. */
  residuals(u: readonly number[]): readonly number[] {
    const key = u.join();
    let r = this.known.get(key);
    if (!r) this.known.set(key, (r = this.predict(this.testbed(u)).map((p, i) => this.residual(i, p))));
    return r;
  }
  /**
   * How residuals change with parameter j, if all its range did
   * what it does from `u` to the end that is further.
   */
  effect(u: readonly number[], j: number): number[] {
    return this.slopeTo(u, j, u[j]! < 0.5 ? 1 : 0);
  }
  /** The same near `u`. */
  slope(u: readonly number[], j: number): number[] {
    return this.slopeTo(u, j, u[j]! < 0.5 ? u[j]! + STEP : u[j]! - STEP);
  }
  /**
   * A column of `slope` where residuals are `there`, from where they were `here`: a time grows
   * evenly with a parameter while what bounds it is the same, so its logarithm grows
   * the less the longer it is already.
   */
  carried(column: readonly number[], here: readonly number[], there: readonly number[]): number[] {
    return column.map((c, i) => c / this.timeRatio(i, there[i]! - here[i]!));
  }

  private unmovedPrediction(i: number): number | undefined {
    const at = (u: number): number => this.predictors[i]!.predict(this.testbed(this.parameters.map(() => u)));
    const near = (a: number, b: number): boolean => Math.abs(a / b - 1) < UNMOVED * this.noise[i]!;
    const low = at(0);
    if (!near(at(1), low)) return undefined;
    const base = this.predictors[i]!.predict(this.base);
    return near(low, base) ? base : undefined;
  }
  private slopeTo(u: readonly number[], j: number, to: number): number[] {
    if (!this.affects[j]!.includes(true)) return this.measurements.map(() => 0);
    const here = this.residuals(u),
      testbed = this.testbed(u.map((x, k) => (k === j ? to : x)));
    return here.map((r, i) => {
      if (!this.affects[j]![i]!) return 0;
      const more = this.timeRatio(i, this.residual(i, this.predictors[i]!.predict(testbed)) - r) - 1;
      return (this.isTime(i) ? more : -more) / this.noise[i]! / (to - u[j]!);
    });
  }
  private isTime(i: number): boolean {
    const m = this.measurements[i]!;
    return m.kind !== "run" || m.quantity === "latency";
  }
  /**
   * By what a time, or the time of a message behind a rate, is multiplied when its residual grows by `more`.
   */
  private timeRatio(i: number, more: number): number {
    return Math.exp((this.isTime(i) ? more : -more) * this.noise[i]!);
  }
  private residual(i: number, predicted: number): number {
    return Math.log(predicted / figureOf(this.measurements[i]!)) / this.noise[i]!;
  }
}
