import { importRdmaCoreText } from "../../../src/import/rdma-core/rdma-core-text.js";
import type { VerbsTrace } from "../../../src/trace/read.js";
import type { VerbsRow } from "../../../src/trace/table/rows.js";
import { readRows } from "../../../src/trace/verbs/read-rows.js";
import { refusedLater } from "../refused.js";
import type { Lines } from "./rdma-core-lines.js";
import { traceOf } from "./ucx-rows.js";

/** 28 November 2026, 23:59:58, in ns: where the lines start. */
export const START = 1_795_910_398_000_000_000n;
/** QPs of most tests' work. */
export const A = 0x11,
  B = 0x12;

type Text = Lines | string;
/** Writes a file for a test, and returns its path. */
type Write = (name: string, content: string) => string;

/** What a test does with the files of a run, which hold these lines. */
export class Run {
  private readonly file: Write;

  constructor(file: Write) {
    this.file = file;
  }
  private import = (texts: readonly Text[]): ReturnType<typeof importRdmaCoreText> =>
    importRdmaCoreText(texts.map((t, i) => this.file(`${i}.txt`, typeof t === "string" ? t : t.text())));
  readonly trace = async (...texts: Text[]): Promise<VerbsTrace> => traceOf(await this.import(texts));
  readonly notes = async (...texts: Text[]): Promise<string> =>
    (await this.trace(...texts)).metadata.notes.join("\n");
  readonly refusal = (...texts: Text[]): Promise<string> => refusedLater(this.import(texts));
  readonly rows = async (...texts: Text[]): Promise<string[]> =>
    [...readRows(await this.trace(...texts))].map(line);
  /** Rows of the data path, without those of the set-up. */
  readonly worked = async (...texts: Text[]): Promise<string[]> => {
    const rows = await this.rows(...texts);
    return rows.slice(rows.findLastIndex((r) => r.includes(" modify_qp ")) + 1);
  };
}

const hex = (n: number | bigint): string => `0x${n.toString(16)}`;
/** A row's node, thread, time in ns since the start, verb and the columns that tell it from others of its verb. */
function line(row: VerbsRow): string {
  const at = `${row.node}/${row.tid} ${row.t - START} ${row.verb}`,
    qp = `qp ${hex(row.qp)}`,
    sges = row.sge.map((s) => ` [${hex(s.addr)} ${s.length} ${s.lkey}]`).join("");
  switch (row.verb) {
    case "post_send":
      return (
        `${at} ${qp} #${row.wr_id} ${row.opcode} flags ${row.flags} ${row.length} B in ${row.num_sge}${sges}` +
        (row.remote_addr > 0n ? ` at ${hex(row.remote_addr)} ${row.rkey}` : "") +
        (row.peer_qp === 0xffffffff ? "" : ` to ${hex(row.peer_qp)}`)
      );
    case "post_recv":
      return `${at} ${qp} #${row.wr_id} ${row.length} B in ${row.num_sge}${sges}`;
    case "poll_cq":
      return `${at} cq ${row.cq} ${qp} #${row.wr_id} ${row.opcode} ${row.length} B status ${row.status}`;
    case "poll_cq_empty":
      return `${at} cq ${row.cq} ${row.dur} ns`;
    case "reg_mr":
      return `${at} ${row.lkey} ${hex(row.addr)} + ${row.size}`;
    case "create_qp":
      return `${at} ${qp} type ${row.qp_type} cq ${row.cq} rcq ${row.rcq} flags ${row.flags}`;
    case "modify_qp":
      return `${at} ${qp} state ${row.qp_state} peer ${hex(row.peer_qp)} mtu ${row.path_mtu}`;
    default:
      return at;
  }
}
