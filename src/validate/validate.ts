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

/** Runs every point; nothing is fitted to them. */
export function validate(points: Points, onPoint: (done: number) => void = () => undefined): Validation {
  const verdicts = points.points.map((point, i) => {
    const verdict = judge(point);
    onPoint(i + 1);
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

function judge(point: Point): Verdict {
  const testbed = loadTestbed(point.testbed, point.set ?? []),
    clock = testbed.values["cpu.clock"]!.value as number;
  const model = (point.scale?.by ?? 1) * inUnit(measure(point, testbed), point.unit, clock);
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
