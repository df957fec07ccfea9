import { FLAGS, type Opcode } from "../../abi/verbs.js";
import type { VerbsRow } from "../../trace/table/rows.js";

interface Sent {
  wr_id: bigint;
  opcode: Opcode;
  signaled: boolean;
}

/**
 * Follows the send queues of a process. The opcode of a failed
 * completion is undefined in libibverbs; it is that of the
 * outstanding send with its wr_id, or RECV when there is none.
 */
export class OutstandingSends {
  private readonly signalAll = new Set<string>();
  private readonly queues = new Map<string, Sent[]>();
  inferred = 0;

  see(row: VerbsRow): void {
    const key = `${row.ctx}/${row.qp}`;
    if (row.verb === "create_qp" && row.status === 0) {
      this.queues.set(key, []);
      if (row.flags & FLAGS.signaled) this.signalAll.add(key);
      else this.signalAll.delete(key);
    } else if (row.verb === "post_send" && row.status === 0) {
      this.queues.get(key)?.push({
        wr_id: row.wr_id,
        opcode: row.opcode,
        signaled: (row.flags & FLAGS.signaled) !== 0 || this.signalAll.has(key),
      });
    } else if (row.verb === "poll_cq") {
      const queue = this.queues.get(key);
      if (row.status !== 0) this.infer(row, queue);
      else if (queue && row.opcode !== "RECV" && row.opcode !== "RECV_RDMA_WITH_IMM")
        queue.splice(0, queue.findIndex((s) => s.signaled) + 1);
    }
  }
  private infer(row: VerbsRow, queue: Sent[] | undefined): void {
    const at = queue?.findIndex((s) => s.wr_id === row.wr_id) ?? -1;
    row.opcode = at < 0 ? "RECV" : queue![at]!.opcode;
    if (at >= 0) queue!.splice(0, at + 1);
    this.inferred++;
  }
}
