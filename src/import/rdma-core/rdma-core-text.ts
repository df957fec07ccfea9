import { basename } from "node:path";
import { VERBS_COLUMNS } from "../../abi/columns.js";
import { UserError } from "../../errors.js";
import type { FieldOrigin } from "../../trace/table/metadata.js";
import { VerbsBuilder } from "../../trace/verbs/columns-builder.js";
import type { VerbsFormat } from "../shared/format.js";
import { likeLines } from "../shared/likeness.js";
import { inferAwaitWrites } from "../verbs/await-writes.js";
import { interleave } from "../verbs/interleave.js";
import { awaitNotes, clockNote } from "../verbs/loss.js";
import type { Imported } from "../verbs/run.js";
import { goesAlong, isEvent } from "./line.js";
import { lossNotes } from "./notes.js";
import { joinPeers } from "./peers.js";
import { Recording } from "./recording.js";
import { ProgramRows } from "./rows.js";

const RECORDED = new Set(["t", "qp", "opcode", "length"]),
  /** Recorded by hns, and not by rxe. */
  ONLY_HNS = new Set(["wr_id", "flags", "num_sge", "status"]),
  INFERRED = new Set(["node", "tid", "verb", "ctx", "peer_qp", "qp_type", "size", "await_writes"]);
const fields = (rxe: boolean): Record<string, FieldOrigin> =>
  Object.fromEntries(
    VERBS_COLUMNS.map(({ name }): [string, FieldOrigin] => [
      name,
      RECORDED.has(name) || (ONLY_HNS.has(name) && !rxe)
        ? "recorded"
        : INFERRED.has(name)
          ? "inferred"
          : "assumed",
    ]),
  );

/**
 * Imports what babeltrace2 or capture/usdt.bt print of rdma-core's tracepoints: each process of a host is a node,
 * in whatever files its events are.
 * @throws UserError for a file without events that can be replayed, with what to record instead
 */
export async function importRdmaCoreText(files: readonly string[], batchRows?: number): Promise<Imported> {
  const recording = new Recording();
  for (const path of files) await recording.read(path);
  const programs = [...recording.programs.values()].filter((p) => p.events.length > 0);
  if (programs.length === 0)
    throw new UserError(
      `${files[0]}: has no work request or completion that can be replayed, only receives of shared queues and ` +
        "work of other opcodes: enable all tracepoints of the provider before the program starts",
    );
  for (const program of programs) program.close();
  const unmatched = joinPeers(programs),
    comparable = new Set(programs.map((p) => p.clock)).size === 1,
    nodes = programs.map((p, node) => new ProgramRows(p, node)),
    builder = new VerbsBuilder(batchRows),
    rows = nodes.map((n) => n.rows());
  for (const row of rows.length === 1 ? rows[0]! : interleave(rows, comparable)) builder.add(row);
  return {
    builder,
    metadata: {
      source: { format: "rdma-core-text", files: files.map((f) => basename(f)) },
      clock: "ns",
      fields: fields(recording.rxe),
      notes: [
        ...lossNotes(recording, nodes, unmatched),
        ...clockNote(comparable),
        ...(comparable ? awaitNotes(inferAwaitWrites(builder)) : []),
      ],
      emulated: recording.rxe,
      nodes: programs.map((p) => ({ name: p.name, devices: p.devices })),
    },
  };
}

export const rdmaCoreText: VerbsFormat = {
  kind: "verbs",
  name: "rdma-core-text",
  says: "tracepoints of rdma-core (rxe, hns) as babeltrace2 or capture/usdt.bt print them; each process becomes a node",
  example: [
    "node1.txt node2.txt -o run.arrow",
    "traces of LTTng, each printed with babeltrace2 --clock-seconds",
  ],
  sniff: (head) =>
    0.95 *
    likeLines(head, (bytes, from, to) => {
      const text = Buffer.from(bytes.subarray(from, Math.min(to, from + 400))).toString("latin1");
      return isEvent(text) ? "access" : goesAlong(text) ? "other" : "foreign";
    }),
  read: (files) => importRdmaCoreText(files),
};
