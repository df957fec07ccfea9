import { OPCODE_ID } from "../../abi/verbs.js";
import type { Events } from "./events/events.js";
import {
  ACK,
  FIRST,
  IS_ANSWERED,
  IS_SEND,
  LAST,
  MIDDLE,
  ONLY,
  type Packet,
  RC,
  RESPONSE,
  UD,
} from "./packets/transport.js";
import { Regions } from "./regions.js";
import { Unanswered } from "./unanswered.js";

const MASK = 0xffffff,
  HALF = 0x800000;
/** The smallest path MTU. */
const LEAST_MTU = 256;
/** Syndromes of an AETH from which an answer says not ready, and refuses. */
const NOT_READY = 0x20,
  REFUSED = 0x60;
const WRITE = OPCODE_ID.RDMA_WRITE,
  WRITE_WITH_IMM = OPCODE_ID.RDMA_WRITE_WITH_IMM,
  READ = OPCODE_ID.RDMA_READ;

/** How far PSN `a` is past `b`, modulo 2^24; from 2^23 on it lies before it. */
const past = (a: number, b: number): number => (a - b) & MASK;

/** What a capture shows that makes no message of a trace. */
export interface Lost {
  /** Packets that were sent again, packets that are missing, and messages that lack some of theirs. */
  again: number;
  missing: number;
  cut: number;
  refused: number;
  not_ready: number;
  /** Bytes of the longest message: no event holds 4 GiB. */
  longest: number;
}

/**
 * Requests from one port to one QP of another; responses to them come back to the sender's QP. Each message that
 * is complete becomes events: posted at its first packet, received at its last, completed at its answer.
 */
export class Flow {
  readonly number: number;
  /** Ports. */
  readonly source: number;
  readonly target: number;
  readonly service: number;
  readonly qp: number;
  /** The sender's QP, once something tells it. */
  source_qp: number | undefined;
  readonly regions = new Regions();
  /** Messages; those that take a receive, and the longest of them; RDMA WRITEs without immediate data. */
  messages = 0;
  receives = 0;
  longest = 0;
  writes = 0;
  first_psn = -1;
  /** Of packets that fill the path MTU: of a first or middle packet. */
  mtu = 0;
  /** The most payload of any packet either way. */
  largest_bytes = 0;
  /** The most messages that had no answer yet at once. */
  most_open = 0;
  private next = -1;
  /** The most payload that a READ's response had: it takes a sequence number for each so many bytes. */
  private read_mtu = LEAST_MTU;
  /** A READ takes up to so many sequence numbers beyond `next`. */
  private slack = 0;
  /** Messages of RC, in order. */
  private readonly unanswered = new Unanswered();
  private readonly lost: Lost;
  private readonly events: Events;

  // The message under way, of which a first packet came and no last one.
  private open = false;
  private opcode = 0;
  private first_ns = 0;
  private bytes = 0;
  private psn = 0;
  /** Sequence numbers that it takes; of a READ at most so many. */
  private psns = 0;
  private rkey = 0;
  private high = 0;
  private low = 0;

  constructor(number: number, source: number, target: number, p: Packet, lost: Lost, events: Events) {
    this.number = number;
    this.source = source;
    this.target = target;
    this.service = p.service;
    this.qp = p.qp;
    this.lost = lost;
    this.events = events;
  }

  /** A request packet. */
  request(p: Packet, t: number): void {
    if (this.service !== UD && !this.inOrder(p)) return;
    if (p.payload_bytes > this.largest_bytes) this.largest_bytes = p.payload_bytes;
    if ((p.part === FIRST || p.part === MIDDLE) && p.payload_bytes > this.mtu) this.mtu = p.payload_bytes;
    if (p.part <= FIRST) this.start(p, t);
    else if (!this.open) {
      if (p.part === LAST) this.lost.cut++;
      return;
    } else {
      this.psns++;
      if (IS_SEND[this.opcode] === 1) this.bytes += p.payload_bytes;
    }
    if (p.part === ONLY || p.part === LAST) this.end(p, t);
  }

