import { UserError } from "../../errors.js";
import type { Path } from "../../path/flatten.js";
import { picoseconds } from "../../testbed/convert.js";
import { DEVICE_VALUE_NAMES, type Testbed } from "../../testbed/document.js";
import type { MeasuredCall, MeasuredRun, MeasuredValue, Measurement } from "../read/shared/measurement.js";
import { STEADY_VERBS, SteadyRun } from "./steady.js";

/** What a testbed makes of one measurement, in its unit. */
export interface Predictor {
  predict(testbed: Testbed): number;
  /** Values of a testbed that can change the prediction. */
  readonly uses: ReadonlySet<string>;
}

const PS_PER_S = 1e12;
/** Converts every value in cycles. */
const CLOCK = "cpu.clock";

/** Measurements of values are sums of the testbed's; runs, and traces of calls, are replayed on `path`. */
export function predictor(m: Measurement, path: Path, testbed: Testbed): Predictor {
  return m.kind === "value"
    ? valuePredictor(m, testbed)
    : m.kind === "call"
      ? callPredictor(m, path)
      : runPredictor(m, path);
}

function valuePredictor({ values, at }: MeasuredValue, base: Testbed): Predictor {
  const missing = values.find((name) => base.values[name] === undefined);
  if (missing !== undefined)
    throw new UserError(
      `${at.file}: line ${at.line} is a figure for ${missing}, ` +
        `which testbed ${base.name} has no value of: add it, or leave the line out`,
    );
  return {
    predict: (testbed) => values.reduce((n, name) => n + picoseconds(testbed, name), 0),
    uses: new Set([...values, CLOCK]),
  };
}

function callPredictor({ verb, times }: MeasuredCall, path: Path): Predictor {
  const costs = [...path.programs.values()]
    .flat()
    .map((step) => step.cost)
    .filter((cost) => cost !== undefined); // a wait for a lock may be another verb's
  return {
    predict: (testbed) => Number(times.of(verb, testbed)!.mean),
    uses: new Set([...DEVICE_VALUE_NAMES, ...costs]),
  };
}

function runPredictor(m: MeasuredRun, path: Path): Predictor {
  const run = new SteadyRun(m, path),
    bytes = m.options.size ?? 0;
  const figure = (message_ps: number): number =>
    m.quantity === "latency"
      ? message_ps
      : (PS_PER_S / message_ps) * (m.quantity === "bandwidth" ? bytes : 1);
  const costs = STEADY_VERBS.flatMap((verb) => path.programs.get(verb) ?? [])
    .map((step) => step.cost)
    .filter((cost) => cost !== undefined);
  return {
    predict: (testbed) => figure(run.messagePs(testbed)),
    uses: new Set([...DEVICE_VALUE_NAMES, ...costs]),
  };
}
