import { LAYERS } from "../../abi/layers.js";
import type { Result } from "../../replay/result/document.js";
import type { ReplayResult } from "../../replay/result/result.js";
import type { Driver, Interval, Uncertainty } from "../../replay/result/uncertainty-result.js";
import { inert, timeRangeText, timeText } from "../bars.js";
import { type Line, wrap } from "../lines.js";
import { pathColumns } from "./path-columns.js";

export type Drawn = ReplayResult & { uncertainty: Uncertainty };
/** Layers whose interval is narrower than this part of the makespan are not shown. */
const SHOWN_WIDTH = 0.01;
/** Drivers are named until they have this much together, at most three. */
const MOST_OF_IT = 2 / 3,
  MOST_NAMED = 3;

export const drawnReplays = ({ replays }: Result): Drawn[] =>
  replays.filter((r): r is Drawn => r.uncertainty !== undefined);

/** How far the testbed's ranges let each path vary: a sentence for each, and the layers. */
export function uncertaintyText(result: Result, width: number, line: Line): void {
  const { testbed } = result,
    drawn = drawnReplays(result),
    first = drawn[0]?.uncertainty;
  if (!first) return;
  line(
    `How sure that is: ${first.draws} testbeds drawn within the ranges of ` +
      `${inert(testbed.name)} (seed ${first.seed}), the same for all paths`,
  );
  for (const r of drawn) wrap(sentence(r), width, line);
  const wide = LAYERS.filter((l) =>
    drawn.some(
      ({
        uncertainty: {
          layers: { [l]: i },
          makespan_ps,
        },
      }) => i && Number(i.high) - Number(i.low) > SHOWN_WIDTH * Number(makespan_ps.median),
    ),
  );
  line();
  line(`Ranges that ${percentOf(first)} of the drawn testbeds lie in`);
  const range = (i: Interval<number | string> | undefined): string =>
    i ? timeRangeText(Number(i.low), Number(i.high)) : "–";
  const of = (r: ReplayResult): Uncertainty => (r as Drawn).uncertainty;
  pathColumns(
    drawn,
    "layer",
    [
      ...wide.map((l) => ({ label: l, cell: (r: ReplayResult) => range(of(r).layers[l]) })),
      { label: "total", cell: (r) => range(of(r).makespan_ps) },
    ],
    width,
    line,
  );
  line(
    `(layers that vary by less than ${100 * SHOWN_WIDTH} % of the makespan are left out; ` +
      "the ends of a column belong to different testbeds, so they do not sum to its total)",
  );
  line();
}

const percentOf = ({ level }: Uncertainty): string => `${Math.round(100 * level)} %`;

/** One path in a sentence. */
export function sentence(r: Drawn): string {
  const { value, low, high, text, range, words } = headline(r),
    u = r.uncertainty,
    many = `${percentOf(u)} of ${u.draws} drawn testbeds`;
  const name = `${inert(r.path)}: ${text(value)}${words}`,
    reads = (x: number): boolean => text(x) === text(value);
  if (reads(low) && reads(high)) return `${name} (the same in ${many})`;
  const inside = (low <= value && value <= high) || reads(low) || reads(high),
    from = range(low, high);
  const span = inside
    ? ` (${from}, ${many})`
    : `, but ${from} in ${many}, for ranges reach further to one side of their values than to the other`;
  return `${name}${span}; ${driven(u.drivers)}`;
}

function driven(drivers: readonly Driver[]): string {
  const names: string[] = [];
  let sum = 0;
  for (const d of drivers.slice(0, MOST_NAMED)) {
    if (sum >= MOST_OF_IT) break;
    names.push(inert(d.value));
    sum += d.share;
  }
  if (names.length === 0) return "no single value stands out";
  return (
    "mostly from " + `${names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]}`
  );
}

interface Headline {
  value: number;
  low: number;
  high: number;
  text: (x: number) => string;
  range: (low: number, high: number) => string;
  words: string;
}

/** The outcome as people say it: its numbers, how they are written, and of what they are. */
function headline(r: Drawn): Headline {
  const { drivers_of, makespan_ps, against_native, memory_against_native } = r.uncertainty;
  const times = (digits: number): Pick<Headline, "text" | "range"> => ({
    text: (x) => x.toFixed(digits),
    range: (low, high) => `${low.toFixed(digits)}–${high.toFixed(digits)}`,
  });
  switch (drivers_of) {
    case "makespan_ps":
      return {
        value: Number(r.makespan_ps),
        low: Number(makespan_ps.low),
        high: Number(makespan_ps.high),
        text: timeText,
        range: timeRangeText,
        words: "",
      };
    case "data_path_ratio": {
      // The same bytes in a longer time: throughput is the inverse, and the ends change places.
      const { low, high } = against_native!.data_path_ratio!;
      return {
        value: 1 / r.against_native!.data_path_ratio!,
        low: 1 / high,
        high: 1 / low,
        ...times(2),
        words: " of native throughput",
      };
    }
    case "steady_ratio":
      return {
        value: r.memory!.against_native!.steady_ratio,
        ...memory_against_native!.steady_ratio,
        ...times(3),
        words: "× the memory time of native, without first touches",
      };
    case "time_ratio":
      return {
        value: r.against_native!.time_ratio,
        ...against_native!.time_ratio,
        ...times(2),
        words: "× the time of native",
      };
  }
}
