import { importGoal } from "../../../src/import/goal/goal.js";
import { bytesSource } from "../../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../../src/trace/read.js";
import type { VerbsRow } from "../../../src/trace/table/rows.js";
import { encodeVerbs } from "../../../src/trace/verbs/write.js";

/** The trace of the schedule in a file. */
export async function goalTrace(path: string): Promise<VerbsTrace> {
  const { builder, metadata } = await importGoal(path, 1024);
  return openSource(bytesSource("goal.arrow", encodeVerbs(builder, metadata)));
}
/** ns since the start, node.thread, verb and what tells it from others. */
export function line(row: VerbsRow): string {
  const t = `${Number(row.t) - 1000} ${row.node}.${row.tid} ${row.verb}`,
    qp = `qp ${row.qp}`;
  switch (row.verb) {
    case "reg_mr":
      return `${t} ${row.rkey} ${row.size}`;
    case "create_cq":
      return `${t} ${row.cq}`;
    case "create_qp":
      return `${t} ${qp} cq ${row.cq} ${row.rcq} type ${row.qp_type}`;
    case "modify_qp":
      return `${t} ${qp} state ${row.qp_state}${row.peer_qp === 0xffffffff ? "" : ` peer ${row.peer_qp}`}`;
    case "post_recv":
      return `${t} ${qp} #${row.wr_id} ${row.length}`;
    case "post_send":
      return `${t} ${qp} #${row.wr_id} ${row.opcode} ${row.length}${(row.flags & 1) === 1 ? " signaled" : ""}${row.rkey === 0xffffffff ? "" : ` rkey ${row.rkey}`}`;
    case "poll_cq":
      return `${t} cq ${row.cq} ${qp} #${row.wr_id} ${row.opcode} ${row.length}`;
    case "poll_cq_empty":
      return `${t} cq ${row.cq} ${row.dur}`;
    default:
      return t;
  }
}
/** Rank 0 and 1 of two. */
export const two = (zero: readonly string[], one: readonly string[]): string[] => [
  "num_ranks 2",
  "rank 0 {",
  ...zero,
  "}",
  "rank 1 {",
  ...one,
  "}",
];
