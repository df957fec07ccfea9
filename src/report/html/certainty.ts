import { LAYERS } from "../../abi/layers.js";
import type { Result } from "../../replay/result/document.js";
import type { Interval } from "../../replay/result/uncertainty-result.js";
import { timeRangeText } from "../bars.js";
import { errorText } from "../text/self-check-text.js";
import { drawnReplays, sentence } from "../text/uncertainty-text.js";
import type { Cell } from "./parts/chart.js";
import { bullets, details, table } from "./parts/elements.js";
import { type Markup, markup, NOTHING } from "./parts/markup.js";
import { count, joined, time } from "./parts/values.js";

/** How far the testbed's ranges let each path vary, where testbeds were drawn. */
export function uncertaintySection(result: Result): Markup {
  const drawn = drawnReplays(result),
    first = drawn[0]?.uncertainty;
  if (!first) return NOTHING;
  const range = (i: Interval<number | string> | undefined): Cell =>
    i ? timeRangeText(Number(i.low), Number(i.high)) : "–";
  const rows = [
    ...LAYERS.filter((l) => drawn.some((r) => r.uncertainty.layers[l])).map((l): Cell[] => [
      l,
      ...drawn.map((r) => range(r.uncertainty.layers[l])),
    ]),
    ["total", ...drawn.map((r) => range(r.uncertainty.makespan_ps))],
  ];
  const caption =
    `Ranges that ${Math.round(100 * first.level)} % of the drawn testbeds lie in; ` +
    "the ends of a column belong to different testbeds and do not sum to its total";
  return markup`<h3>How sure that is</h3><p class="note">${count(first.draws)} testbeds drawn within the
    ranges of ${result.testbed.name} (seed ${String(first.seed)}), the same for all paths.</p>
    ${bullets(drawn.map((r) => joined(sentence(r))))}
    ${details(
      "Ranges of the layers",
      table({ caption, head: ["layer", ...drawn.map((r) => r.path)], rows }),
    )}`;
}

const CHECK = "The native replay against the recorded times; of calls, means without waiting";

/** The native replay beside the recording's own times. */
export function selfCheckSection({ self_check: check }: Result): Markup {
  if (!check) return NOTHING;
  if (!check.comparable)
    return markup`<h3>Self-check</h3><p>Recorded times are not compared with the native
      replay: ${check.why}.</p>`;
  const line = (
    name: string,
    calls: string,
    { recorded_ps, model_ps, error }: typeof check.total,
  ): Cell[] => [name, calls, time(recorded_ps), time(model_ps), errorText(error)];
  const rows = [
    line("whole trace", "–", check.total),
    ...(check.data_path ? [line("data path", "–", check.data_path)] : []),
    ...check.verbs.map((v) => line(v.verb, count(v.calls), v)),
  ];
  return markup`<h3>Self-check</h3>
    ${table({ caption: CHECK, head: ["", "calls", "recorded", "native", "error"], rows })}
    <p class="note">An error of many percent says that the testbed is not the machine of this trace.</p>`;
}
