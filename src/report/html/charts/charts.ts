import type { Attribution } from "../../../attribution/result.js";
import type { Result } from "../../../replay/result/document.js";
import { withMemory } from "../../columns/memory.js";
import type { Chart } from "../parts/chart.js";
import { complete } from "../parts/complete.js";
import { WIDE } from "../parts/elements.js";
import { svg } from "../parts/svg.js";
import { differenceChart } from "./chart-difference.js";
import { hitsChart } from "./chart-hits.js";
import { latencyChart } from "./chart-latency.js";
import { layersChart } from "./chart-layers.js";
import { referencesChart } from "./chart-references.js";
import { shapleyChart } from "./chart-shapley.js";
import { sizeCharts } from "./chart-size.js";
import { regionsChart, workingSetChart } from "./chart-use.js";

export interface ReportOptions {
  /** What `verbscope attribute --json` said of a difference. */
  readonly attribution?: Attribution;
  readonly title?: string;
}
const present = <T>(list: readonly (T | undefined)[]): T[] => list.filter((x): x is T => x !== undefined);

/** Charts of one result: of its time, and of its memory accesses. */
export function timeCharts(result: Result): Chart[] {
  return present([layersChart(result), differenceChart(result.replays), latencyChart(result.replays)]);
}
export function memoryCharts(result: Result): Chart[] {
  const replays = withMemory(result.replays),
    use = result.trace.memory;
  return [
    ...(replays.length > 0 ? present([referencesChart(replays), hitsChart(replays)]) : []),
    ...(use ? present([workingSetChart(use), regionsChart(use)]) : []),
  ];
}
export const attributionCharts = (a: Attribution | undefined): Chart[] =>
  a ? present([shapleyChart(a)]) : [];
export { sizeCharts };

/** Every chart as a file of its own: `name` has no suffix and is safe in any file system. */
export function svgCharts(
  results: readonly Result[],
  options: ReportOptions = {},
): { name: string; svg: string }[] {
  results.forEach(complete);
  const all = [
    ...sizeCharts(results).map((c) => [c.key, c] as const),
    ...results.flatMap((r, i) =>
      [...timeCharts(r), ...memoryCharts(r)].map(
        (c) => [results.length > 1 ? `${i + 1}-${c.key}` : c.key, c] as const,
      ),
    ),
    ...attributionCharts(options.attribution).map((c) => [c.key, c] as const),
  ];
  return all.map(([name, chart]) => {
    const canvas = { width: WIDE, id: name.replace(/^(?=\d)/, "r") };
    return {
      name,
      svg:
        `<?xml version="1.0" ` +
        `encoding="UTF-8"?>\n${svg(canvas, chart.draw(canvas), chart.title, chart.description, true).text}\n`,
    };
  });
}
