import type { Opcode } from "../../abi/verbs.js";
import type { Packet } from "./transport.js";

const MASK = 0xffffff,
  HALF = 0x800000;
/** The smallest path MTU. */
const LEAST_MTU = 256;

/** How far PSN `a` is past `b`, modulo 2^24; from 2^23 on it lies before it. */
export const past = (a: number, b: number): number => (a - b) & MASK;

/** One work request, as its packets show it. */
export interface Message {
  readonly opcode: Opcode;
  readonly first_ns: bigint;
  /** Of its last request packet. */
  last_ns: bigint;
  /** Of the packet that completes it; undefined where the capture has none. */
  done_ns?: bigint;
  bytes: number;
  readonly psn: number;
  /** Sequence numbers that it takes; of a READ at most so many. */
  psns: number;
  readonly remote_addr: bigint;
  readonly rkey: number;
  imm: number;
}

/** What a capture shows that makes no message of a trace. */
export interface Lost {
  /** Packets that were sent again, packets that are missing, and messages that lack some of theirs. */
  again: number;
  missing: number;
  cut: number;
  refused: number;
  not_ready: number;
}

/** Requests from one port to one QP of another; responses to them come back to the sender's QP. */
export class Flow {
  readonly source: string;
  readonly target: string;
  readonly service: Packet["service"];
  readonly qp: number;
  /** The sender's QP, once something tells it. */
  source_qp: number | undefined;
  readonly messages: Message[] = [];
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
  private open: Message | undefined;
  /** Messages before this one are complete. */
  private done = 0;
  private readonly lost: Lost;

  constructor(source: string, target: string, p: Packet, lost: Lost) {
    this.source = source;
    this.target = target;
    this.service = p.service;
    this.qp = p.qp;
    this.lost = lost;
  }

  /** A request packet. */
  request(p: Packet, t: bigint): void {
    if (this.service !== "UD" && !this.inOrder(p)) return;
    this.largest_bytes = Math.max(this.largest_bytes, p.payload_bytes);
    if (p.part === "first" || p.part === "middle") this.mtu = Math.max(this.mtu, p.payload_bytes);
    if (p.part === "only" || p.part === "first") this.start(p, t);
    else if (!this.open) {
      if (p.part === "last") this.lost.cut++;
      return;
    } else {
      this.open.last_ns = t;
      this.open.psns++;
      if (this.open.opcode.startsWith("SEND")) this.open.bytes += p.payload_bytes;
    }
    if (p.part === "only" || p.part === "last") this.end(p);
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
      this.open = undefined;
    }
    this.slack = 0;
    this.next = (p.psn + 1) & MASK;
    return true;
  }

  private start(p: Packet, t: bigint): void {
    if (this.open) this.lost.cut++;
    const read = p.opcode === "RDMA_READ",
      psns = read ? Math.max(1, Math.ceil(p.message_bytes / this.read_mtu)) : 1;
    if (read) this.slack = psns - 1;
    const rdma = !p.opcode.startsWith("SEND");
    this.open = {
      opcode: p.opcode,
      first_ns: t,
      last_ns: t,
      bytes: rdma ? p.message_bytes : p.payload_bytes,
      psn: p.psn,
      psns,
      remote_addr: rdma ? p.remote_addr : 0n,
      rkey: rdma ? p.rkey : 0,
      imm: 0,
    };
  }

  private end(p: Packet): void {
    const message = { ...this.open!, opcode: p.opcode, imm: p.imm };
    // Nothing answers these: they are done when they are sent.
    if (this.service !== "RC") message.done_ns = message.last_ns;
    this.messages.push(message);
    this.open = undefined;
    if (this.service === "RC") this.most_open = Math.max(this.most_open, this.messages.length - this.done);
  }

  /** Whether a message that is not answered yet, or one under way, has this sequence number. */
  awaits(psn: number): boolean {
    const has = (m: Message): boolean => past(psn, m.psn) < m.psns;
    for (let i = this.done; i < this.messages.length; i++) if (has(this.messages[i]!)) return true;
    return this.open !== undefined && has(this.open);
  }

  /** The capture ends; true within a message, which is left out. */
  get cut(): boolean {
    return this.open !== undefined;
  }

  /** An answer of the receiver: what it completes ends at `t`. */
  answer(p: Packet, t: bigint): void {
    if (p.part === "ack" && p.syndrome >= 0x60) this.lost.refused++;
    else if (p.part === "ack" && p.syndrome >= 0x20) this.lost.not_ready++;
    if (p.part === "ack" && p.syndrome >= 0x20) return;
    if (p.part === "response") this.largest_bytes = Math.max(this.largest_bytes, p.payload_bytes);
    if (p.part === "response") this.read_mtu = Math.max(this.read_mtu, p.payload_bytes);
    if (p.part === "response" && !p.end) return;
    for (; this.done < this.messages.length; this.done++) {
      const m = this.messages[this.done]!,
        ahead = past(p.psn, m.psn),
        last = ahead < m.psns && (!answered(m) || p.part !== "ack");
      // Answers come in order: one to a later request is one to all before it.
      if (ahead >= HALF || (last && !answered(m) && ahead < m.psns - 1)) return;
      if (answered(m) && ahead < m.psns && p.part === "ack") {
        const next = this.messages[this.done + 1];
        if (!next || past(p.psn, next.psn) >= HALF) return;
      }
      m.done_ns = t;
      if (last) {
        this.done++;
        return;
      }
    }
  }
}
const answered = (m: Message): boolean => m.opcode === "RDMA_READ" || m.opcode.startsWith("ATOMIC");
