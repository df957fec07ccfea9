import { costSteps } from "../path/compile.js";
import type { Path, Step } from "../path/flatten.js";
import { formText } from "../path/form.js";
import { coefficient } from "../testbed/convert.js";
import type { Testbed } from "../testbed/document.js";
import type { Cost } from "./charges.js";
import { type CostSource, named, scaled } from "./cost.js";

/** Costs of the steps of one program. */
export class StepCosts {
  private readonly steps: ReadonlyMap<number, Step>;
  private readonly testbed: Testbed;
  readonly program: string;
  /** Steps that were asked for, by id. */
  readonly used = new Map<string, Step>();
  constructor(testbed: Testbed, path: Path, program: string) {
    this.steps = costSteps(path, testbed, program);
    this.testbed = testbed;
    this.program = program;
  }

  step({ place }: Cost): Step {
    const step = this.steps.get(place);
    if (!step)
      throw new Error(
        `instruction ${place} of ${this.program} costs nothing by its path; this is a defect of verbscope`,
      );
    this.used.set(step.id, step);
    return step;
  }

  of(cost: Cost): CostSource {
    const { count, cost: name } = this.step(cost),
      v = this.testbed.values[name!]!,
      one = named(this.testbed, name!);
    return {
      ps: scaled(cost.n, coefficient(this.testbed, name!)),
      formula:
        count.terms.size === 0 && cost.n === 1n ? one : `${countText(cost.n, formText(count))} × ${one}`,
      values: [name!, ...(v.unit === "cycles" ? ["cpu.clock"] : [])],
    };
  }
}
/** What the count is, and of what. */
const countText = (n: bigint, form: string): string => (/^\d+$/.test(form) ? `${n}` : `${n} (${form})`);
