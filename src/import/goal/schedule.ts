import { CONTROL_BYTES, type Did, EAGER_BYTES, READ_BYTES } from "./did.js";
import { CALC, RECV, SEND } from "./line.js";
import { Matching, Routes } from "./matching.js";
import type { Program } from "./program.js";
import { type Completion, type Message, type Op, Qp, type Rank, Thread } from "./thread.js";
import { Turns } from "./turns.js";

const DAY_NS = 86_400e9;
/** Each 4.29 s of waiting are a row: a week of it is 141,000 rows a thread. */
const LONGEST_NS = 7 * DAY_NS;
/** 0 and 1 number QPs of management. */
const FIRST_QP = 2;

/** Runs a program: who does what in which order, so that each waits only for what was posted before. */
export class Schedule {
  readonly did: Did[] = [];
  readonly threads: Thread[] = [];
  /** Largest message that is fetched from each rank, bytes. */
  readonly fetched: number[] = [];
  /** Messages: sent at once, fetched, copied within a rank, longer than their receives. */
  eager = 0;
  large = 0;
  local = 0;
  longer = 0;
  /** Receives that end where another cpu of their rank took the message. */
  elsewhere = 0;
  private readonly program: Program;
  private readonly ranks: readonly Rank[];
  private readonly matching: Matching<Message>[];
  private readonly routes: Routes[];
  private readonly turns = new Turns();
  private now_ns = 0;
  private qps = FIRST_QP;

  /** @throws UserError where operations are left that can never start or end */
  constructor(program: Program, ranks: readonly Rank[]) {
    this.program = program;
    this.ranks = ranks;
    this.matching = this.ranks.map((rank) => new Matching<Message>(rank));
    this.routes = this.ranks.map((rank) => new Routes(rank));
    for (const { cpus, ops } of this.ranks) {
      for (const thread of [...cpus.values()].sort((a, b) => a.cpu - b.cpu)) this.threads.push(thread);
      for (const op of ops) if (op.waits === 0) this.mayStart(op);
    }
    for (let turn = this.turns.next(); turn; turn = this.turns.next()) {
      this.now_ns = turn.t_ns;
      this.act(turn.thread);
    }
    this.refuseRest();
  }
  /** Messages that no receive takes. */
  get unmatched(): number {
    return this.matching.reduce((n, m) => n + m.left, 0);
  }

  private act(thread: Thread): void {
    const { ready, completions, calculates } = thread;
    if (calculates) {
      thread.calculates = undefined;
      thread.end_ns = this.now_ns;
      this.ends(calculates, thread);
    }
    if (ready.size > 0) {
      const op = ready.shift();
      thread.idle_ns = -1;
      thread.end_ns = this.now_ns;
      this.start(op, thread);
      if (op.kind === CALC && op.size > 0) {
        thread.calculates = op;
        this.turns.give(thread, this.now_ns + op.size);
        return;
      }
    } else if (completions.size > 0) {
      if (thread.idle_ns >= 0 && thread.idle_ns < this.now_ns) this.waited(thread);
      thread.idle_ns = -1;
      thread.end_ns = this.now_ns;
      this.poll(completions.shift(), thread);
    } else {
      thread.idle_ns = this.now_ns;
      thread.awake = false;
      return;
    }
    this.turns.give(thread, this.now_ns);
  }

  private start(op: Op, thread: Thread): void {
    op.state = "started";
    for (const next of op.starts) this.isFree(next);
    if (op.kind === CALC) {
      if (this.now_ns + op.size > LONGEST_NS)
        throw this.program.refused(
          `this calc ends more than ${LONGEST_NS / DAY_NS} days after the start, if it is in ns: ` +
            "give it in ns, or a shorter schedule",
          op.line,
        );
      if (op.size === 0) this.ends(op, thread);
    } else if (op.kind === SEND) this.send(op, thread);
    else {
      const message = this.matching[op.thread.rank]!.begin(op);
      if (message) this.deliver(message, op, thread);
    }
  }
  private ends(op: Op, by: Thread): void {
    op.state = "ended";
    if (op.kind === RECV && op.thread !== by) this.elsewhere++;
    for (const next of op.ends) this.isFree(next);
  }
  private isFree(op: Op): void {
    if (--op.waits === 0) this.mayStart(op);
  }
  private mayStart(op: Op): void {
    op.thread.ready.push(op);
    this.wake(op.thread);
  }
  private wake(thread: Thread): void {
    if (thread.awake) return;
    thread.awake = true;
    this.turns.give(thread, this.now_ns);
  }

