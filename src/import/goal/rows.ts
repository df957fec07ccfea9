import { FLAGS, QP_STATES, QP_TYPES, type Verb } from "../../abi/verbs.js";
import { emptyRow, type VerbsRow } from "../../trace/table/rows.js";
import { DEPTH, LONGEST_NS, TO_INIT, TO_RTR } from "../verbs/inferred.js";
import type { Did } from "./did.js";
import type { Schedule } from "./schedule.js";
import type { Qp, Thread } from "./thread.js";

/** When the schedule starts, ns: 0 would be a time that is not known. */
const START_NS = 1000;
/** ibv_access_flags: local write, remote read. */
const ACCESS = 1 | 4;
/** Where the memory lies that others fetch messages from, and its key; assumed. */
const ADDR = 0x7f0000000000n,
  KEY = 1;

/** What the ranks of a schedule do, as rows: set-up of all of them first. */
export class ScheduleRows {
  private readonly schedule: Schedule;
  /** CQs, of which each thread has one, and numbers of calls, by rank. */
  private readonly cqs = new Map<Thread, number>();
  private readonly calls: number[] = [];
  private readonly threads: Thread[][] = [];

  constructor(schedule: Schedule) {
    this.schedule = schedule;
  }

  *rows(nodes: number): Generator<VerbsRow> {
    for (let rank = 0; rank < nodes; rank++) this.threads.push([]);
    for (const thread of this.schedule.threads) this.threads[thread.rank]!.push(thread);
    for (let rank = 0; rank < nodes; rank++) yield* this.setUp(rank);
    for (const did of this.schedule.did) {
      if (did.what === "post") yield this.post(did);
      else if (did.what === "wait") yield* this.wait(did);
      else {
        yield this.poll(did);
        const { qp, opcode, number, t_ns, thread } = did;
        if (opcode === "RECV" && number + DEPTH < qp!.receives)
          yield this.receive(thread, t_ns, qp!, number + DEPTH);
      }
    }
    for (let rank = 0; rank < nodes; rank++) {
      let last = this.threads[rank]![0];
      for (const thread of this.threads[rank]!) if (thread.end_ns > last!.end_ns) last = thread;
      yield this.row("close_device", rank, last?.cpu ?? 0, last?.end_ns ?? 0);
    }
  }

  private row(verb: Verb, rank: number, cpu: number, t_ns: number): VerbsRow {
    const row = emptyRow(verb);
    row.t = BigInt(START_NS + t_ns);
    row.node = rank;
    row.tid = cpu;
    row.call = this.calls[rank] = (this.calls[rank] ?? -1) + 1;
    return row;
  }

  private *setUp(rank: number): Generator<VerbsRow> {
    const threads = this.threads[rank]!,
      first = threads[0]?.cpu ?? 0,
      bytes = this.schedule.fetched[rank];
    yield this.row("open_device", rank, first, 0);
    yield { ...this.row("alloc_pd", rank, first, 0), pd: 0 };
    if (bytes !== undefined)
      yield {
        ...this.row("reg_mr", rank, first, 0),
        pd: 0,
        mr: KEY,
        lkey: KEY,
        rkey: KEY,
        addr: ADDR,
        remote_addr: ADDR,
        size: BigInt(bytes),
        access: ACCESS,
      };
    threads.forEach((thread, cq) => this.cqs.set(thread, cq));
    for (const thread of threads) if (thread.qps.size > 0) yield* this.setUpThread(thread);
  }
  private *setUpThread(thread: Thread): Generator<VerbsRow> {
    const row = (verb: Verb): VerbsRow => this.row(verb, thread.rank, thread.cpu, 0),
      cq = this.cqs.get(thread)!;
    yield { ...row("create_cq"), cq, cqe: 2 * DEPTH * Math.min(thread.qps.size, 1 << 14) };
    for (const qp of thread.qps.values()) {
      yield { ...row("create_qp"), pd: 0, qp: qp.number, cq, rcq: cq, qp_type: QP_TYPES.indexOf("RC") };
      const to = (state: (typeof QP_STATES)[number], attr_mask: number): VerbsRow => ({
        ...row("modify_qp"),
        qp: qp.number,
        qp_state: QP_STATES.indexOf(state),
        attr_mask,
      });
      yield to("INIT", TO_INIT);
      yield { ...to("RTR", TO_RTR), peer_qp: qp.peer };
      yield to("RTS", 0);
      for (let i = 0; i < Math.min(DEPTH, qp.receives); i++) yield this.receive(thread, 0, qp, i);
    }
  }

  private receive(
    { rank, cpu }: Thread,
    t_ns: number,
    { number: qp, longest }: Qp,
    number: number,
  ): VerbsRow {
    const row = this.row("post_recv", rank, cpu, t_ns);
    row.qp = qp;
    row.wr_id = BigInt(number);
    row.length = longest;
    row.num_sge = longest > 0 ? 1 : 0;
    return row;
  }
  private post({ thread, t_ns, qp, number, opcode, bytes, signaled }: Did): VerbsRow {
    const row = this.row("post_send", thread.rank, thread.cpu, t_ns);
    row.qp = qp!.number;
    row.wr_id = BigInt(number);
    row.opcode = opcode === "RDMA_READ" ? "RDMA_READ" : "SEND";
    row.flags = signaled ? FLAGS.signaled : 0;
    row.length = bytes;
    row.num_sge = bytes > 0 ? 1 : 0;
    if (opcode === "RDMA_READ") {
      row.remote_addr = ADDR;
      row.rkey = KEY;
    }
    return row;
  }
  private poll({ thread, t_ns, qp, number, opcode, bytes }: Did): VerbsRow {
    const row = this.row("poll_cq", thread.rank, thread.cpu, t_ns);
    row.cq = this.cqs.get(thread)!;
    row.qp = qp!.number;
    row.wr_id = BigInt(number);
    row.opcode = opcode;
    row.length = bytes;
    return row;
  }
  /** What comes was waited for: polling, not thinking. */
  private *wait({ thread, t_ns, number: wait_ns }: Did): Generator<VerbsRow> {
    for (let done_ns = 0; done_ns < wait_ns; ) {
      const row = this.row("poll_cq_empty", thread.rank, thread.cpu, t_ns + done_ns);
      row.cq = this.cqs.get(thread)!;
      row.size = 1n;
      row.dur = Math.min(wait_ns - done_ns, LONGEST_NS);
      done_ns += row.dur;
      yield row;
    }
  }
}
