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
/** Beginnings of the texts of other levels that say something of queues */
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

/** A thread, and how its lines name it. */
interface Writer {
  readonly who: Uint8Array;
  readonly program: Program;
  readonly tid: number;
}
const WRITERS = 32,
  /** What a trace numbers in 16 bits. */
  NODES = 1 << 16;

/** What was read of a log, and what was not. */
export interface Counts {
  /** Lines in all, and those that are not of UCX. */
  lines: number;
  foreign: number;
  /** Of the level `data`, and those of any level that say something of queues. */
  data: number;
  queues: number;
  /** Lists of SGEs that the end of the text cut, other opcodes, a last line without an end. */
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
    cut: 0,
    no_work: 0,
    partial: false,
  };
  private readonly c = new Cursor();
  private readonly head = emptyHead();
  private readonly work = emptyWork();
  private readonly received = { qp: 0, ud: false, length: 0 };
  private readonly cqe = { qp: 0, requester: false, wqe: 0 };
  private readonly threads = new Map<string, Writer>();
  private readonly byName = new Map<string, Program>();
  /** Those that are looked through before a text is made of the line's. */
  private readonly writers: Writer[] = [];
  private writer: Writer | undefined;

  constructor(path: string) {
    this.path = path;
  }
  read(): Promise<void> {
    return eachLine(this.path, (bytes, from, to, line, whole) => {
      this.counts.lines = line;
      if (whole) this.take(bytes, from, to);
      else this.counts.partial = true;
      const program = this.writer?.program;
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
      if (readReceived(c, this.received))
        this.from().received(this.received, this.head.t_us, this.writer!.tid);
      else this.from().damaged++;
    } else if (first === C && c.pass(CQE)) {
      c.at = at;
      if (!readCqe(c, this.cqe)) this.from().damaged++;
      else if (this.cqe.requester) this.from().cqe(this.cqe, this.head.t_us, this.writer!.tid);
    } else return;
    this.counts.queues++;
  }

  private takeWork(): void {
    const read = readWork(this.c, this.work);
    if (read === "damaged") this.from().dropped(this.work);
    else if (read === "foreign") this.counts.no_work++;
    else {
      if (read === "cut") this.counts.cut++;
      this.from().post(this.work, this.head.t_us, this.writer!.tid);
    }
  }

  private takeOther(): void {
    const { c } = this,
      { at } = c;
    if (!OTHERS.some((text) => c.pass(text))) return;
    const text = String.fromCharCode(...c.bytes.subarray(at, Math.min(c.to, at + 1024))),
      connected = readConnected(text),
      created = readCreated(text),
      completed = readCompleted(text),
      { t_us } = this.head;
    if (connected) this.from().connected(connected, t_us);
    else if (created) this.from().created(created, t_us);
    else if (completed) this.from().completed(completed, t_us, this.writer!.tid);
    else return;
    this.counts.queues++;
  }

  /** Who wrote the line: a process for each `host:pid`, a thread for each name behind it. */
  private from(): Program {
    if (!this.writer || !this.wrote(this.writer)) {
      let writer = this.writers.find((w) => this.wrote(w));
      if (!writer) writer = this.newWriter();
      this.writer = writer;
    }
    return this.writer.program;
  }
  private wrote({ who }: Writer): boolean {
    const { who_from, who_to } = this.head,
      { bytes } = this.c;
    if (who.length !== who_to - who_from) return false;
    // Threads differ at the end.
    for (let i = who.length - 1; i >= 0; i--) if (who[i] !== bytes[who_from + i]) return false;
    return true;
  }
  private newWriter(): Writer {
    const { who_from, who_to } = this.head,
      who = this.c.bytes.slice(who_from, who_to),
      text = String.fromCharCode(...who.subarray(0, 300)),
      known = this.threads.get(text);
    if (known) return known;
    const host = /^(.*):(\d+) *:/.exec(text),
      name = host ? `${host[1]}:${host[2]}` : basename(this.path);
    let program = this.byName.get(name);
    if (!program) {
      if (this.programs.length === NODES)
        throw new UserError(
          `${this.path}: line ${this.counts.lines}: is of process ${JSON.stringify(name)}, and more than ` +
            `${NODES} do not fit into a trace: divide the log`,
        );
      this.programs.push((program = new Program(name, host?.[1])));
      this.byName.set(name, program);
    }
    const writer = { who, program, tid: Math.min(THREADS, ++program.threads) };
    this.threads.set(text, writer);
    if (this.writers.length < WRITERS) this.writers.push(writer);
    return writer;
  }
}
