import { importUcxLog } from "../../../src/import/ucx/ucx-log.js";
import type { Imported } from "../../../src/import/verbs/run.js";
import { bytesSource } from "../../../src/trace/container/source.js";
import { openSource, type VerbsTrace } from "../../../src/trace/read.js";
import type { VerbsRow } from "../../../src/trace/table/rows.js";
import { readRows } from "../../../src/trace/verbs/read-rows.js";
import { encodeVerbs } from "../../../src/trace/verbs/write.js";
import { UcxLog } from "./ucx-logs.js";

const START_US = 1_795_942_815_000_000;
/** The QP of most tests' work, and its peer. */
export const QP = 0x1a2,
  PEER = 0x2b7;
export const SEND = "SEND s-- [inl len 8] -- am 2 TAG tag 1";
export const log = (host = "node1", pid = 4711): UcxLog => new UcxLog({ host, pid }, START_US);
export const traceOf = ({ builder, metadata }: Imported): VerbsTrace =>
  openSource(bytesSource("ucx.arrow", encodeVerbs(builder, metadata)));

/** Writes a file for a test, and returns its path. */
type Write = (name: string, content: Uint8Array) => string;
const imported = (write: Write, logs: readonly UcxLog[]): Promise<Imported> =>
  importUcxLog(logs.map((l, i) => write(`${i}.log`, l.bytes())));
export const rowsOf = async (write: Write, ...logs: UcxLog[]): Promise<VerbsRow[]> => [
  ...readRows(traceOf(await imported(write, logs))),
];
export const notesOf = async (write: Write, ...logs: UcxLog[]): Promise<string> =>
  (await imported(write, logs)).metadata.notes.join("\n");

/** A row's verb, its time in µs since the first line, and the columns that tell it from others of its verb. */
export function line(row: VerbsRow): string {
  const t = `${Number(row.t / 1000n - BigInt(START_US))}`,
    hex = (n: number | bigint): string => `0x${n.toString(16)}`;
  const qp = `qp ${hex(row.qp)}`;
  switch (row.verb) {
    case "post_send":
      return (
        `${t} post_send ${qp} #${row.wr_id} ${row.opcode} flags ${row.flags} ${row.length} B in ${row.num_sge}` +
        row.sge.map((s) => ` [${hex(s.addr)} ${s.length} ${hex(s.lkey)}]`).join("") +
        (row.remote_addr > 0n ? ` at ${hex(row.remote_addr)} ${hex(row.rkey)}` : "") +
        (row.peer_qp === 0xffffffff ? "" : ` to ${hex(row.peer_qp)}`)
      );
    case "poll_cq":
      return `${t} poll_cq cq ${row.cq} ${qp} #${row.wr_id} ${row.opcode} ${row.length} B status ${row.status}`;
    case "poll_cq_empty":
      return `${t} poll_cq_empty cq ${row.cq} ${row.dur} ns`;
    case "post_recv":
      return `${t} post_recv ${qp} #${row.wr_id} ${row.length} B`;
    case "reg_mr":
      return `${t} reg_mr ${hex(row.lkey)} ${hex(row.addr)} + ${row.size}`;
    case "create_cq":
      return `${t} create_cq ${row.cq}`;
    case "create_qp":
      return `${t} create_qp ${qp} type ${row.qp_type} cq ${row.cq} rcq ${row.rcq} send ${row.cap_send_wr}/${row.cap_send_sge} inline ${row.cap_inline}`;
    case "modify_qp":
      return `${t} modify_qp ${qp} state ${row.qp_state} peer ${hex(row.peer_qp)} mtu ${row.path_mtu} reads ${row.max_rd_atomic}`;
    default:
      return `${t} ${row.verb}`;
  }
}
/** Rows behind the set-up. */
export const worked = async (write: Write, written: UcxLog): Promise<string[]> => {
  const rows = await rowsOf(write, written);
  return rows.slice(rows.findLastIndex((r) => r.verb === "modify_qp") + 1).map(line);
};
