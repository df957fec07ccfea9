import { CPU_RESOURCE_NAMES, DEVICE_RESOURCES } from "../abi/resources.js";
import { UserError } from "../errors.js";
import type { Path } from "../path/flatten.js";
import type { VerbsTrace } from "../trace/read.js";
import { type LogRecord, logKinds } from "./log/log.js";
import type { Session } from "./session.js";

/** Tracks of a node's resources in the log. */
export const RESOURCES_PER_NODE = 16;

/** What happened when, on one path: the log of a replay up to a number of records. */
export interface Timeline {
  readonly path: string;
  readonly makespan_ps: bigint;
  readonly nodes: readonly string[];
  /** In the order of thread indices. */
  readonly threads: readonly { node: number; tid: number }[];
  readonly records: readonly LogRecord[];
  /** Set when the budget was used up: the time of the last record, which may be long before the end. */
  readonly cut: { at_ps: bigint; records: number } | undefined;
}
/** Records that a timeline holds unless told otherwise: a file of some 30 MB. */
export const TIMELINE_BUDGET = 200_000;

export function timelineOf(
  session: Session,
  trace: VerbsTrace,
  path: Path,
  budget = TIMELINE_BUDGET,
): Timeline {
  if (!Number.isInteger(budget) || budget < 1 || budget > 1e8)
    throw new UserError(`--records=${budget}: a timeline holds 1 to 100000000 records, a whole number`);
  const records: LogRecord[] = [];
  let last = 0n,
    over = false;
  const result = session.replay(path, {
    log: {
      kinds: logKinds("CALL", "STEP", "STAGE", "HOLD", "OPERATION", "POLLED"),
      take: (record) => {
        if (records.length === budget) {
          over = true;
          return false;
        }
        records.push(record);
        if (record.end_ps > last) last = record.end_ps;
        return true;
      },
      lost: (n) => {
        throw new Error(`the log lost ${n} records; this is a defect of verbscope`);
      },
    },
  });
  return {
    path: path.label,
    makespan_ps: BigInt(result.makespan_ps),
    nodes: trace.metadata.nodes.map((n) => n.name),
    threads: trace.threads.map(([node, tid]) => ({ node, tid })),
    records,
    cut: over ? { at_ps: last, records: budget } : undefined,
  };
}

/** Node and name of the resource of a STAGE or HOLD record. */
export function resourceOf(record: LogRecord): { node: number; name: string } {
  const i = record.track % RESOURCES_PER_NODE,
    node = Math.floor(record.track / RESOURCES_PER_NODE);
  return { node, name: (record.kind === "HOLD" ? CPU_RESOURCE_NAMES[i] : DEVICE_RESOURCES[i])! };
}
