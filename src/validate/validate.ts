import { UserError } from "../errors.js";
import { loadTestbed } from "../testbed/load.js";
import { changedSince } from "./freeze.js";
import { measure } from "./measure.js";
import type { Point, Points } from "./points.js";
import { type Summary, summarize, type Verdict } from "./summary.js";
import { parseTolerance } from "./tolerance.js";
import { inUnit } from "./units.js";

export interface Validation {
  readonly schema: "verbscope.validation/1";
  readonly title: string;
  readonly verdicts: readonly Verdict[];
  readonly summary: Summary;
  /** Names of the testbeds that are no longer what they were at the freeze. */
  readonly changed: readonly string[];
  readonly frozen?: Points["frozen"];
  readonly left_out: NonNullable<Points["left_out"]>;
}

export interface ValidateOptions {
  readonly onPoint?: (done: number) => void;
  /** What gives the model's figure of a point, where that is not measured here. */
  readonly measure?: ((point: Point) => number) | undefined;
}

/** Runs every point; nothing is fitted to them. */
export function validate(points: Points, options: ValidateOptions = {}): Validation {
  const verdicts = points.points.map((point, i) => {
    const verdict = judge(point, options.measure);
    options.onPoint?.(i + 1);
    return verdict;
  });
  return {
    schema: "verbscope.validation/1",
    title: points.title,
    verdicts,
    summary: summarize(verdicts),
    ...(points.frozen ? { frozen: points.frozen, changed: changedSince(points.frozen) } : { changed: [] }),
    left_out: points.left_out ?? [],
  };
}

function judge(point: Point, measured?: (point: Point) => number): Verdict {
  const testbed = loadTestbed(point.testbed, point.set ?? []),
    clock = testbed.values["cpu.clock"]!.value as number;
  const model =
    (point.scale?.by ?? 1) * inUnit(measured?.(point) ?? measure(point, testbed), point.unit, clock);
  if (!Number.isFinite(model))
    throw new UserError(
      `point ${point.id}: the model gives no figure for it; ` +
        "check that its workload has what its metric counts",
    );
  const { low, high } = parseTolerance(point.tolerance, point.expected)!,
    within = model >= low && model <= high;
  return {
    point,
    model: Number(model.toPrecision(9)),
    error:
      point.tolerance.startsWith("le:") && within ? 0 : Number((model / point.expected - 1).toPrecision(6)),
    within,
  };
}
