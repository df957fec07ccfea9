import { COUNTERS } from "../../abi/counters.js";
import { LAYERS } from "../../abi/layers.js";
import { TOTALS } from "../../abi/totals.js";
import type { Core } from "../../core/instance.js";
import { type Integer, integer, perSecond, ratio } from "../../numbers.js";
import type { Path } from "../../path/flatten.js";
import type { LatencySummary, QpLatencies } from "../log/latencies.js";
import type { MemoryResult } from "../memory/result.js";
import type { Prepared } from "../prepare/prepare.js";
import { readClasses } from "./classes.js";
import type { Seen } from "./notes.js";
import type { Uncertainty } from "./uncertainty-result.js";

export interface OperationResult {
  verb: string;
  opcode: string;
  size_class: string;
  count: number;
  bytes: Integer;
  latency_ps: LatencySummary;
  service: Record<string, Integer>;
  wait: Record<string, Integer>;
}
export interface ReplayResult {
  path: string;
  /** What the user gave for it, where that is a file: with it the path is found again. */
  path_given?: string;
  mechanisms: Record<string, string>;
  makespan_ps: Integer;
  layers: Record<string, Integer>;
  counters: Record<string, Integer>;
  operations: OperationResult[];
  /** Over the whole replay, set-up and teardown included. */
  throughput: { bytes: Integer; bytes_per_s: number; ops_per_s: number };
  /** From the first post_send call to the last completion or poll; of no length where nothing completes (R5.4). */
  data_path: { start_ps: Integer; end_ps: Integer; bytes_per_s: number; ops_per_s: number };
  /** `data_path_ratio` is null where one of the two has no data path. */
  against_native: { time_ratio: number; throughput_ratio: number; data_path_ratio: number | null } | null;
  /** Latencies by queue pair, where they were asked for. */
  latencies_by_qp?: QpLatencies[];
  /** What memory accesses cost, when a memory trace was replayed. */
  memory?: MemoryResult;
  /** How far the ranges of the testbed's values let the result vary, where that was asked for. */
  uncertainty?: Uncertainty;
}

/** Reads a finished replay out of the core, checking what must always hold (R5.1). */
export function readReplay(core: Core, prepared: Prepared, path: Path): { result: ReplayResult; seen: Seen } {
  const { clock, makespan } = longest(core, prepared.trace.threads.length);
  const layers = Object.fromEntries(
    LAYERS.map((l, i) => [l, clock[2 + i]!] as const).filter(([, v]) => v !== 0n),
  );
  const sum = Object.values(layers).reduce((a, b) => a + b, 0n);
  if (sum !== makespan)
    throw new Error(
      `conservation broken on ${path.label}: layers sum to ${sum} ps, ` +
        `the makespan is ${makespan} ps; this is a defect of verbscope`,
    );
  const values = core.u64(core.exports.counters_ptr(), COUNTERS.length);
  const totals = core.u64(core.exports.totals_ptr(), TOTALS.length);
  const total = (name: (typeof TOTALS)[number]): bigint => totals[TOTALS.indexOf(name)]!;
  const classes = readClasses(core);
  const sends = classes.filter((c) => c.verb === "post_send" && c.sizeClass !== "none");
  const bytes = sends.reduce((n, c) => n + c.bytes, 0n),
    ops = sends.reduce((n, c) => n + c.count, 0);
  const start = total("first_post_ps_plus_1") === 0n ? 0n : total("first_post_ps_plus_1") - 1n;
  const end = total("last_completion_ps") > start ? total("last_completion_ps") : start;
  const window = end - start;
  return {
    seen: {
      spin: Number(total("spin_rows")),
      refused: Number(total("refused_rows")),
      awaited: Number(total("awaited_posts")),
      unmatched: Number(total("unmatched_messages")),
      short: Number(total("short_receives")),
      otherLengths: Number(total("other_lengths")),
      overCapacity: Number(total("over_capacity")),
      overInline: Number(total("over_inline")),
    },
    result: {
      path: path.label,
      ...(path.given === undefined ? {} : { path_given: path.given }),
      mechanisms: path.mechanisms,
      makespan_ps: integer(makespan),
      layers: integers(layers),
      counters: Object.fromEntries(COUNTERS.map((c, i) => [c, integer(values[i]!)])),
      operations: classes.map((c) => ({
        verb: c.verb,
        opcode: c.opcode,
        size_class: c.sizeClass,
        count: c.count,
        bytes: integer(c.bytes),
        latency_ps: {
          min: integer(c.min),
          mean: integer(c.sum / BigInt(c.count)),
          p50: integer(c.quantile(0.5)),
          p90: integer(c.quantile(0.9)),
          p99: integer(c.quantile(0.99)),
          p999: integer(c.quantile(0.999)),
          max: integer(c.max),
        },
        service: integers(c.service),
        wait: integers(c.wait),
      })),
      throughput: {
        bytes: integer(bytes),
        bytes_per_s: perSecond(Number(bytes), makespan),
        ops_per_s: perSecond(ops, makespan),
      },
      data_path: {
        start_ps: integer(start),
        end_ps: integer(end),
        bytes_per_s: perSecond(Number(bytes), window),
        ops_per_s: perSecond(ops, window),
      },
      against_native: null,
    },
  };
}

/** Something was posted and completed, or polled (R5.4). */
export const hasDataPath = (r: ReplayResult): boolean => windowOf(r) > 0n;
/** Length of the data path in ps. */
export const windowOf = (r: ReplayResult): bigint =>
  BigInt(r.data_path.end_ps) - BigInt(r.data_path.start_ps);

function integers(x: Partial<Record<string, bigint>>): Record<string, Integer> {
  return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, integer(v!)]));
}

/** The thread that ends last (ties: the first in (node, tid) order) (R3.24). */
function longest(core: Core, threads: number): { clock: BigUint64Array; makespan: bigint } {
  let clock = new BigUint64Array(34),
    makespan = -1n;
  for (let i = 0; i < threads; i++) {
    const c = core.u64(core.exports.thread_clock(i), 34);
    if (c[0]! > makespan) {
      makespan = c[0]!;
      clock = c.slice();
    }
  }
  return { clock, makespan: makespan < 0n ? 0n : makespan };
}

/** Fills against_native from the native replay of the same trace. */
export function compareWithNative(replays: ReplayResult[]): void {
  const native = replays.find((r) => r.path === "native");
  if (!native) return;
  const window = (r: ReplayResult): number => Number(r.data_path.end_ps) - Number(r.data_path.start_ps);
  for (const r of replays) {
    r.against_native = {
      time_ratio: ratio(Number(r.makespan_ps), Number(native.makespan_ps)),
      throughput_ratio: ratio(r.throughput.bytes_per_s, native.throughput.bytes_per_s),
      data_path_ratio: hasDataPath(r) && hasDataPath(native) ? ratio(window(r), window(native)) : null,
    };
  }
}
