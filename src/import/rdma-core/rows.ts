import { NO_ID } from "../../abi/columns.js";
import { FLAGS, type Opcode, type Verb } from "../../abi/verbs.js";
import { emptyRow, type VerbsRow } from "../../trace/table/rows.js";
import { completionOf, DEPTH, LONGEST_NS } from "../verbs/inferred.js";
import { type Event, isSend } from "./event.js";
import type { Program, Qp } from "./program.js";
import { awaits, Sending, type Sent } from "./sending.js";
import { pieces, receive, setUp } from "./set-up.js";

/** What a process did, as rows; set-up first. */
export class ProgramRows {
  /** Completions that were assumed, and those of work requests that the recording does not have. */
  assumed = 0;
  unknown = 0;
  private readonly program: Program;
  private readonly node: number;
  private readonly sending: Sending[];
  private readonly got: number[];
  /** When each thread's last call ended, ns. */
  private readonly ends = new Map<number, bigint>();
  private calls = 0;
  private readonly made: VerbsRow[] = [];

  constructor(program: Program, node: number) {
    this.program = program;
    this.node = node;
    this.sending = program.qps.map(() => new Sending());
    this.got = program.qps.map(() => 0);
  }

  *rows(): Generator<VerbsRow> {
    const { program, made } = this,
      { first_ns, last_ns, events } = program,
      first_tid = events[0]!.tid;
    yield* setUp(program, (verb, ctx) => this.row(verb, ctx, first_ns, first_tid));
    for (const e of events) {
      this.event(program.qp(e.device, e.qp), e);
      for (let k = 0; k < made.length; k++) yield made[k]!;
      made.length = 0;
    }
    program.events = [];
    for (const qp of program.qps) this.rest(qp, last_ns);
    yield* made;
    this.unknown += this.sending.reduce((n, s) => n + s.unknown, 0);
  }

  private event(qp: Qp, e: Event): void {
    const sending = this.sending[qp.place]!;
    if (!qp.logged && (e.kind === "post" || (e.kind === "received" && e.status === 0)))
      this.assume(qp, sending, e);
    if (e.kind === "post") this.post(qp, sending, e);
    else if (e.kind === "receive")
      this.made.push(receive(this.row("post_recv", qp.ctx, e.t, e.tid), qp, e.wr_id, e.num_sge));
    else if (e.status !== 0) this.failed(qp, sending, e);
    else if (e.kind === "received") this.received(qp, e);
    else {
      const done = sending.upTo(e.wr_id);
      // All but the last of them lack lines of their own.
      this.assumed += Math.max(0, done.length - 1);
      for (const s of done) this.sent(qp, s, e.t, e.tid, true);
    }
  }

  /** Completions that the recording does not show and that must have come before its next event of the QP. */
  private assume(qp: Qp, sending: Sending, e: Event): void {
    if (sending.awaited && !(e.kind === "post" && awaits(e))) {
      for (let s = sending.next(); s; s = sending.next()) this.guess(qp, s, e.t, e.tid, true);
      sending.awaited = false;
    }
    if (e.kind === "post")
      for (let s = sending.full(); s; s = sending.full()) this.guess(qp, s, e.t, e.tid, false);
  }
  private guess(qp: Qp, sent: Sent, t: bigint, tid: number, waits: boolean): void {
    this.assumed++;
    this.sent(qp, sent, t, tid, waits);
  }
  /** What is open when the recording ends, and receives for messages whose arrival it does not have. */
  private rest(qp: Qp, last_ns: bigint): void {
    const posted = qp.posted > 0 ? qp.before + qp.posted : Math.min(qp.arrivals, DEPTH + qp.polls);
    for (let n = posted; n < qp.arrivals; n++)
      this.made.push(receive(this.row("post_recv", qp.ctx, last_ns, qp.last_tid), qp, BigInt(n), 1));
    if (qp.logged) return;
    const sending = this.sending[qp.place]!;
    for (let s = sending.next(); s; s = sending.next()) this.guess(qp, s, last_ns, qp.last_tid, false);
  }

