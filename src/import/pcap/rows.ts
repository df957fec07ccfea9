import { NO_ID } from "../../abi/columns.js";
import { FLAGS, QP_STATES, QP_TYPES, type Verb } from "../../abi/verbs.js";
import { emptyRow, type VerbsRow } from "../../trace/table/rows.js";
import { ACCESS, completionOf, DEPTH, GRH_BYTES, LONGEST_NS, TO_INIT, TO_RTR } from "../verbs/inferred.js";
import type { Flow, Message } from "./flow.js";

export interface NodeQp {
  readonly type: number;
  peer: number;
  mtu: number;
  rq_psn: number;
  sq_psn: number;
  readonly cq: number;
  /** Messages that take a receive, and the longest of them. */
  receives: number;
  longest: number;
}
interface Region {
  low: bigint;
  high: bigint;
}
/** What a node did, in the order in which its packets came. */
interface Done {
  readonly t: bigint;
  readonly what: "post" | "sent" | "received";
  readonly flow: Flow;
  readonly message: Message;
  /** Of its QP's WRs of this kind. */
  readonly number: number;
}
const receives = (m: Message): boolean => m.opcode.startsWith("SEND") || m.opcode === "RDMA_WRITE_WITH_IMM";

/** One port of the capture: its objects are inferred from what was sent. */
export class PortNode {
  readonly name: string;
  private readonly node: number;
  private readonly qps = new Map<number, NodeQp>();
  private readonly regions = new Map<number, Region>();
  private readonly done: Done[] = [];
  private readonly posts = new Map<number, number>();
  private readonly last: VerbsRow;
  private calls = 0;
  private now: bigint;

  constructor(name: string, node: number, start: bigint) {
    this.name = name;
    this.node = node;
    this.now = start;
    this.last = this.row("post_send");
    this.calls = 0;
  }

  qp(number: number, service: Flow["service"]): NodeQp {
    let qp = this.qps.get(number);
    if (!qp) {
      qp = {
        type: (QP_TYPES as readonly string[]).indexOf(service),
        peer: NO_ID,
        mtu: 0,
        rq_psn: NO_ID,
        sq_psn: NO_ID,
        cq: this.qps.size,
        receives: 0,
        longest: 0,
      };
      this.qps.set(number, qp);
    }
    return qp;
  }

  sends(flow: Flow): void {
    const qp = flow.source_qp!;
    for (const message of flow.messages) {
      const number = this.posts.get(qp) ?? 0;
      this.posts.set(qp, number + 1);
      this.done.push({ t: message.first_ns, what: "post", flow, message, number });
      if (message.done_ns !== undefined)
        this.done.push({ t: message.done_ns, what: "sent", flow, message, number });
    }
  }

  receives(flow: Flow): void {
    const qp = this.qp(flow.qp, flow.service);
    for (const message of flow.messages) {
      if (receives(message)) {
        qp.longest = Math.max(qp.longest, message.bytes);
        this.done.push({ t: message.last_ns, what: "received", flow, message, number: qp.receives++ });
      }
      if (message.rkey === 0 && message.remote_addr === 0n) continue;
      const end = message.remote_addr + BigInt(message.bytes),
        region = this.regions.get(message.rkey);
      if (!region) this.regions.set(message.rkey, { low: message.remote_addr, high: end });
      else {
        if (message.remote_addr < region.low) region.low = message.remote_addr;
        if (end > region.high) region.high = end;
      }
    }
  }

  *rows(): Generator<VerbsRow> {
    yield* this.setUp();
    // The sort keeps the order of what is of one time.
    this.done.sort((a, b) => (a.t < b.t ? -1 : a.t > b.t ? 1 : 0));
    for (const d of this.done) {
      if (d.what === "post") yield this.post(d);
      else {
        yield* this.poll(d);
        if (d.what === "received") {
          const qp = this.qps.get(d.flow.qp)!;
          if (d.number + DEPTH < qp.receives) yield this.receive(d.flow.qp, qp, d.number + DEPTH);
        }
      }
    }
  }

