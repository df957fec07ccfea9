import type { Result } from "../../../replay/result/document.js";
import type { OperationResult, ReplayResult } from "../../../replay/result/result.js";
import { largestMessageClass } from "../../main-class.js";
import { meanSize, operationName } from "../parts/values.js";

/** A path's value at a message size; `from` says which result it is of. */
export interface SizePoint {
  readonly path: string;
  readonly bytes: number;
  readonly value: number;
  readonly from: string;
}
export interface SizeSeries {
  readonly operation: string;
  readonly points: readonly SizePoint[];
}

/**
 * A run whose bytes are mostly of one class has a throughput at
 * that class's size; one of several sizes has not.
 */
const MOSTLY = 0.9;
const sized = (o: OperationResult): boolean => o.size_class !== "none" && o.size_class !== "0" && o.count > 0;
/** Results on several testbeds have a curve each. */
const named = (result: Result, results: readonly Result[], r: ReplayResult): string =>
  results.some((x) => x.testbed.name !== result.testbed.name) ? `${r.path}, ${result.testbed.name}` : r.path;
const kindOf = (o: OperationResult): string => operationName({ ...o, size_class: "none" });

/** Throughput by message size: a point for each result and path. */
export function throughputBySize(results: readonly Result[]): SizeSeries[] {
  return grouped(
    results.flatMap((result) =>
      result.replays.flatMap((r) => {
        const main = largestMessageClass(r),
          sends = r.operations.filter((o) => o.verb === "post_send" && sized(o));
        const bytes = sends.reduce((n, o) => n + Number(o.bytes), 0);
        if (
          !main ||
          !sized(main) ||
          bytes === 0 ||
          Number(main.bytes) < MOSTLY * bytes ||
          r.data_path.bytes_per_s <= 0
        )
          return [];
        return [
          {
            operation: kindOf(main),
            point: {
              path: named(result, results, r),
              bytes: meanSize(main),
              value: r.data_path.bytes_per_s,
              from: result.trace.file,
            },
          },
        ];
      }),
    ),
  );
}
/**
 * Median latency by message size: a point for each size class, path and
 * result; messages where there are any of that opcode.
 */
export function latencyBySize(results: readonly Result[]): SizeSeries[] {
  return grouped(
    results.flatMap((result) =>
      result.replays.flatMap((r) => {
        const messages = new Set(r.operations.filter((o) => o.verb === "message").map((o) => o.opcode));
        return r.operations
          .filter(
            (o) =>
              sized(o) &&
              Number(o.latency_ps.p50) > 0 &&
              (o.verb === "message" || (o.verb === "post_send" && !messages.has(o.opcode))),
          )
          .map((o) => ({
            operation: kindOf(o),
            point: {
              path: named(result, results, r),
              bytes: meanSize(o),
              value: Number(o.latency_ps.p50),
              from: result.trace.file,
            },
          }));
      }),
    ),
  );
}

/** By operation, those of two or more sizes, the most points first. */
function grouped(found: readonly { operation: string; point: SizePoint }[]): SizeSeries[] {
  const series = new Map<string, SizePoint[]>();
  for (const { operation, point } of found) series.set(operation, [...(series.get(operation) ?? []), point]);
  return [...series]
    .map(([operation, points]) => ({ operation, points: points.sort((a, b) => a.bytes - b.bytes) }))
    .filter((s) => new Set(s.points.map((p) => p.bytes)).size > 1)
    .sort((a, b) => b.points.length - a.points.length);
}
export const pathsOf = (series: readonly SizeSeries[]): string[] => {
  const names = [...new Set(series.flatMap((s) => s.points.map((p) => p.path)))];
  const native = (n: string): number => (n === "native" || n.startsWith("native, ") ? 0 : 1);
  return names.sort((a, b) => native(a) - native(b));
};