  private row(verb: Verb, ctx: number, t: bigint, tid: number): VerbsRow {
    const row = emptyRow(verb);
    row.t = t;
    row.node = this.node;
    row.tid = tid;
    row.ctx = ctx;
    row.call = this.calls++ >>> 0;
    this.ends.set(tid, t);
    return row;
  }

  private post(qp: Qp, sending: Sending, e: Event): void {
    const row = this.row("post_send", qp.ctx, e.t, e.tid),
      wr_id = e.wr_id < 0n ? BigInt(sending.posts) : e.wr_id;
    row.qp = qp.number;
    row.wr_id = wr_id;
    row.opcode = e.opcode;
    row.flags = e.flags | (qp.signals_all ? FLAGS.signaled : 0);
    row.length = e.length;
    row.num_sge = e.num_sge;
    if ((row.flags & FLAGS.inline) === 0) row.sge = pieces(qp, e.length, e.num_sge);
    if (!isSend(e.opcode)) {
      const other = qp.partner ?? qp;
      row.remote_addr = BigInt(other.region);
      row.rkey = other.key;
    }
    if (qp.ud) row.peer_qp = e.peer === 0 ? NO_ID : e.peer;
    this.made.push(row);
    sending.post({ post: e, wr_id, signaled: (row.flags & FLAGS.signaled) !== 0 });
  }

  private received(qp: Qp, e: Event): void {
    const number = this.got[qp.place]!++ - qp.skipped;
    // A message that its sender's recording does not have would be waited for for ever.
    if (number < 0 || number >= qp.polls) return;
    this.wait(qp.ctx, qp.recv_cq, e.t, e.tid);
    this.made.push(this.completion(qp, qp.recv_cq, e, e.wr_id, e.opcode, e.length));
    if (qp.posted === 0 && number + DEPTH < qp.arrivals)
      this.made.push(receive(this.row("post_recv", qp.ctx, e.t, e.tid), qp, BigInt(number + DEPTH), 1));
  }
  /** Its opcode is undefined: a send that was posted and has its wr_id tells that it is one. */
  private failed(qp: Qp, sending: Sending, e: Event): void {
    const sent = sending.failed(e.wr_id),
      opcode = sent ? completionOf(sent.post.opcode) : "RECV",
      row = this.completion(qp, sent ? qp.send_cq : qp.recv_cq, e, e.wr_id, opcode, 0);
    row.status = e.status;
    this.made.push(row);
  }
  private sent(qp: Qp, { post, wr_id }: Sent, t: bigint, tid: number, waits: boolean): void {
    if (waits) this.wait(qp.ctx, qp.send_cq, t, tid);
    const opcode = completionOf(post.opcode);
    this.made.push(this.completion(qp, qp.send_cq, { t, tid }, wr_id, opcode, post.length));
  }
  private completion(
    qp: Qp,
    cq: number,
    { t, tid }: { t: bigint; tid: number },
    wr_id: bigint,
    opcode: Opcode,
    length: number,
  ): VerbsRow {
    const row = this.row("poll_cq", qp.ctx, t, tid);
    row.cq = cq;
    row.qp = qp.number;
    row.wr_id = wr_id;
    row.opcode = opcode;
    row.length = length;
    return row;
  }

  /** The time since the thread's last call is polling, not thinking: what comes was waited for. */
  private wait(ctx: number, cq: number, t: bigint, tid: number): void {
    for (let now = this.ends.get(tid) ?? t; now < t; ) {
      const gap = t - now,
        row = this.row("poll_cq_empty", ctx, now, tid);
      row.cq = cq;
      row.size = 1n;
      row.dur = gap > LONGEST_NS ? LONGEST_NS : Number(gap);
      now += BigInt(row.dur);
      this.made.push(row);
    }
  }
}
