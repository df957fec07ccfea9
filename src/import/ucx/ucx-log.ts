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
import { isEmulated } from "../verbs/process.js";
import type { Imported } from "../verbs/run.js";
import { Log } from "./log.js";
import { lossNotes } from "./notes.js";
import { joinPeers } from "./peers.js";
import { ProgramRows } from "./rows.js";

const RECORDED = new Set([
  "t",
  "qp",
  "wr_id",
  "opcode",
  "flags",
  "length",
  "num_sge",
  "sge",
  "remote_addr",
  "rkey",
  "peer_qp",
  "path_mtu",
  "max_rd_atomic",
  "cap_send_wr",
  "cap_recv_wr",
  "cap_send_sge",
  "cap_recv_sge",
  "cap_inline",
]);
const INFERRED = new Set(["node", "tid", "verb", "lkey", "mr", "addr", "size", "qp_type", "await_writes"]);
const FIELDS = Object.fromEntries(
  VERBS_COLUMNS.map((c): [string, FieldOrigin] => [
    c.name,
    RECORDED.has(c.name) ? "recorded" : INFERRED.has(c.name) ? "inferred" : "assumed",
  ]),
);

/**
 * Imports logs of UCX's verbs transports, written with UCX_LOG_LEVEL=data: each process that wrote into one of
 * them is a node.
 * @throws UserError for a log without work requests, with what to set for one that has them
 */
export async function importUcxLog(files: readonly string[], batchRows?: number): Promise<Imported> {
  const logs: Log[] = [];
  for (const path of files) {
    const log = new Log(path);
    await log.read();
    if (!log.programs.some((p) => p.qps.some((qp) => qp.posts + qp.receives > 0 && !qp.dc)))
      throw nothing(log);
    logs.push(log);
  }
  const programs = logs.flatMap((log) => log.programs.filter((p) => p.qps.some((qp) => qp.used)));
  twice(logs);
  const unmatched = joinPeers(programs),
    hosts = new Set(programs.map((p) => p.host)),
    comparable = programs.length === 1 || (hosts.size === 1 && !hosts.has(undefined)),
    nodes = programs.map((p, node) => new ProgramRows(p, node)),
    builder = new VerbsBuilder(batchRows);
  const rows = nodes.map((n) => n.rows());
  for (const row of rows.length === 1 ? rows[0]! : interleave(rows, comparable)) builder.add(row);
  const devices = programs.flatMap((p) => p.devices);
  return {
    builder,
    metadata: {
      source: { format: "ucx-log", files: files.map((f) => basename(f)) },
      clock: "ns",
      fields: FIELDS,
      notes: [
        ...lossNotes(logs, nodes, unmatched),
        ...clockNote(comparable),
        ...(comparable ? awaitNotes(inferAwaitWrites(builder)) : []),
      ],
      emulated: devices.some(isEmulated),
      nodes: programs.map((p) => ({ name: p.name, devices: p.devices })),
    },
  };
}

/** Two logs of one process are pieces of one, whose calls would run beside each other as two nodes. */
function twice(logs: readonly Log[]): void {
  const seen = new Map<string, string>();
  for (const { path, programs } of logs)
    for (const { name, host } of programs) {
      const other = seen.get(name);
      if (other !== undefined && host !== undefined)
        throw new UserError(
          `${path}: is of process ${name}, as ${other} is: pieces of one log must be one file; ` +
            "join them with cat, the oldest (with the highest number behind its name) first",
        );
      seen.set(name, path);
    }
}

function nothing({ path, counts, programs }: Log): UserError {
  const { lines, foreign, data, queues } = counts;
  if (lines === foreign)
    return new UserError(
      `${path}: none of its ${lines} lines begins as UCX's do ([seconds.microseconds] [host:pid:thread] ` +
        "file:line UCX LEVEL): give what a program wrote with UCX_LOG_LEVEL=data UCX_LOG_FILE=ucx.%h.%p.log",
    );
  if (data === 0)
    return new UserError(
      `${path}: none of its ${lines - foreign} lines of UCX is of the level data: record with ` +
        "UCX_LOG_LEVEL=data and a UCX that was configured without --disable-logging, with which release builds " +
        "and Debian's end at debug (UCS_MAX_LOG_LEVEL of ucx_info -b)",
    );
  if (queues > 0 && programs.some((p) => p.qps.some((qp) => qp.dc)))
    return new UserError(
      `${path}: all its work requests are of the dynamically connected transport, which traces of verbs do not ` +
        "have: record with UCX_TLS=rc,self",
    );
  return new UserError(
    `${path}: none of its ${data} lines of the level data is of a work request on a QP that can be read: ` +
      "record a program that sends over RDMA, with UCX_TLS=rc,self or UCX_TLS=ud,self",
  );
}

const LEVELS = "FATAL|ERROR|WARN|DIAG|INFO|DEBUG|TRACE|REQ|DATA|ASYNC|FUNC|POLL|PRINT",
  LINE = new RegExp(String.raw`^\[\d+\.\d{6}\] (?:\[[^\]]*\] )? *\S+:\d+ +UCX +(${LEVELS}) `);

export const ucxLog: VerbsFormat = {
  kind: "verbs",
  name: "ucx-log",
  says: "logs of UCX's rc and ud transports, written with UCX_LOG_LEVEL=data; each process becomes a node",
  example: ["ucx.node1.4711.log ucx.node2.4712.log -o run.arrow", "both processes of one run"],
  sniff: (head) =>
    0.95 *
    likeLines(head, (bytes, from, to) =>
      LINE.test(String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 200))))
        ? "access"
        : "foreign",
    ),
  read: (files) => importUcxLog(files),
};
