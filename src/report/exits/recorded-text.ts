import type { ReplayResult } from "../../replay/result/result.js";
import type { RecordedExits } from "../../replay/set/recorded-exits.js";
import { inert, timeText } from "../bars.js";

/** Reasons that are named. */
const TOP = 3;
const grouped = new Intl.NumberFormat("en-US");
const number = (n: number | string): string => grouped.format(Number(n));

/** Recorded exits in a line: how many, the most frequent reasons, the median. */
export function recordedText({ file, count, within, reasons, median_ps }: RecordedExits): string {
  const top = reasons.slice(0, TOP).map((r) => `${r.reason} × ${number(r.count)}`),
    more = reasons.length > TOP ? ", …" : "";
  return (
    `recorded exits ${within ? "within the run" : "beside the run"} (${inert(file)}): ${number(count)}` +
    (count === 0
      ? ""
      : ` (${top.join(", ")}${more}), median ${median_ps === undefined ? "unknown" : timeText(median_ps)}`)
  );
}

/** The same with the exits that each path's replay of verbs emulates. */
export function comparedText(recorded: RecordedExits, replays: readonly ReplayResult[]): string {
  const paths = replays.map(({ path, counters }) => {
    const heavy = Number(counters["exits.heavy"]),
      light = Number(counters["exits.light"]),
      faults = Number(counters["ept.violations"]);
    return heavy + light + faults === 0
      ? `${path} none`
      : `${path} ${number(heavy)} heavy + ${number(light)} light + ${number(faults)} EPT violations`;
  });
  return `${recordedText(recorded)}; emulated: ${paths.join(", ")}`;
}
