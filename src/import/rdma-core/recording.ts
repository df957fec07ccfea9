import { basename } from "node:path";
import { UserError } from "../../errors.js";
import { eachLine } from "../shared/lines.js";
import { eventOf } from "./event.js";
import { daysAfter, type Line, readLine } from "./line.js";
import { Program } from "./program.js";

const DAY_NS = 86_400_000_000_000n,
  SPAN_DAYS = 7n,
  /** What a trace numbers in 16 bits. */
  NODES = 1 << 16;

/** What was read of all files, and what was not. */
export interface Counts {
  lines: number;
  events: number;
  damaged: number;
  /** Last lines without an end. */
  partial: number;
  /** Events that recorders had no room for. */
  lost: number;
  /** Receives posted to shared queues, and work of opcodes that are not replayed. */
  srq: number;
  other: number;
  /** Events dated before the line above. */
  earlier: number;
  /** Events whose lines name no process. */
  nameless: number;
  mlx5: number;
  efa: number;
}

/** The files of a run, as far as they were read: its processes, in the order in which they appear. */
export class Recording {
  readonly programs = new Map<string, Program>();
  readonly counts: Counts = {
    lines: 0,
    events: 0,
    damaged: 0,
    partial: 0,
    lost: 0,
    srq: 0,
    other: 0,
    earlier: 0,
    nameless: 0,
    mlx5: 0,
    efa: 0,
  };
  /** Tracepoints of receives and completions are there. */
  hns = false;
  rxe = false;

  async read(path: string): Promise<void> {
    const file = new File(path, this);
    await eachLine(path, (bytes, from, to, line, whole) => {
      file.lines = line;
      if (whole) file.take(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1"));
      else this.counts.partial++;
      return false;
    });
    file.end();
  }
  program(line: Line, path: string): Program {
    const clock = `${line.clock} ${line.host === "" ? path : line.host}`,
      host = line.host === "" ? basename(path) : line.host,
      name = line.pid < 0 ? host : `${host}:${line.pid}`,
      // Two hosts' processes without names of hosts are told apart by their files.
      key = `${line.host === "" ? path : line.host}:${line.pid}`;
    let program = this.programs.get(key);
    if (!program) {
      if (this.programs.size === NODES)
        throw new UserError(
          `${path}: is of more than ${NODES} processes, the most that a trace has: import fewer files at once`,
        );
      this.programs.set(key, (program = new Program(name, clock, path)));
    }
    if (program.clock !== clock)
      throw new UserError(
        `${path}: tells the times of process ${name} otherwise than ${program.path} does: ` +
          "print all traces of a run with the same options of babeltrace2, best with --clock-seconds",
      );
    return program;
  }
}

/** One file while it is read. */
class File {
  lines = 0;
  private readonly path: string;
  private readonly recording: Recording;
  private readonly own = new Set<Program>();
  private days_ns = 0n;
  private first_ns: bigint | undefined;
  private last_ns = 0n;
  /** Events of any kind, and those that may be missing. */
  private events = 0;
  private missing = 0;
  private readonly not = { mlx5: 0, efa: 0 };

  constructor(path: string, recording: Recording) {
    this.path = path;
    this.recording = recording;
  }

  take(text: string): void {
    const line = readLine(text),
      { counts } = this.recording;
    if (line === "foreign") return;
    if (line === "damaged") {
      counts.damaged++;
      this.missing++;
    } else if (typeof line === "number") {
      counts.lost += line;
      this.missing += line;
    } else if (line.values) this.event(line);
    else if (line.provider === "mlx5" || line.provider === "efa") this.not[line.provider]++;
  }

  private event(line: Line): void {
    const { counts } = this.recording,
      event = eventOf(line);
    if (event === "damaged") {
      counts.damaged++;
      this.missing++;
      return;
    }
    this.events++;
    line.t = this.time(line);
    const program = this.recording.program(line, this.path);
    this.own.add(program);
    if (line.pid < 0) counts.nameless++;
    if (line.provider === "rxe") this.recording.rxe = program.emulated = true;
    else this.recording.hns = true;
    if (typeof event === "string") counts[event]++;
    else program.events.push(event.t === line.t ? event : { ...event, t: line.t });
  }

  /** The time of an event, on the day that it must be of. */
  private time({ clock, t }: Line): bigint {
    let time = t + this.days_ns;
    if (this.first_ns === undefined) this.first_ns = this.last_ns = time;
    if (clock === "time of day") {
      const more = daysAfter(time, this.last_ns);
      this.days_ns += more;
      time += more;
    }
    if (time < this.last_ns) this.recording.counts.earlier++;
    this.last_ns = time;
    const apart = time > this.first_ns ? time - this.first_ns : this.first_ns - time;
    // A wait is rows of at most 4.29 s each: one of years would be a hundred million of them.
    if (apart > SPAN_DAYS * DAY_NS)
      throw new UserError(
        `${this.path}: line ${this.lines}: is ${apart / DAY_NS} days from the file's first event, and more than ` +
          `${SPAN_DAYS} are not read: the clock was set or the line is damaged; cut the file there`,
      );
    return time;
  }

  end(): void {
    const { counts } = this.recording,
      { lines, events, not, path } = this;
    if (events === 0) throw nothing(path, lines, not);
    counts.lines += lines;
    counts.events += events;
    counts.mlx5 += not.mlx5;
    counts.efa += not.efa;
    if (this.missing > 0) for (const program of this.own) program.lossy = true;
  }
}

function nothing(path: string, lines: number, { mlx5, efa }: { mlx5: number; efa: number }): UserError {
  if (mlx5 > 0)
    return new UserError(
      `${path}: all its work requests are of rdma_core_mlx5, whose tracepoint has neither lengths (its field ` +
        "bytes counts SGEs) nor completions, so that a replay would be of other work: record with verbscope " +
        "capture, or import a log of UCX or packets (pcap)",
    );
  if (efa > 0)
    return new UserError(
      `${path}: all its work requests are of rdma_core_efa, whose queue pairs are SRD as a rule, a transport that ` +
        "traces of verbs do not have (RC, UC, UD), and whose tracepoints do not tell them from UD: " +
        "record a run on a device that has RC",
    );
  return new UserError(
    `${path}: none of its ${lines} lines is an event of rdma_core_rxe or rdma_core_hns: give what babeltrace2 ` +
      "prints of a trace of lttng enable-event -u 'rdma_core_*', or what capture/usdt.bt prints",
  );
}
