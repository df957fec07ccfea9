import { OPCODES, type Verb } from "../../abi/verbs.js";
import { emptyRow, type VerbsRow } from "../../trace/table/rows.js";
import { completionOf, DEPTH, GRH_BYTES, LONGEST_NS } from "../verbs/inferred.js";
import { type Chunk, DONE_INDEX, FAILED, POST, RECEIVED } from "./events.js";
import type { Program, Qp } from "./program.js";
import { awaits, Sending, type Sent } from "./sending.js";
import { receive, setUp } from "./set-up.js";

const NS = 1000;

/** What a process did, as rows; set-up first. */
export class ProgramRows {
  /** Completions that were assumed, and those of work requests that the log does not have. */
  assumed = 0;
  unknown = 0;
  private readonly program: Program;
  private readonly node: number;
  private readonly sending: Sending[];
  private readonly got: number[];
  /** When each thread's last call ended, µs; the clock of the set-up. */
  private readonly ends: number[] = [];
  private calls = 0;
  /** Rows of the event at hand, and the first of its SGEs. */
  private readonly made: VerbsRow[] = [];
  private sge = 0;

  constructor(program: Program, node: number) {
    this.program = program;
    this.node = node;
    this.sending = program.qps.map((qp) => new Sending(qp));
    this.got = program.qps.map(() => 0);
  }

  *rows(): Generator<VerbsRow> {
    const { program, made } = this;
    yield* setUp(program, (verb) => this.row(verb, program.first_us, 1));
    for (const chunk of program.events.take()) {
      this.sge = 0;
      for (let i = 0; i < chunk.count; i++) {
        this.event(chunk, i);
        // Generators within generators took half of the time.
        for (let k = 0; k < made.length; k++) yield made[k]!;
        made.length = 0;
      }
    }
    for (const qp of program.qps) if (!qp.dc) this.rest(qp);
    yield* made;
    this.unknown = this.sending.reduce((n, s) => n + s.unknown, 0);
  }

  private event(chunk: Chunk, i: number): void {
    const qp = this.program.qps[chunk.qp[i]!]!,
      first = this.sge;
    this.sge += chunk.sges[i]!;
    if (qp.dc) return;
    const sending = this.sending[qp.place]!,
      t_us = chunk.t_us[i]!,
      tid = chunk.tid[i]!,
      kind = chunk.kind[i]!;
    if (!qp.logged && kind <= RECEIVED) this.assume(qp, sending, chunk, i);
    if (kind === POST) {
      this.post(qp, chunk, i, first);
      sending.post(chunk.wr_id[i]!, chunk.opcode[i]!, chunk.flags[i]!, chunk.length[i]!);
    } else if (kind === RECEIVED) this.received(qp, chunk, i);
    else if (kind === FAILED) {
      const { before, failed } = sending.fail(chunk.wr_id[i]!);
      this.assumed += before.length;
      for (const s of before) this.sent(qp, s, t_us, tid, true);
      if (failed) this.sent(qp, failed, t_us, tid, true, chunk.peer[i]!);
    } else {
      const done = kind === DONE_INDEX ? sending.upToIndex(chunk.wr_id[i]!) : sending.upToId(chunk.wr_id[i]!);
      for (const s of done) this.sent(qp, s, t_us, tid, true);
    }
  }

