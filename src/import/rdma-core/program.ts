import { mtuFor } from "../verbs/inferred.js";
import { type Event, isSend, takesReceive } from "./event.js";

const ATOMIC_BYTES = 8,
  PAGE = 4096,
  /** Where regions are assumed to lie. */
  HEAP = 0x7f00_0000_0000,
  /** A datagram fits a packet, and no network's are larger. */
  LARGEST_DATAGRAM = 4096;

export class Qp {
  readonly number: number;
  /** Of its device among the process's. */
  readonly ctx: number;
  /** Its place in the process's list. */
  readonly place: number;
  ud = false;
  /** The number of the QP that it is connected to; 0 where nothing tells. */
  dest = 0;
  /** Work requests; those of them that take a receive; those that name the other side; the longest, bytes. */
  posts = 0;
  sends = 0;
  named = 0;
  longest_sent = 0;
  /** Some of it is not SEND, which no datagram is. */
  one_sided = false;
  /** QPs that it named when it sent, and how often; those that completions of receives named. */
  readonly targets = new Map<number, number>();
  readonly sources = new Set<number>();
  /** Messages that it got, the longest, receives that were posted in the recording and, for want of them, before. */
  receives = 0;
  longest = 0;
  posted = 0;
  before = 0;
  /** Its send completions are in the recording. */
  logged = false;
  signaled = 0;
  /** Messages that it got first and that were sent before the recording. */
  skipped = 0;
  /** Messages that reach it in a replay, and how many of those that it got can be waited for. */
  arrivals = 0;
  polls = 0;
  /** Its peer is simulated, though its side is there: events that are missing may have been messages. */
  alone = false;
  partner: Qp | undefined;
  /** Its memory: all of its messages begin where that does. */
  region = 0;
  bytes = 0;
  last_tid = 1;

  constructor(number: number, ctx: number, place: number) {
    this.number = number;
    this.ctx = ctx;
    this.place = place;
  }
  /** Keys of regions are of the QPs' places; 0 is none. */
  get key(): number {
    return this.place + 1;
  }
  get send_cq(): number {
    return 2 * this.place;
  }
  get recv_cq(): number {
    return 2 * this.place + 1;
  }
  /** Every send completes: those that did were not asked to (sq_sig_all). */
  get signals_all(): boolean {
    return this.logged && this.signaled === 0;
  }
  /** Bytes; 0 where nothing tells it. */
  get mtu(): number {
    return this.ud ? mtuFor(this.longest_sent) : 0;
  }
  /** What its side of a connection touches of either side's memory. */
  get reach(): number {
    return Math.max(this.longest_sent, this.longest);
  }

  count(e: Event): void {
    this.last_tid = e.tid;
    if (e.kind === "post") {
      this.posts++;
      if (takesReceive(e.opcode)) this.sends++;
      if (!isSend(e.opcode)) this.one_sided = true;
      this.longest_sent = Math.max(
        this.longest_sent,
        e.length,
        e.opcode.startsWith("ATOMIC") ? ATOMIC_BYTES : 0,
      );
      if (e.flags & 1) this.signaled++;
      if (e.peer === 0) return;
      this.named++;
      this.targets.set(e.peer, (this.targets.get(e.peer) ?? 0) + 1);
    } else if (e.kind === "receive") this.posted++;
    else if (e.status !== 0) return;
    else if (e.kind === "sent") this.logged = true;
    else {
      this.receives++;
      this.longest = Math.max(this.longest, e.length);
      this.before = Math.max(this.before, this.receives - this.posted);
      if (e.peer !== 0) this.sources.add(e.peer);
    }
  }
  /** Sends that name QPs are datagrams, as long as all of them may be; a connection has one peer. */
  settle(): void {
    this.ud = this.named > 0 && !this.one_sided && this.longest_sent <= LARGEST_DATAGRAM;
    const named = this.named > 0 ? [...this.targets.keys()] : [...this.sources];
    if (!this.ud && named.length === 1) this.dest = named[0]!;
  }
}

/** One process of a recording: what it did, and what follows of its objects. */
export class Program {
  readonly name: string;
  /** Whose clock its times are of; equal for processes that can be compared. */
  readonly clock: string;
  /** The file that it was found in first. */
  readonly path: string;
  readonly devices: string[] = [];
  readonly qps: Qp[] = [];
  events: Event[] = [];
  /** Events are known to be missing where they were recorded. */
  lossy = false;
  /** Its devices are those of rdma_rxe, which are software. */
  emulated = false;
  /** Of each device. */
  private readonly byNumber: Map<number, Qp>[] = [];
  private last: Qp | undefined;

  constructor(name: string, clock: string, path: string) {
    this.name = name;
    this.clock = clock;
    this.path = path;
  }
  get first_ns(): bigint {
    return this.events[0]!.t;
  }
  get last_ns(): bigint {
    return this.events.at(-1)!.t;
  }

  qp(device: string, number: number): Qp {
    const { last } = this;
    if (last?.number === number && this.devices[last.ctx] === device) return last;
    let ctx = this.devices.indexOf(device);
    if (ctx < 0) ctx = this.devices.push(device) - 1;
    const qps = (this.byNumber[ctx] ??= new Map());
    let qp = qps.get(number);
    if (!qp) {
      qp = new Qp(number, ctx, this.qps.length);
      this.qps.push(qp);
      qps.set(number, qp);
    }
    return (this.last = qp);
  }

  /** Puts the events in order, as bpftrace prints those of each CPU by themselves, and counts them. */
  close(): void {
    const { events } = this;
    if (events.some((e, i) => i > 0 && e.t < events[i - 1]!.t))
      events.sort((a, b) => (a.t < b.t ? -1 : a.t > b.t ? 1 : 0));
    for (const e of events) this.qp(e.device, e.qp).count(e);
    for (const qp of this.qps) qp.settle();
  }
  /** Gives each QP its region, one behind the other. */
  place(): void {
    let at = HEAP;
    for (const qp of this.qps) {
      qp.region = at;
      qp.bytes = Math.max(qp.reach, qp.partner?.reach ?? 0);
      at += Math.ceil(qp.bytes / PAGE) * PAGE;
    }
  }
}
