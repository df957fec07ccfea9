import { type Integer, integer, rounded } from "../../numbers.js";
import type { VerbsTrace } from "../../trace/read.js";
import { recordedTimes } from "../../trace/verbs/recorded-times.js";
import type { ReplayResult } from "./result.js";

/**
 * The native replay against the recording's own times: how far the
 * testbed is from the machine that the trace comes from.
 */
export type SelfCheck =
  | { readonly comparable: false; readonly why: string }
  | {
      readonly comparable: true;
      readonly total: Checked;
      readonly data_path: Checked | null;
      readonly verbs: readonly (Checked & { readonly verb: string; readonly calls: number })[];
    };
/** Of verbs, times are means of a call. */
export interface Checked {
  readonly recorded_ps: Integer;
  readonly model_ps: Integer /** model / recorded − 1 */;
  readonly error: number;
}

/** Their recorded duration holds the wait for an event, which the replay does not count as the call's. */
const WAITS = ["get_cq_event", "get_cm_event", "get_async_event"];

/** Why a trace's times say nothing of hardware, if so. */
export function notComparable(trace: VerbsTrace): string | undefined {
  if (trace.metadata.clock === "none") return "the trace has no clock";
  if (trace.emulated)
    return (
      "device or machine were emulated when the trace was recorded, " +
      "so its times say nothing about hardware"
    );
  if (!trace.callsTimed) return "the recording has no durations of calls";
  return undefined;
}

/** `replayNative` is asked for only where times are comparable. */
export function selfCheck(trace: VerbsTrace, replayNative: () => ReplayResult): SelfCheck {
  const why = notComparable(trace);
  if (why !== undefined) return { comparable: false, why };
  const native = replayNative();
  const { verbs, span_ns, data_path_ns } = recordedTimes(trace),
    window = BigInt(native.data_path.end_ps) - BigInt(native.data_path.start_ps);
  const called = native.operations.filter((o) => o.size_class === "none" && o.verb !== "message");
  return {
    comparable: true,
    total: checked(span_ns * 1000n, BigInt(native.makespan_ps)),
    data_path: data_path_ns > 0n && window > 0n ? checked(data_path_ns * 1000n, window) : null,
    verbs: [...verbs]
      .filter(([verb, { ns }]) => !WAITS.includes(verb) && ns > 0n)
      .flatMap(([verb, { calls, ns }]) => {
        const model = called.find((o) => o.verb === verb);
        return model
          ? [{ verb, calls, ...checked((ns * 1000n) / BigInt(calls), BigInt(model.latency_ps.mean)) }]
          : [];
      })
      .sort((a, b) => b.calls * Number(b.recorded_ps) - a.calls * Number(a.recorded_ps)),
  };
}
function checked(recorded: bigint, model: bigint): Checked {
  return {
    recorded_ps: integer(recorded),
    model_ps: integer(model),
    error: recorded > 0n ? rounded(Number(model) / Number(recorded) - 1) : 0,
  };
}
