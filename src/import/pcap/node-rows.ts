import { NO_ID } from "../../abi/columns.js";
import { FLAGS, OPCODE_ID, OPCODES, QP_TYPES, VERB_ID } from "../../abi/verbs.js";
import type { DataRows } from "../../trace/verbs/data-rows.js";
import { completionOf, DEPTH, GRH_BYTES, LONGEST_NS } from "../verbs/inferred.js";
import { BYTES, HIGH, IMM, LOW, OPCODE, RKEY, SIDE, STEP } from "./events/record.js";
import type { Stream } from "./events/stream.js";
import type { Ends, PortNode } from "./nodes.js";
import { type Receive, setUp, setUpRows } from "./set-up.js";

/** The only thread of a node. */
export const TID = 1;
const { post_send: POST_SEND, post_recv: POST_RECV, poll_cq: POLL, poll_cq_empty: EMPTY } = VERB_ID;
const WRITE = OPCODE_ID.RDMA_WRITE,
  WRITE_WITH_IMM = OPCODE_ID.RDMA_WRITE_WITH_IMM,
  RECEIVED = OPCODE_ID.RECV,
  RECEIVED_WRITE = OPCODE_ID.RECV_RDMA_WITH_IMM;
/** By operation: what the sender's completion says. */
const SENT = Uint8Array.from(OPCODES, (o) => OPCODE_ID[completionOf(o)]);
const UD_TYPE = QP_TYPES.indexOf("UD");

/** The rows of one node, one at a time: its set-up, then what its events say. */
export class NodeRows {
  readonly number: number;
  /** When the next row has its turn, from the origin: never before the row that came last. */
  time = 0;
  /** No row is left. */
  done = false;
  /** Rows so far: each is a call. */
  calls = 0;
  private readonly origin_ns: bigint;
  private readonly ends: readonly Ends[];
  private readonly events: Stream;
  private readonly setUp: ReturnType<typeof setUp>;
  private setUpLeft: number;
  private now = 0;
  /** The event at hand is a post; others are completions. */
  private posts = false;
  /** One that follows the message that took a receive. */
  private again: Receive | undefined;

  constructor(node: PortNode, origin_ns: bigint, ends: readonly Ends[], events: Stream) {
    this.number = node.number;
    this.origin_ns = origin_ns;
    this.ends = ends;
    this.events = events;
    this.setUp = setUp(node);
    this.setUpLeft = setUpRows(node);
  }

  /** Adds the next row. */
  add(rows: DataRows): void {
    const { events, again } = this;
    if (this.setUpLeft > 0) this.control(rows);
    else if (again) {
      this.again = undefined;
      this.receive(rows, again);
    } else if (this.posts) this.post(rows);
    else if (this.now < events.t) this.wait(rows);
    else this.poll(rows);
    this.look();
  }

  /** When the row that follows is. */
  private look(): void {
    if (this.setUpLeft > 0 || this.again) return;
    const { done, words, at, t } = this.events;
    this.done = done;
    if (done) return;
    this.posts = ((words[at + SIDE]! | words[at + STEP]!) & 1) === 0;
    const next = this.posts ? t : this.now;
    if (next > this.time) this.time = next;
  }

  private control(rows: DataRows): void {
    const next = this.setUp.next().value!;
    this.setUpLeft--;
    if ("number" in next) return this.receive(rows, next);
    next.t = this.origin_ns;
    next.node = this.number;
    next.tid = TID;
    next.call = this.calls++;
    rows.addRow(next);
  }
  private receive(rows: DataRows, { qp, number }: Receive): void {
    const length = qp.longest + (qp.type === UD_TYPE ? GRH_BYTES : 0),
      i = rows.add(POST_RECV, this.number, this.calls++, this.now, qp.qpn, NO_ID);
    rows.work(i, number, 0, length, 0);
    rows.post(i, 0, length > 0 ? 1 : 0);
  }
  private post(rows: DataRows): void {
    const { events } = this,
      { words, at } = events,
      { sender, receiver, posts, datagrams } = this.ends[words[at + SIDE]! >>> 1]!,
      bytes = words[at + BYTES]!,
      rkey = words[at + RKEY]!,
      opcode = words[at + OPCODE]!;
    this.now = events.t;
    const i = rows.add(POST_SEND, this.number, this.calls++, events.t, sender.qpn, NO_ID);
    rows.work(i, posts + (words[at + STEP]! >>> 1), opcode, bytes, words[at + IMM]!);
    rows.post(i, FLAGS.signaled, bytes > 0 ? 1 : 0);
    rows.remote(
      i,
      words[at + LOW]!,
      words[at + HIGH]!,
      rkey === 0 ? NO_ID : rkey,
      datagrams ? receiver.qpn : NO_ID,
    );
    if (opcode === WRITE && sender.turn >= 0) rows.awaits(i, sender.turn++);
    events.next();
  }
  /** The time since the last call is polling, not thinking: what comes was waited for. */
  private wait(rows: DataRows): void {
    const { t, words, at } = this.events,
      side = words[at + SIDE]!,
      { sender, receiver } = this.ends[side >>> 1]!,
      gap = Math.min(t - this.now, LONGEST_NS),
      i = rows.add(
        EMPTY,
        this.number,
        this.calls++,
        this.now,
        NO_ID,
        (side & 1) === 0 ? sender.cq : receiver.cq,
      );
    rows.empty(i, 1, gap);
    this.now += gap;
  }
  private poll(rows: DataRows): void {
    const { events } = this,
      { words, at } = events,
      side = words[at + SIDE]!,
      { sender, receiver, posts, receives, datagrams } = this.ends[side >>> 1]!,
      sent = (side & 1) === 0,
      qp = sent ? sender : receiver,
      opcode = words[at + OPCODE]!,
      bytes = words[at + BYTES]!,
      number = (words[at + STEP]! >>> 1) + (sent ? posts : receives),
      i = rows.add(POLL, this.number, this.calls++, this.now, qp.qpn, qp.cq);
    if (sent) rows.work(i, number, SENT[opcode]!, bytes, 0);
    else {
      const received = opcode === WRITE_WITH_IMM ? RECEIVED_WRITE : RECEIVED;
      rows.work(i, number, received, bytes + (datagrams ? GRH_BYTES : 0), words[at + IMM]!);
      if (number + DEPTH < qp.receives) this.again = { qp, number: number + DEPTH };
    }
    events.next();
  }
}
