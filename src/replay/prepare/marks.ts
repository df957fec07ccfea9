import { MARK } from "../../abi/params.js";
import { FLAGS, OPCODE_ID, VERB_ID } from "../../abi/verbs.js";
import type { VerbsTrace } from "../../trace/read.js";
import { BatchView } from "./batch-view.js";
import type { QpEntry } from "./qp-table.js";

interface Mark {
  row: number;
  qp: number;
  opcode: number;
  length: number;
}
/** A send WR that no completion has retired yet, and where its row is. */
interface Posted {
  batch: number;
  row: number;
  wr_id: bigint;
  signalled: boolean;
  failed: boolean;
}

/** Verbs whose rows say something of another row. */
const READ: ReadonlySet<number> = new Set([
  VERB_ID.create_qp,
  VERB_ID.post_send,
  VERB_ID.poll_cq,
  VERB_ID.get_cq_event,
]);

/** What rows mean that later rows decide. */
export interface Marks {
  /** Records of MARK for each batch, in the order of rows. */
  readonly batches: readonly Uint8Array[];
  /** Send WRs that failed, by the wc status of their completion (R2.42). */
  readonly failed: ReadonlyMap<number, number>;
  /** Receive completions that failed, by their wc status. */
  readonly failedReceives: ReadonlyMap<number, number>;
}

export const noMarks = (batches: number): Marks => ({
  batches: Array.from({ length: batches }, () => new Uint8Array(0)),
  failed: new Map(),
  failedReceives: new Map(),
});

/** Reads the data rows of a trace that has failed completions or threads that sleep (R2.42, R4.6.7). */
export function marksOf(trace: VerbsTrace, qps: readonly QpEntry[]): Marks {
  const marks: Mark[][] = trace.batches.map(() => []);
  const failed = new Map<number, number>(),
    failedReceives = new Map<number, number>();
  const qpByKey = new Map<string, number>(),
    queues: Posted[][] = qps.map(() => []),
    asleep = new Map<string, { batch: number; row: number }>();
  let created = 0;
  for (const { index: batch, batch: info, body, layout, at } of trace.bodies()) {
    const view = new BatchView(body, layout),
      verbs = at("verb");
    for (let row = 0; row < info.rows; row++) {
      const verb = trace.verbRemap[body[verbs + row]!]!;
      if (!READ.has(verb)) continue;
      const where = `${view.u16("node", row)}/${view.u32("ctx", row)}/`,
        status = view.u16("status", row);
      if (verb === VERB_ID.create_qp) {
        if (status === 0) qpByKey.set(where + view.u32("qp", row), created++);
      } else if (verb === VERB_ID.post_send) {
        const qp = qpByKey.get(where + view.u32("qp", row));
        if (qp === undefined || status !== 0) continue;
        const signalled = qps[qp]!.sig_all === 1 || (view.u32("flags", row) & FLAGS.signaled) !== 0;
        queues[qp]!.push({ batch, row, wr_id: view.u64("wr_id", row), signalled, failed: false });
      } else if (verb === VERB_ID.get_cq_event) {
        if (status === 0) asleep.set(where + view.u32("cq", row), { batch, row });
      } else if (verb === VERB_ID.poll_cq) {
        const qp = qpByKey.get(where + view.u32("qp", row));
        if (qp === undefined) continue;
        const opcode = trace.opcodeRemap[view.u8("opcode", row)]!;
        const receive = opcode === OPCODE_ID.RECV || opcode === OPCODE_ID.RECV_RDMA_WITH_IMM;
        if (status !== 0) {
          if (receive) add(failedReceives, status);
          else if (fail(queues[qp]!, view.u64("wr_id", row), marks)) add(failed, status);
          continue;
        }
        if (!receive) retire(queues[qp]!);
        const sleeper = asleep.get(where + view.u32("cq", row));
        asleep.delete(where + view.u32("cq", row));
        if (sleeper && receive && qps[qp]!.simulated === 1)
          marks[sleeper.batch]!.push({
            row: sleeper.row,
            qp,
            opcode,
            length: view.u32("length", row),
          });
      }
    }
  }
  return { batches: marks.map(encode), failed, failedReceives };
}

const add = (counts: Map<number, number>, status: number): void =>
  void counts.set(status, (counts.get(status) ?? 0) + 1);

/** A successful completion retires the WRs up to the first signalled one (R2.33, R2.36). */
function retire(queue: Posted[]): void {
  const at = queue.findIndex((p) => p.signalled);
  queue.splice(0, at + 1);
}

/** The first WR in order of post that has this wr_id and has not failed yet; false when there is none. */
function fail(queue: readonly Posted[], wrId: bigint, marks: Mark[][]): boolean {
  const posted = queue.find((p) => !p.failed && p.wr_id === wrId);
  if (!posted) return false;
  posted.failed = true;
  marks[posted.batch]!.push({ row: posted.row, qp: 0, opcode: 0, length: 0 });
  return true;
}

function encode(marks: Mark[]): Uint8Array {
  marks.sort((a, b) => a.row - b.row);
  const bytes = new Uint8Array(marks.length * MARK.size),
    view = new DataView(bytes.buffer);
  marks.forEach((mark, i) => {
    const at = i * MARK.size;
    view.setUint32(at + MARK.row, mark.row, true);
    view.setUint32(at + MARK.qp, mark.qp, true);
    view.setUint32(at + MARK.opcode, mark.opcode, true);
    view.setUint32(at + MARK.length, mark.length, true);
  });
  return bytes;
}