  /** Whether it is new; what is missing before it is counted, and ends the message that it belonged to. */
  private inOrder(p: Packet): boolean {
    if (this.next < 0) this.first_psn = this.next = p.psn;
    const ahead = past(p.psn, this.next);
    if (ahead >= HALF) {
      this.lost.again++;
      return false;
    }
    if (ahead > this.slack) {
      this.lost.missing += ahead;
      if (this.open) this.lost.cut++;
      this.open = false;
    }
    this.slack = 0;
    this.next = (p.psn + 1) & MASK;
    return true;
  }

  private start(p: Packet, t: number): void {
    if (this.open) this.lost.cut++;
    const send = IS_SEND[p.opcode] === 1;
    this.psns = p.opcode === READ ? Math.max(1, Math.ceil(p.message_bytes / this.read_mtu)) : 1;
    if (p.opcode === READ) this.slack = this.psns - 1;
    this.open = true;
    this.opcode = p.opcode;
    this.first_ns = t;
    this.bytes = send ? p.payload_bytes : p.message_bytes;
    this.psn = p.psn;
    this.rkey = send ? 0 : p.rkey;
    this.high = send ? 0 : p.high;
    this.low = send ? 0 : p.low;
  }

  /** The message is complete. Its last packet says whether it has immediate data. */
  private end({ opcode, imm }: Packet, t: number): void {
    const { events, bytes, rkey, low, high } = this;
    if (bytes > this.lost.longest) this.lost.longest = bytes;
    this.open = false;
    const number = this.messages++,
      sender = 2 * this.number;
    events.add(this.source, this.first_ns, sender, 2 * number, opcode, bytes, imm, rkey, low, high);
    if (opcode === WRITE) this.writes++;
    if (this.service !== RC)
      // Nothing answers these: they are done when they are sent.
      events.add(this.source, t, sender, 2 * number + 1, opcode, bytes, 0, 0, 0, 0);
    else {
      this.unanswered.push(this.psn, this.psns, bytes, opcode);
      if (this.unanswered.length > this.most_open) this.most_open = this.unanswered.length;
    }
    if (IS_SEND[opcode] === 1 || opcode === WRITE_WITH_IMM) {
      if (bytes > this.longest) this.longest = bytes;
      events.add(this.target, t, sender + 1, 2 * this.receives++, opcode, bytes, imm, 0, 0, 0);
    }
    if (rkey !== 0 || low !== 0 || high !== 0) this.regions.touch(rkey, high, low, bytes);
  }

  /** Whether a message that is not answered yet, or one under way, has this sequence number. */
  awaits(psn: number): boolean {
    return (this.open && past(psn, this.psn) < this.psns) || this.unanswered.has(psn);
  }
  /** The capture ends; true within a message, which is left out. */
  get cut(): boolean {
    return this.open;
  }
  /** Messages that no answer completed. */
  get left(): number {
    return this.unanswered.length;
  }

  /** An answer of the receiver: what it completes ends at `t`. */
  answer(p: Packet, t: number): void {
    const ack = p.part === ACK;
    if (ack && p.syndrome >= NOT_READY) {
      if (p.syndrome >= REFUSED) this.lost.refused++;
      else this.lost.not_ready++;
      return;
    }
    if (p.part === RESPONSE) {
      if (p.payload_bytes > this.largest_bytes) this.largest_bytes = p.payload_bytes;
      if (p.payload_bytes > this.read_mtu) this.read_mtu = p.payload_bytes;
      if (!p.end) return;
    }
    const { unanswered } = this;
    while (unanswered.length > 0) {
      const ahead = past(p.psn, unanswered.psn(0)),
        psns = unanswered.psns(0),
        data = IS_ANSWERED[unanswered.opcode(0)] === 1,
        last = ahead < psns && (!data || !ack);
      // Answers come in order: one to a later request is one to all before it.
      if (ahead >= HALF || (last && !data && ahead < psns - 1)) return;
      if (data && ahead < psns && ack)
        if (unanswered.length < 2 || past(p.psn, unanswered.psn(1)) >= HALF) return;
      this.complete(t);
      if (last) return;
    }
  }
  private complete(t: number): void {
    const { unanswered } = this,
      number = this.messages - unanswered.length;
    this.events.add(
      this.source,
      t,
      2 * this.number,
      2 * number + 1,
      unanswered.opcode(0),
      unanswered.bytes(0),
      0,
      0,
      0,
      0,
    );
    unanswered.shift();
  }
}