  /** Completions that the log does not show and that must have come before its next line of the QP. */
  private assume(qp: Qp, sending: Sending, chunk: Chunk, i: number): void {
    const t_us = chunk.t_us[i]!,
      tid = chunk.tid[i]!;
    if (sending.awaited && !(chunk.kind[i] === POST && awaits(chunk.opcode[i]!))) {
      for (let s = sending.next(); s; s = sending.next()) {
        this.assumed++;
        this.sent(qp, s, t_us, tid, true);
      }
      sending.awaited = false;
    }
    if (chunk.kind[i] !== POST) return;
    for (let s = sending.full(); s; s = sending.full()) {
      this.assumed++;
      this.sent(qp, s, t_us, tid, false);
    }
  }
  /** What is open when the log ends, and receives for messages whose arrival it does not have. */
  private rest(qp: Qp): void {
    const sending = this.sending[qp.place]!,
      { last_us } = this.program;
    for (let n = Math.min(this.got[qp.place]!, qp.polls) + DEPTH; n < qp.arrivals; n++)
      this.made.push(receive(this.row("post_recv", last_us, qp.last_tid), qp, n));
    if (qp.logged) return;
    for (let s = sending.next(); s; s = sending.next()) {
      this.assumed++;
      this.sent(qp, s, last_us, qp.last_tid, false);
    }
  }

  private row(verb: Verb, t_us: number, tid: number): VerbsRow {
    const row = emptyRow(verb);
    row.t = BigInt(t_us) * 1000n;
    row.node = this.node;
    row.tid = tid;
    row.call = this.calls++ >>> 0;
    this.ends[tid] = t_us;
    return row;
  }

  private post(qp: Qp, chunk: Chunk, i: number, sge: number): void {
    const row = this.row("post_send", chunk.t_us[i]!, chunk.tid[i]!);
    row.qp = qp.number;
    row.wr_id = BigInt(chunk.wr_id[i]!);
    row.opcode = OPCODES[chunk.opcode[i]!]!;
    row.flags = chunk.flags[i]!;
    row.length = chunk.length[i]!;
    row.num_sge = chunk.num_sge[i]!;
    if (chunk.sges[i]! > 0) row.sge = chunk.sgesFrom(sge, chunk.sges[i]!);
    row.remote_addr = BigInt(chunk.addr[i]!);
    if (chunk.rkey[i] !== 0) row.rkey = chunk.rkey[i]!;
    if (qp.ud && chunk.peer[i]! >= 0) row.peer_qp = chunk.peer[i]!;
    this.made.push(row);
  }

  private received(qp: Qp, chunk: Chunk, i: number): void {
    const number = this.got[qp.place]!++,
      t_us = chunk.t_us[i]!,
      tid = chunk.tid[i]!;
    // A message that its sender's log does not have would be waited for for ever.
    if (number >= qp.polls) return;
    this.wait(qp.recv_cq, t_us, tid);
    const row = this.row("poll_cq", t_us, tid);
    row.cq = qp.recv_cq;
    row.qp = qp.number;
    row.wr_id = BigInt(number);
    row.opcode = "RECV";
    row.length = chunk.length[i]! + (qp.ud ? GRH_BYTES : 0);
    this.made.push(row);
    if (number + DEPTH < qp.arrivals)
      this.made.push(receive(this.row("post_recv", t_us, tid), qp, number + DEPTH));
  }

  private sent(
    qp: Qp,
    { wr_id, opcode, length }: Sent,
    t_us: number,
    tid: number,
    waits: boolean,
    status = 0,
  ): void {
    if (waits) this.wait(qp.send_cq, t_us, tid);
    const row = this.row("poll_cq", t_us, tid),
      name = OPCODES[opcode]!;
    row.cq = qp.send_cq;
    row.qp = qp.number;
    row.wr_id = BigInt(wr_id);
    row.opcode = completionOf(name);
    row.status = status;
    if (status === 0) row.length = length;
    this.made.push(row);
  }

  /** The time since the thread's last call is polling, not thinking: what comes was waited for. */
  private wait(cq: number, t_us: number, tid: number): void {
    for (let now = this.ends[tid] ?? t_us; now < t_us; ) {
      const gap_ns = (t_us - now) * NS,
        row = this.row("poll_cq_empty", now, tid);
      row.cq = cq;
      row.size = 1n;
      // Whole microseconds, so that the next row starts at one.
      row.dur = gap_ns > LONGEST_NS ? LONGEST_NS - (LONGEST_NS % NS) : gap_ns;
      now += row.dur / NS;
      this.made.push(row);
    }
  }
}
