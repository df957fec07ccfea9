import { OPCODES } from "../../abi/verbs.js";
import { UserError } from "../../errors.js";
import type { Path } from "../../path/flatten.js";
import { loadPath } from "../../path/load.js";
import { logKinds } from "../../replay/log/log.js";
import { cutAs } from "../../replay/partial.js";
import { verbsSession } from "../../replay/replay.js";
import { fileDigest, type Result } from "../../replay/result/document.js";
import type { ReplayResult } from "../../replay/result/result.js";
import type { Session } from "../../replay/session.js";
import { type Timeline, timelineOf } from "../../replay/timeline.js";
import type { ExportTable } from "../../report/export/tables.js";
import { checkTestbed } from "../../testbed/document.js";
import { openTrace, type VerbsTrace } from "../../trace/read.js";

// A result holds sums. What happened when is replayed again from the trace
// that it names, on its testbed, and must come out the same.

/** The timeline of one path of a result: the last one, or the one named. */
export function replayAgain(result: Result, label: string | undefined, records: number): Timeline {
  const path = label ?? result.replays.at(-1)!.path,
    kept = result.replays.find((r) => r.path === path);
  if (!kept)
    throw new UserError(
      `report: the result has no path "${path}"; it has ${result.replays.map((r) => r.path).join(", ")}`,
    );
  return withSession(result, (session, trace) => {
    const timeline = timelineOf(session, trace, pathOf(kept), records);
    same(result, path, kept.makespan_ps, timeline.makespan_ps);
    return timeline;
  });
}

/** The path of a replay, under the name that it had beside others. */
const pathOf = ({ path, path_given }: ReplayResult): Path => ({
  ...loadPath(path_given ?? path),
  label: path,
});

/** Every operation of every path: its queue pair, size, start and latency. */
export function operationsTable(result: Result): ExportTable {
  const columns = {
    path: [] as string[],
    node: [] as bigint[],
    qp: [] as bigint[],
    operation: [] as bigint[],
    opcode: [] as string[],
    bytes: [] as bigint[],
    start_ps: [] as bigint[],
    latency_ps: [] as bigint[],
  };
  withSession(result, (session) => {
    for (const kept of result.replays) {
      const { path, makespan_ps } = kept;
      const again = session.replay(pathOf(kept), {
        log: {
          kinds: logKinds("OPERATION"),
          take: (r) => {
            columns.path.push(path);
            columns.node.push(BigInt(r.track));
            columns.qp.push(BigInt(r.qp));
            columns.operation.push(r.operation!);
            columns.opcode.push(OPCODES[r.what]!);
            columns.bytes.push(BigInt(r.bytes));
            columns.start_ps.push(r.start_ps);
            columns.latency_ps.push(r.end_ps - r.start_ps);
            return true;
          },
          lost: (n) => {
            throw new Error(`the log lost ${n} records; this is a defect of verbscope`);
          },
        },
      });
      same(result, path, makespan_ps, BigInt(again.makespan_ps));
    }
  });
  return {
    name: "operation_latencies",
    columns: Object.entries(columns).map(([name, values]) => ({
      name,
      type: name === "path" || name === "opcode" ? "text" : "i64",
      values,
    })),
  };
}

function withSession<T>(result: Result, use: (session: Session, trace: VerbsTrace) => T): T {
  const { file, digest, schema, think, memory_trace, peer, left_out } = result.trace;
  if (schema !== "verbs/1" || memory_trace !== undefined)
    throw new UserError(
      `${file}: only a verbs trace replayed alone has a timeline of ` +
        "operations; leave --perfetto and --operations out",
    );
  const trace = recordedTrace(file);
  try {
    if (fileDigest(trace) !== digest)
      throw new UserError(
        `${file}: is not the trace of this result (its digest differs); ` +
          "put the recorded file back, or replay it again",
      );
    const replayed = left_out ? cutAs(trace, left_out) : trace;
    return use(
      verbsSession(
        replayed,
        checkTestbed({ schema: "verbscope.testbed/1", ...result.testbed }, "testbed of the result"),
        {
          think: think === "recorded" ? "recorded" : "none",
          peer: peer ?? "same",
          partial: left_out !== undefined,
        },
      ),
      replayed,
    );
  } finally {
    trace.close();
  }
}

/** The result names its trace as it was named then, from the folder of then. */
function recordedTrace(file: string): VerbsTrace {
  try {
    return openTrace(file);
  } catch (e) {
    throw e instanceof UserError
      ? new UserError(
          `${e.message}; --perfetto and --operations replay the trace that the result names again`,
        )
      : e;
  }
}

function same(result: Result, path: string, kept: number | string, again: bigint): void {
  if (BigInt(kept) !== again)
    throw new UserError(
      `${result.trace.file}: replayed again on ${path} it takes ${again} ps, ` +
        `the result says ${kept} ps: the path's document or the version of verbscope is another; ` +
        "replay it again with --json",
    );
}
