import { FLAGS, OPCODE_ID } from "../../abi/verbs.js";
import { MTUS, mtuFor } from "../verbs/inferred.js";
import { DONE_ID, DONE_INDEX, Events, FAILED, POST, RECEIVED } from "./events.js";
import { Regions } from "./regions.js";
import type { Completed, Connected, Cqe, Created, Received } from "./texts.js";
import { isAtomic, isSend, type Work } from "./work.js";

/** A wall clock that steps back by more is set, not read by two threads in the other order. */
const SET_BACK_US = 1e6;
const ATOMIC_BYTES = 8,
  LARGEST_MTU = 4096;

export class Qp {
  readonly number: number;
  /** Its place in the process's list. */
  readonly place: number;
  ud = false;
  /** Of the dynamically connected transport, which verbs/1 does not have. */
  dc = false;
  connected: Connected | undefined;
  created: Created | undefined;
  /** Times that it was connected to somebody else later. */
  again = 0;
  posts = 0;
  /** Messages that it sent, and that it got, and the longest of each, bytes. */
  sends = 0;
  longest_sent = 0;
  receives = 0;
  longest = 0;
  /** Messages that reach it in a replay; where no log has their sender, as many as it got. */
  arrivals = -1;
  /** Of those that it got, how many a replay can wait for. */
  polls = 0;
  /** Datagrams to it may be missing within their senders' logs, so that none can be told from the next. */
  uncertain = false;
  /** Lines that were dropped and may have been messages that it sent. */
  lost = 0;
  /** Its peer is simulated, though its log is there. */
  alone = false;
  /** Datagrams that it sent, by the number of their QP. */
  readonly datagrams = new Map<number, number>();
  /** Its completions are in the log. */
  logged = false;
  /** The thread of its last line. */
  last_tid = 1;
  /** Largest index of a WQE. */
  last_index = 0;
  /** What it touched of its peer, by rkey. */
  readonly remote = new Regions();

  constructor(number: number, place: number) {
    this.number = number;
    this.place = place;
  }
  /** It does something here, or somebody may write to its memory or send to it. */
  get used(): boolean {
    return !this.dc && (this.posts + this.receives > 0 || this.connected !== undefined || this.ud);
  }
  get send_cq(): number {
    return 2 * this.place;
  }
  get recv_cq(): number {
    return 2 * this.place + 1;
  }
  /** Bytes: what was agreed, of datagrams the least that the longest fits; 0 where neither tells it. */
  get mtu(): number {
    if (!this.ud) return MTUS.find((mtu) => mtu === this.connected?.mtu) ?? 0;
    return mtuFor(this.longest_sent);
  }
}

/** One process of a log: what its lines say that it did, and what follows of its objects. */
export class Program {
  readonly name: string;
  readonly events = new Events();
  readonly qps: Qp[] = [];
  /** Its own memory, by lkey. */
  readonly local = new Regions();
  readonly devices: string[] = [];
  /** Where it ran; undefined where lines do not tell. */
  readonly host: string | undefined;
  threads = 0;
  /** When its first work began; -1 where its peers do all of it. */
  start_us = -1;
  /** When its last QP was set up before that. */
  private opened_us = 0;
  /** Lines whose time lay before that of the line above, and times that the clock was set back. */
  earlier = 0;
  set_back = 0;
  /** Lines of work requests and completions that are damaged, and those that name no QP. */
  damaged = 0;
  nameless = 0;
  /** Work requests whose memory lies too far from what else their keys name. */
  far = 0;
  masked = 0;
  mixed = 0;
  with_imm = 0;
  private readonly byNumber = new Map<number, Qp>();
  private last: Qp | undefined;
  /** When its last line was written. */
  end_us = 0;
  private shift_us = 0;

  constructor(name: string, host?: string) {
    this.host = host;
    this.name = name;
  }

  get first_us(): number {
    return this.start_us < 0 ? this.opened_us : this.start_us;
  }
  get last_us(): number {
    return this.start_us < 0 ? this.opened_us : this.end_us;
  }

  qp(number: number): Qp {
    if (this.last?.number === number) return this.last;
    let qp = this.byNumber.get(number);
    if (!qp) {
      qp = new Qp(number, this.qps.length);
      this.qps.push(qp);
      this.byNumber.set(number, qp);
    }
    return (this.last = qp);
  }