  private row(verb: Verb): VerbsRow {
    const row = emptyRow(verb);
    row.t = this.now;
    row.node = this.node;
    row.tid = 1;
    row.call = this.calls++;
    return row;
  }
  /** The same for a call of the data path: one row serves all, until the next is asked for. */
  private data(verb: Verb): VerbsRow {
    const { last } = this;
    last.verb = verb;
    last.t = this.now;
    last.call = this.calls++;
    last.qp = last.cq = last.rkey = last.peer_qp = NO_ID;
    last.wr_id = last.remote_addr = last.size = 0n;
    last.opcode = "NONE";
    last.flags = last.length = last.num_sge = last.imm = last.dur = 0;
    return last;
  }

  private *setUp(): Generator<VerbsRow> {
    yield this.row("open_device");
    yield { ...this.row("alloc_pd"), pd: 0 };
    for (const [rkey, { low, high }] of this.regions)
      yield {
        ...this.row("reg_mr"),
        pd: 0,
        mr: rkey,
        lkey: rkey,
        rkey,
        addr: low,
        remote_addr: low,
        size: high - low,
        access: ACCESS,
      };
    for (const [qpn, qp] of this.qps) {
      yield { ...this.row("create_cq"), cq: qp.cq, cqe: 2 * DEPTH };
      yield { ...this.row("create_qp"), pd: 0, qp: qpn, cq: qp.cq, rcq: qp.cq, qp_type: qp.type };
      yield { ...this.row("modify_qp"), qp: qpn, qp_state: QP_STATES.indexOf("INIT"), attr_mask: TO_INIT };
      yield {
        ...this.row("modify_qp"),
        qp: qpn,
        qp_state: QP_STATES.indexOf("RTR"),
        attr_mask: TO_RTR,
        peer_qp: qp.peer,
        path_mtu: qp.mtu,
        rq_psn: qp.rq_psn,
      };
      yield { ...this.row("modify_qp"), qp: qpn, qp_state: QP_STATES.indexOf("RTS"), sq_psn: qp.sq_psn };
      for (let i = 0; i < Math.min(DEPTH, qp.receives); i++) yield this.receive(qpn, qp, i);
    }
  }

  private receive(qpn: number, qp: NodeQp, number: number): VerbsRow {
    const length = qp.longest + (QP_TYPES[qp.type] === "UD" ? GRH_BYTES : 0);
    const row = this.data("post_recv");
    row.qp = qpn;
    row.wr_id = BigInt(number);
    row.length = length;
    row.num_sge = length > 0 ? 1 : 0;
    return row;
  }

  private post({ t, flow, message, number }: Done): VerbsRow {
    this.now = t;
    const row = this.data("post_send");
    row.qp = flow.source_qp!;
    row.wr_id = BigInt(number);
    row.opcode = message.opcode;
    row.flags = FLAGS.signaled;
    row.length = message.bytes;
    if (message.bytes > 0) row.num_sge = 1;
    row.remote_addr = message.remote_addr;
    if (message.rkey !== 0) row.rkey = message.rkey;
    row.imm = message.imm;
    if (flow.service === "UD") row.peer_qp = flow.qp;
    return row;
  }

  /** The time since the last call is polling, not thinking: what comes was waited for. */
  private *poll({ t, what, flow, message, number }: Done): Generator<VerbsRow> {
    const qpn = what === "sent" ? flow.source_qp! : flow.qp,
      { cq } = this.qps.get(qpn)!;
    while (this.now < t) {
      const gap = t - this.now,
        empty = this.data("poll_cq_empty");
      empty.cq = cq;
      empty.size = 1n;
      empty.dur = gap > LONGEST_NS ? LONGEST_NS : Number(gap);
      this.now += BigInt(empty.dur);
      yield empty;
    }
    const row = this.data("poll_cq");
    row.cq = cq;
    row.qp = qpn;
    row.wr_id = BigInt(number);
    row.length = message.bytes;
    if (what === "sent") row.opcode = completionOf(message.opcode);
    else {
      row.opcode = message.opcode === "RDMA_WRITE_WITH_IMM" ? "RECV_RDMA_WITH_IMM" : "RECV";
      row.imm = message.imm;
      if (flow.service === "UD") row.length += GRH_BYTES;
    }
    yield row;
  }
}
