import { UserError } from "../../errors.js";
import { quote } from "../shared/lines.js";
import { CALC, Comments, type Line, readLine, SEND } from "./line.js";
import { type Op, type Rank, Thread } from "./thread.js";

/** What a replay has nodes for at most, and a thread's number and a tag have room for. */
const MOST_RANKS = 4096,
  MOST_CPU = 65_535,
  MOST_TAG = 2 ** 32 - 1;

interface Dependency {
  op: Op;
  of: Op;
}

/** A schedule, read line by line. */
export class Program {
  readonly ranks: (Rank | undefined)[] = [];
  /** Dependencies between operations of two cpus, and operations that name another NIC than 0. */
  between_cpus = 0;
  nics = 0;
  private count = -1;
  private readonly path: string;
  private readonly comments = new Comments();
  private line = 0;
  private rank = -1;
  private readonly labels = new Map<string, Op>();
  private readonly waiting: { line: number; label: string; started: boolean; of: string }[] = [];

  constructor(path: string) {
    this.path = path;
  }

  take(bytes: Uint8Array, from: number, to: number, number: number): void {
    this.line = number;
    const text = this.comments.without(
      Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1"),
    );
    if (text === "") return;
    const line = readLine(text);
    if (!line)
      throw this.refused(
        bytes.subarray(from, to).includes(0)
          ? "is no text: a binary schedule, which txt2bin writes, is not read; give the text that it was made from"
          : `${quote(bytes, from, to)} is no line of a GOAL schedule (num_ranks, rank, send, recv, calc, ` +
              "requires, irequires or a brace): correct it",
      );
    if (line.what === "ranks") this.ranksAre(line.count);
    else if (line.what === "rank") this.begin(line);
    else if (this.rank < 0) throw this.refused("stands outside of any rank: put it between rank N { and }");
    else if (line.what === "end") this.end();
    else if (line.what === "requires") this.waiting.push({ ...line, line: number });
    else this.operation(line);
  }

  /** The schedules of all ranks, when the file has ended. */
  done(): readonly Rank[] {
    if (this.comments.open)
      throw this.refused("is the last and within a comment: the file is cut off, or */ is missing");
    if (this.rank >= 0)
      throw this.refused(`is the last and within rank ${this.rank}: the file is cut off, or } is missing`);
    if (this.count < 0)
      throw new UserError(`${this.path}: has no line num_ranks: give a GOAL schedule in text form`);
    const ranks: Rank[] = [];
    for (let i = 0; i < this.count; i++) {
      const rank = this.ranks[i];
      if (!rank)
        throw new UserError(
          `${this.path}: has ${this.count} ranks by its num_ranks, but rank ${i} is missing: ` +
            "the file is cut off, or needs an empty rank there",
        );
      ranks.push(rank);
    }
    return ranks;
  }

  refused(why: string, line = this.line): UserError {
    return new UserError(`${this.path}: line ${line}: ${why}`);
  }

  private ranksAre(count: number): void {
    if (this.count >= 0) throw this.refused("num_ranks stands there a second time: remove one of them");
    if (count < 1 || count > MOST_RANKS)
      throw this.refused(
        `num_ranks is ${count}, but each rank becomes a node and 1 to ${MOST_RANKS} can be replayed: ` +
          "give a schedule of fewer ranks",
      );
    this.count = count;
  }

  private begin({ number, closed }: Extract<Line, { what: "rank" }>): void {
    if (this.rank >= 0) throw this.refused(`begins within rank ${this.rank}: end that with a line } first`);
    this.inRange(number, "rank");
    if (this.ranks[number]) throw this.refused(`is of rank ${number} again: give each rank one schedule`);
    this.ranks[number] = { cpus: new Map(), ops: [] };
    if (!closed) this.rank = number;
  }

  private inRange(rank: number, what: string): void {
    if (this.count < 0) throw this.refused("comes before num_ranks: begin the file with num_ranks N");
    if (rank >= this.count)
      throw this.refused(`${what} is ${rank}, but num_ranks is ${this.count}: correct one of them`);
  }

  private operation(o: Extract<Line, { what: "operation" }>): void {
    if (o.kind !== CALC) this.inRange(o.peer, o.kind === SEND ? "to" : "from");
    if (!Number.isSafeInteger(o.size)) throw this.refused(`${o.size} is larger than 2^53: correct it`);
    if (o.tag > MOST_TAG) throw this.refused(`tag ${o.tag} is larger than 2^32 - 1: correct it`);
    if (o.cpu > MOST_CPU) throw this.refused(`cpu ${o.cpu} is larger than ${MOST_CPU}: correct it`);
    if (o.nic > 0) this.nics++;
    const rank = this.ranks[this.rank]!;
    let thread = rank.cpus.get(o.cpu);
    if (!thread) rank.cpus.set(o.cpu, (thread = new Thread(this.rank, o.cpu)));
    const op: Op = {
      kind: o.kind,
      size: o.size,
      peer: o.peer,
      tag: o.tag,
      thread,
      line: this.line,
      waits: 0,
      ends: [],
      starts: [],
      state: "waits",
    };
    rank.ops.push(op);
    if (o.label === undefined) return;
    const other = this.labels.get(o.label);
    if (other) throw this.refused(`label ${o.label} is that of line ${other.line} too: rename one of them`);
    this.labels.set(o.label, op);
  }

  private end(): void {
    const dependencies = this.waiting.map(({ line, label, started, of }) => {
      const [op, before] = [label, of].map((name) => {
        const found = this.labels.get(name);
        if (!found)
          throw this.refused(`label ${name} is none of rank ${this.rank}'s operations: correct it`, line);
        return found;
      }) as [Op, Op];
      op.waits++;
      (started ? before.starts : before.ends).push(op);
      if (op.thread !== before.thread) this.between_cpus++;
      return { op, of: before };
    });
    this.refuseCircles(this.ranks[this.rank]!, dependencies);
    this.labels.clear();
    this.waiting.length = 0;
    this.rank = -1;
  }

  private refuseCircles({ ops }: Rank, dependencies: readonly Dependency[]): void {
    const open = new Map(ops.map((op) => [op, op.waits])),
      free = ops.filter((op) => op.waits === 0);
    for (let op = free.pop(); op; op = free.pop()) {
      open.delete(op);
      for (const next of [op.ends, op.starts].flat()) {
        const left = open.get(next)! - 1;
        open.set(next, left);
        if (left === 0) free.push(next);
      }
    }
    if (open.size === 0) return;
    // Each that is left has one before it that is left; who goes back as far as there are some is in a circle.
    const before = new Map(dependencies.filter((d) => open.has(d.of)).map(({ op, of }) => [op, of]));
    let [op] = open.keys() as Iterable<Op> as [Op];
    for (let i = 0; i < open.size; i++) op = before.get(op)!;
    throw this.refused("requires itself, by way of its requires and irequires: break the circle", op.line);
  }
}