  post(work: Work, t_us: number, tid: number): void {
    const qp = this.qp(work.qp),
      one_sided = work.remote_addr >= 0;
    let length = work.inline_bytes,
      near = true;
    for (let i = 0; i < work.sges; i++) {
      length += work.length[i]!;
      near &&= this.local.touch(work.lkey[i]!, work.addr[i]!, work.length[i]!);
    }
    // An atomic is of 8 bytes where it is done, whatever comes back.
    const reach = isAtomic(work.opcode) ? ATOMIC_BYTES : length;
    if (one_sided) near &&= qp.remote.touch(work.rkey, work.remote_addr, reach);
    if (work.peer >= 0 && !one_sided && length > LARGEST_MTU) {
      this.dropped(work);
      return;
    }
    if (!near) {
      this.far++;
      if (!one_sided) qp.lost++;
      return;
    }
    const at = this.events.add(POST, this.time(t_us), tid, qp.place),
      { chunk } = this.events;
    qp.posts++;
    qp.last_tid = tid;
    if (work.by_index && work.wr_id > qp.last_index) qp.last_index = work.wr_id;
    if (work.peer >= 0) {
      if (one_sided) qp.dc = true;
      else qp.ud = true;
    }
    if (!one_sided) {
      qp.sends++;
      if (length > qp.longest_sent) qp.longest_sent = length;
      if (work.peer >= 0) qp.datagrams.set(work.peer, (qp.datagrams.get(work.peer) ?? 0) + 1);
    }
    if (work.masked) this.masked++;
    if (work.inlines > 0 && work.sges > 0) this.mixed++;
    if (work.opcode === OPCODE_ID.SEND_WITH_IMM) this.with_imm++;
    const inline = work.inlines > 0 && work.sges === 0;
    chunk.opcode[at] = work.opcode;
    chunk.flags[at] = work.flags | (inline ? FLAGS.inline : 0);
    chunk.length[at] = length;
    chunk.wr_id[at] = work.wr_id;
    chunk.peer[at] = work.peer;
    chunk.addr[at] = Math.max(0, work.remote_addr);
    chunk.rkey[at] = work.rkey;
    chunk.num_sge[at] = work.sges + work.inlines;
    // An SGE whose bytes lie in the WQE has no address: with one, nothing can be said of the list.
    chunk.sges[at] = work.inlines === 0 ? work.sges : 0;
    if (work.inlines === 0) chunk.addSges(work);
  }

  /** A damaged line of a work request. */
  dropped({ qp, opcode }: Work): void {
    this.damaged++;
    if (qp < 0) this.nameless++;
    else if (opcode < 0 || isSend(opcode)) this.qp(qp).lost++;
  }

  received({ qp: number, ud, length }: Received, t_us: number, tid: number): void {
    const qp = this.qp(number),
      at = this.events.add(RECEIVED, this.time(t_us), tid, qp.place),
      { chunk } = this.events;
    if (ud) qp.ud = true;
    qp.receives++;
    qp.last_tid = tid;
    if (length > qp.longest) qp.longest = length;
    chunk.length[at] = length;
  }

  cqe({ qp: number, wqe }: Cqe, t_us: number, tid: number): void {
    const qp = this.qp(number),
      at = this.events.add(DONE_INDEX, this.time(t_us), tid, qp.place);
    qp.logged = true;
    this.events.chunk.wr_id[at] = wqe;
  }

  completed({ qp: number, wr_id, status }: Completed, t_us: number, tid: number): void {
    const qp = this.qp(number),
      at = this.events.add(status === 0 ? DONE_ID : FAILED, this.time(t_us), tid, qp.place),
      { chunk } = this.events;
    if (status === 0) qp.logged = true;
    chunk.wr_id[at] = wr_id;
    chunk.peer[at] = status;
  }

  connected(c: Connected, t_us: number): void {
    if (this.start_us < 0) this.opened_us = t_us;
    const qp = this.qp(c.qp);
    if (qp.connected && qp.connected.peer !== c.peer) qp.again++;
    else qp.connected = c;
  }

  created(c: Created, t_us: number): void {
    if (this.start_us < 0) this.opened_us = t_us;
    const qp = this.qp(c.qp);
    qp.created = c;
    if (c.type === "UD") qp.ud = true;
    else if (c.type !== "RC") qp.dc = true;
    if (!this.devices.includes(c.device)) this.devices.push(c.device);
  }

  /** The time of a line, which never lies before that of the line above. */
  private time(t_us: number): number {
    let t = t_us + this.shift_us;
    if (this.start_us < 0) this.start_us = this.end_us = t;
    if (t < this.end_us) {
      if (this.end_us - t > SET_BACK_US) {
        this.set_back++;
        this.shift_us += this.end_us - t;
      } else this.earlier++;
      t = this.end_us;
    }
    return (this.end_us = t);
  }
}
