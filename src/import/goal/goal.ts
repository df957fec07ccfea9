import { basename } from "node:path";
import { VERBS_COLUMNS } from "../../abi/columns.js";
import { UserError } from "../../errors.js";
import type { FieldOrigin } from "../../trace/table/metadata.js";
import { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import type { VerbsFormat } from "../shared/format.js";
import { likeLines } from "../shared/likeness.js";
import { eachLine } from "../shared/lines.js";
import { DEPTH } from "../verbs/inferred.js";
import type { Imported } from "../verbs/run.js";
import { CONTROL_BYTES, EAGER_BYTES } from "./did.js";
import { Comments, readLine } from "./line.js";
import { Program } from "./program.js";
import { ScheduleRows } from "./rows.js";
import { Schedule } from "./schedule.js";

const INFERRED = new Set(["node", "tid", "length", "peer_qp"]);
const FIELDS = Object.fromEntries(
  VERBS_COLUMNS.map((c): [string, FieldOrigin] => [c.name, INFERRED.has(c.name) ? "inferred" : "assumed"]),
);

/**
 * Imports a GOAL schedule in text form (LogGOPSim, ATLAHS): each rank is a node, each of its cpus a thread, and
 * messages become verbs by the rules of docs/trace-format.md.
 * @throws UserError for lines that are none of a schedule, and for a schedule that cannot come to its end
 */
export async function importGoal(path: string, batchRows?: number): Promise<Imported> {
  const program = new Program(path);
  await eachLine(path, (bytes, from, to, line) => {
    program.take(bytes, from, to, line);
    return false;
  });
  const ranks = program.done(),
    schedule = new Schedule(program, ranks),
    builder = new VerbsBuilder(batchRows);
  if (schedule.did.length === 0)
    throw new UserError(`${path}: none of its ranks sends to another, so that there is nothing to replay`);
  for (const row of new ScheduleRows(schedule).rows(ranks.length)) builder.add(row);
  return {
    builder,
    metadata: {
      source: { format: "goal", files: [basename(path)] },
      clock: "ns",
      fields: FIELDS,
      notes: said(program, schedule),
      emulated: false,
      nodes: ranks.map((_, rank) => ({ name: `rank${rank}`, devices: [] })),
    },
  };
}

function said({ between_cpus, nics }: Program, s: Schedule): string[] {
  const counted: [number, string][] = [
    [s.eager, `messages of up to ${EAGER_BYTES} bytes, sent at once`],
    [s.large, `messages of more than ${EAGER_BYTES} bytes, fetched by their receivers`],
    [s.local, "messages of ranks to themselves, which are copies in memory and left out"],
    [s.unmatched, "messages that no recv takes, which arrive all the same"],
    [s.longer, "messages that are longer than their recv, which count with all their bytes"],
    [
      between_cpus + s.elsewhere,
      "operations that wait for another cpu of their rank, which no verb shows: where that takes time in the " +
        "schedule it is think time, and nothing waits in a replay without",
    ],
    [nics, "operations that name another NIC than 0: each node has one HCA, which all take"],
  ];
  return [
    "a GOAL schedule has no verbs: QPs (one for each two threads that talk), CQs (one a thread), memory, keys, " +
      `${DEPTH} receives that stay posted and work requests that are posted and polled one by one are assumed`,
    `a message of up to ${EAGER_BYTES} bytes is a SEND, whose completion ends the send; a longer one is a SEND of ` +
      `${CONTROL_BYTES} bytes, an RDMA READ by its receiver, and a SEND of ${CONTROL_BYTES} bytes back, which ends ` +
      "the send (assumed)",
    "times are of a schedule in which only calc takes time, in ns (assumed); --think recorded replays calc as " +
      "think time, which --think auto leaves out",
    ...counted.filter(([n]) => n > 0).map(([n, what]) => `${what}: ${n}`),
  ];
}

export const goal: VerbsFormat = {
  kind: "verbs",
  name: "goal",
  says: "schedules of LogGOPSim and ATLAHS in text form (GOAL); each rank becomes a node",
  example: ["allreduce.goal -o run.arrow", "messages become verbs by rules that the loss report states"],
  sniff: (head) => {
    const comments = new Comments();
    return (
      0.95 *
      likeLines(head, (bytes, from, to) => {
        const text = comments.without(String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 300))));
        const line = text === "" ? undefined : readLine(text);
        return line?.what === "operation" ? "access" : text === "" || line ? "other" : "foreign";
      })
    );
  },
  read: (files) => {
    if (files.length !== 1)
      throw new UserError(
        `import goal: ${files.length} files are named, but a schedule is one file with all ranks`,
      );
    return importGoal(files[0]!);
  },
};
