import { basename } from "node:path";
import { UserError } from "../../errors.js";
import { eachLine } from "../shared/lines.js";
import { Cursor, word } from "./cursor.js";
import { emptyHead, readHead } from "./line.js";
import { Program } from "./program.js";
import { readCompleted, readConnected, readCqe, readCreated, readReceived } from "./texts.js";
import { emptyWork, readWork } from "./work.js";

const C = 67,
  Q = 81,
  R = 82;
const POST = word("QP 0x"),
  RECV = word("RECV qp 0x"),
  CQE = word("CQE(op_own ");
/** Beginnings of the texts of other levels that say something of queues, by their first letter. */
const OTHERS = ["connected rc ", "iface=", "send completion with error", "rc_verbs iface "].map(word);
/** One thread more, and they would not be told apart by a column's 16 bits. */
const THREADS = 0xffff;

const DAY_US = 86_400e6,
  SPAN_US = 7 * DAY_US;

/** A wait is rows of at most 4.29 s each: one of years would be a hundred million of them. */
function jumped(path: string, line: number, { start_us, end_us }: Program): UserError {
  return new UserError(
    `${path}: line ${line}: is ${Math.floor((end_us - start_us) / DAY_US)} days after the process's first, ` +
      `and more than ${SPAN_US / DAY_US} are not read: the clock jumped or the line is damaged; ` +
      "cut the log there",
  );
}

/** What was read of a log, and what was not. */
export interface Counts {
  /** Lines in all, and those that are not of UCX. */
  lines: number;
  foreign: number;
  /** Of the level `data`, and those of them that say something of queues. */
  data: number;
  queues: number;
  /** Damaged ones, lists of SGEs that the end of the text cut, opcodes that post no data, a last line without an end. */
  damaged: number;
  cut: number;
  no_work: number;
  partial: boolean;
}

/** One log: the processes that wrote it, in the order in which they appear. */
export class Log {
  readonly path: string;
  readonly programs: Program[] = [];
  readonly counts: Counts = {
    lines: 0,
    foreign: 0,
    data: 0,
    queues: 0,
    damaged: 0,
    cut: 0,
    no_work: 0,
    partial: false,
  };
  private readonly c = new Cursor();
  private readonly head = emptyHead();
  private readonly work = emptyWork();
  private readonly received = { qp: 0, ud: false, addr: 0, length: 0 };
  private readonly cqe = { qp: 0, requester: false, wqe: 0 };
  private readonly threads = new Map<string, { program: Program; tid: number }>();
  private who: Uint8Array = new Uint8Array();
  private program: Program | undefined;
  private tid = 0;

  constructor(path: string) {
    this.path = path;
  }
  read(): Promise<void> {
    return eachLine(this.path, (bytes, from, to, line, whole) => {
      this.counts.lines = line;
      if (whole) this.take(bytes, from, to);
      else this.counts.partial = true;
      const { program } = this;
      if (program && program.end_us - program.start_us > SPAN_US) throw jumped(this.path, line, program);
      return false;
    });
  }

  private take(bytes: Uint8Array, from: number, to: number): void {
    const { c, head, counts } = this;
    c.bytes = bytes;
    c.at = from;
    c.to = to;
    if (!readHead(c, head)) {
      counts.foreign++;
      return;
    }
    if (head.data) {
      counts.data++;
      this.takeData(bytes[c.at]!);
    } else this.takeOther();
  }

  private takeData(first: number): void {
    const { c } = this;
    const at = c.at;
    if (first === Q && c.pass(POST)) {
      c.at = at;
      this.takeWork();
    } else if (first === R && c.pass(RECV)) {
      c.at = at;
      if (readReceived(c, this.received)) this.from().received(this.received, this.head.t_us, this.tid);
      else this.counts.damaged++;
    } else if (first === C && c.pass(CQE)) {
      c.at = at;
      if (!readCqe(c, this.cqe)) this.counts.damaged++;
      else if (this.cqe.requester) this.from().cqe(this.cqe, this.head.t_us, this.tid);
    } else return;
    this.counts.queues++;
  }

  private takeWork(): void {
    const read = readWork(this.c, this.work);
    if (read === "damaged") this.counts.damaged++;
    else if (read === "foreign") this.counts.no_work++;
    else {
      if (read === "cut") this.counts.cut++;
      this.from().post(this.work, this.head.t_us, this.tid);
    }
  }

  private takeOther(): void {
    const { c } = this,
      { at } = c;
    if (!OTHERS.some((text) => c.pass(text))) return;
    const text = String.fromCharCode(...c.bytes.subarray(at, Math.min(c.to, at + 1024))),
      connected = readConnected(text),
      created = connected ? undefined : readCreated(text);
    if (connected) this.from().connected(connected, this.head.t_us);
    else if (created) this.from().created(created, this.head.t_us);
    else {
      const completed = readCompleted(text);
      if (completed) this.from().completed(completed, this.head.t_us, this.tid);
    }
  }

  /** Who wrote the line: a process for each `host:pid`, a thread for each name behind it. */
  private from(): Program {
    const { who_from, who_to } = this.head,
      { bytes } = this.c,
      { who } = this;
    let same = this.program !== undefined && who.length === who_to - who_from;
    for (let i = 0; same && i < who.length; i++) same = who[i] === bytes[who_from + i];
    if (same) return this.program!;
    this.who = bytes.slice(who_from, who_to);
    const name = String.fromCharCode(...this.who.subarray(0, 300));
    let thread = this.threads.get(name);
    if (!thread) this.threads.set(name, (thread = this.newThread(name)));
    this.tid = thread.tid;
    return (this.program = thread.program);
  }

  private newThread(who: string): { program: Program; tid: number } {
    const host = /^(.*):(\d+) *:/.exec(who),
      name = host ? `${host[1]}:${host[2]}` : basename(this.path);
    let program = this.programs.find((p) => p.name === name);
    if (!program) this.programs.push((program = new Program(name, host?.[1])));
    return { program, tid: Math.min(THREADS, ++program.threads) };
  }
}