  private send(op: Op, thread: Thread): void {
    const source = thread.rank,
      message = { source, tag: op.tag, send: op, large: op.peer !== source && op.size > EAGER_BYTES };
    if (op.peer === source) {
      this.local++;
      this.ends(op, thread);
      this.arrived(message, thread);
      return;
    }
    const to = this.receiver(op.peer, message);
    if (message.large) {
      this.large++;
      this.fetched[source] = Math.max(this.fetched[source] ?? 0, op.size);
      this.message(thread, to, CONTROL_BYTES, "message", { message });
    } else {
      this.eager++;
      this.message(thread, to, op.size, "message", { message, sends: op });
    }
  }
  private receiver(rank: number, message: Message): Thread {
    const cpu = this.routes[rank]!.cpuOf(message),
      { cpus } = this.ranks[rank]!;
    let thread = cpus.get(cpu);
    if (!thread) {
      cpus.set(cpu, (thread = new Thread(rank, cpu)));
      this.threads.push(thread);
    }
    return thread;
  }

  private poll({ what, qp, number, bytes, op, message }: Completion, thread: Thread): void {
    const opcode = what === "sent" ? "SEND" : what === "read" ? "RDMA_READ" : "RECV";
    this.add("poll", thread, { qp, number, opcode, bytes });
    if (what === "message") this.arrived(message!, thread);
    else this.ends(op!, thread);
    if (what === "read")
      this.message(thread, message!.send.thread, CONTROL_BYTES, "finished", { finishes: message!.send });
  }
  private arrived(message: Message, thread: Thread): void {
    const op = this.matching[message.send.peer]!.arrive(message);
    if (op) this.deliver(message, op, thread);
  }
  private deliver(message: Message, op: Op, thread: Thread): void {
    const { send, large } = message;
    if (send.size > op.size) this.longer++;
    if (!large) {
      this.ends(op, thread);
      return;
    }
    const qp = this.qp(thread, send.thread);
    for (let left = send.size; left > 0; left -= READ_BYTES) {
      const bytes = Math.min(left, READ_BYTES),
        number = qp.posts++,
        signaled = left <= READ_BYTES;
      this.add("post", thread, { qp, number, opcode: "RDMA_READ", bytes, signaled });
      if (signaled) thread.completions.push({ what: "read", qp, number, bytes, op, message });
    }
  }

  /**
   * Posts a SEND, which comes to the other thread as soon as that takes it; signaled where an
   * operation ends with it.
   */
  private message(
    from: Thread,
    to: Thread,
    bytes: number,
    what: "message" | "finished",
    { message, sends, finishes }: { message?: Message; sends?: Op; finishes?: Op },
  ): void {
    const qp = this.qp(from, to),
      other = this.qp(to, from),
      number = qp.posts++;
    this.add("post", from, { qp, number, opcode: "SEND", bytes, signaled: sends !== undefined });
    other.longest = Math.max(other.longest, bytes);
    to.completions.push({ what, qp: other, number: other.receives++, bytes, op: finishes, message });
    this.wake(to);
    if (sends) from.completions.push({ what: "sent", qp, number, bytes, op: sends, message: undefined });
  }
  private qp(thread: Thread, other: Thread): Qp {
    const found = thread.qps.get(other);
    if (found) return found;
    const qp = new Qp(this.qps++, this.qps++);
    thread.qps.set(other, qp);
    other.qps.set(thread, new Qp(qp.peer, qp.number));
    return qp;
  }

  private waited(thread: Thread): void {
    this.did.push({
      what: "wait",
      t_ns: thread.idle_ns,
      thread,
      qp: undefined,
      number: this.now_ns - thread.idle_ns,
      opcode: "RECV",
      bytes: 0,
      signaled: false,
    });
  }
  private add(
    what: Did["what"],
    thread: Thread,
    of: Pick<Did, "number" | "opcode" | "bytes"> & { qp: Qp; signaled?: boolean },
  ): void {
    this.did.push({ what, t_ns: this.now_ns, thread, signaled: false, ...of });
  }

  private refuseRest(): void {
    for (const { ops } of this.ranks)
      for (const op of ops)
        if (op.state === "started") {
          const rank = op.thread.rank;
          throw this.program.refused(
            op.kind === RECV
              ? `this recv of rank ${rank} never gets a message: no send that it takes is left, ` +
                  "or none can start; correct the schedule"
              : `this send of rank ${rank} never ends: it is longer than ${EAGER_BYTES} bytes, ` +
                  "and no recv that takes it ever starts; correct the schedule",
            op.line,
          );
        }
  }
}
