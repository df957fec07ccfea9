import type { Result } from "../../replay/result/document.js";
import { hasDataPath, type OperationResult, type ReplayResult } from "../../replay/result/result.js";
import { largestMessageClass } from "../main-class.js";
import type { Column } from "./column.js";

/** A path's replay; exports say of which result it is, since they hold several. */
export interface ReplayRow {
  readonly replay: ReplayResult;
  readonly main: OperationResult | undefined;
  readonly result?: Result;
  readonly index?: number;
}
export const replayRow = (replay: ReplayResult, result?: Result, index?: number): ReplayRow => ({
  replay,
  main: largestMessageClass(replay),
  ...(result === undefined ? {} : { result, index: index! }),
});

/** Nothing where there is no data path. */
const ofDataPath =
  (value: (r: ReplayResult) => number) =>
  ({ replay }: ReplayRow): number | undefined =>
    hasDataPath(replay) ? value(replay) : undefined;

export const REPLAY_COLUMNS: readonly Column<ReplayRow>[] = [
  { name: "result", type: "i64", unit: "count", value: (r) => BigInt(r.index!) },
  { name: "path", type: "text", head: "path", width: 4, unit: "text", value: (r) => r.replay.path },
  { name: "trace", type: "text", unit: "text", value: (r) => r.result!.trace.file },
  { name: "testbed", type: "text", unit: "text", value: (r) => r.result!.testbed.name },
  {
    name: "makespan_ps",
    type: "i64",
    head: "makespan",
    width: 11,
    unit: "ps",
    value: (r) => r.replay.makespan_ps,
  },
  { name: "data_path_start_ps", type: "i64", unit: "ps", value: (r) => r.replay.data_path.start_ps },
  { name: "data_path_end_ps", type: "i64", unit: "ps", value: (r) => r.replay.data_path.end_ps },
  {
    name: "data_path_ps",
    head: "data path",
    width: 12,
    unit: "ps",
    value: ofDataPath(({ data_path: d }) => Number(d.end_ps) - Number(d.start_ps)),
  },
  { name: "bytes", type: "i64", unit: "count", value: (r) => r.replay.throughput.bytes },
  {
    name: "bytes_per_s",
    type: "f64",
    head: "throughput",
    width: 14,
    unit: "B/s",
    value: ofDataPath((r) => r.data_path.bytes_per_s),
  },
  {
    name: "ops_per_s",
    type: "f64",
    head: "messages/s",
    width: 12,
    unit: "1/s",
    value: ofDataPath((r) => r.data_path.ops_per_s),
  },
  { name: "p50_ps", head: "one way p50", width: 13, unit: "ps", value: (r) => r.main?.latency_ps.p50 },
  { name: "p99_ps", head: "p99", width: 11, unit: "ps", value: (r) => r.main?.latency_ps.p99 },
  {
    name: "against_native",
    head: "against native",
    width: 17,
    unit: "ratio",
    of: "time",
    value: (r) => r.replay.against_native?.data_path_ratio ?? undefined,
  },
];
/** How the columns of replays are to be read. */
export const REPLAY_NOTE =
  "Data path: first post_send to last completion; throughput, rate and the ratio to native are over it. " +
  "One way: sender's call to receiver's poll, or post to completion for one-sided work.";
