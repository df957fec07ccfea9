import { UserError } from "../errors.js";
import type { Path } from "../path/flatten.js";
import { verbsSession } from "../replay/replay.js";
import type { OperationResult } from "../replay/result/result.js";
import { notComparable } from "../replay/result/self-check.js";
import type { Session } from "../replay/session.js";
import type { Testbed } from "../testbed/document.js";
import type { VerbsTrace } from "../trace/read.js";
import { recordedCalls } from "../trace/verbs/recorded-calls.js";
import type { CallTimes, MeasuredCall, MeasuredFile } from "./read/shared/measurement.js";
import { median, sampleSpread } from "./read/shared/spread.js";

/** A fit replays the trace some hundred times: a minute or two at this length. */
const MOST_ROWS = 50_000;
/** A median of fewer may be any one call's mishap. */
const LEAST_CALLS = 5;
/**
 * Calls of a verb that differ more than this in the replay (in
 * messages, pages, completions) have no common duration.
 */
const ALIKE = 1.05;
/** They hold a wait for somebody else. */
const WAITS: readonly string[] = [
  "get_cq_event",
  "get_async_event",
  "rdma_get_cm_event",
  "rdma_connect",
  "rdma_accept",
  "rdma_disconnect",
];
const SPIN = "poll_cq_empty";

/** A testbed that is asked for again is not replayed again: all verbs of a trace come from one replay. */
class ReplayedCalls implements CallTimes {
  private readonly session: Session;
  private readonly path: Path;
  private readonly known = new WeakMap<Testbed, readonly OperationResult[]>();

  constructor(trace: VerbsTrace, path: Path, testbed: Testbed) {
    this.session = verbsSession(trace, testbed);
    this.path = path;
  }
  of(verb: string, testbed: Testbed): OperationResult["latency_ps"] | undefined {
    const operations = this.known.get(testbed) ?? this.session.on(testbed).replay(this.path).operations;
    this.known.set(testbed, operations);
    return operations.find((o) => o.verb === verb && o.size_class === "none")?.latency_ps;
  }
}

/**
 * The calls' own durations of a trace that was captured on hardware, as figures: the median
 * of each verb whose calls are alike. `path` and `base` are those of the fit.
 * @throws UserError for a trace whose times say nothing of hardware, is long, or has no such verb
 */
export function measuredCalls(trace: VerbsTrace, path: Path, base: Testbed): MeasuredFile {
  const why =
    notComparable(trace) ??
    (trace.fields.dur === "recorded" ? undefined : "durations of calls were not recorded");
  if (why !== undefined)
    throw new UserError(
      `${trace.path}: ${why}: give a trace that was captured on hardware, or what tools measured there`,
    );
  if (trace.rows > MOST_ROWS)
    throw new UserError(
      `${trace.path}: has ${trace.rows} rows, and a fit replays them some ` +
        `hundred times: capture a run of at most ${MOST_ROWS}`,
    );
  const times = new ReplayedCalls(trace, path, base),
    measurements: MeasuredCall[] = [],
    few: string[] = [],
    unlike: string[] = [];
  for (const [verb, { row, ns }] of recordedCalls(trace)) {
    const model = times.of(verb, base),
      value_ns = median(ns),
      spread = sampleSpread(ns);
    if (verb === SPIN || WAITS.includes(verb) || model === undefined || Number(model.min) === 0) continue;
    if (ns.length < LEAST_CALLS || value_ns === 0) few.push(verb);
    else if (Number(model.max) > ALIKE * Number(model.min)) unlike.push(verb);
    else
      measurements.push({
        kind: "call",
        at: { file: trace.path, line: row + 1 },
        tool: "trace",
        verb,
        calls: ns.length,
        value_ps: value_ns * 1000,
        ...(spread === undefined ? {} : { spread }),
        times,
      });
  }
  if (measurements.length === 0)
    throw new UserError(
      `${trace.path}: no verb was called ${LEAST_CALLS} times or more, ` +
        "alike and long enough for its clock: capture a longer run",
    );
  const notes = ["durations hold what the recorder itself takes in a call, which is not known"];
  if (few.length > 0)
    notes.push(
      `called less than ${LEAST_CALLS} times, or in less than 1 ns, and not used: ${few.join(", ")}`,
    );
  if (unlike.length > 0)
    notes.push(`calls that differ among themselves, and are not used: ${unlike.join(", ")}`);
  return { file: trace.path, tool: "trace", measurements, notes };
}
