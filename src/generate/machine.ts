import { FLAGS, type Opcode, type Verb } from "../abi/verbs.js";
import { emptyRow, type PageRun, type Sge, type VerbsRow } from "../trace/table/rows.js";
import type { VerbsBuilder } from "../trace/verbs/columns-builder.js";
import type { VerbsOptions } from "./options.js";
import type { Random } from "./random.js";

export const PAGE = 4096;
const GRH = 40; // a UD receive buffer starts with the global routing header
/** Attribute masks as perftest's and ibv_rc_pingpong's calls carry them. */
const MASKS = { RC: [57, 1216897, 77313], UC: [57, 1053057, 65537], UD: [113, 1, 65537] } as const;
const TYPES = { RC: 0, UC: 1, UD: 2 } as const;
const STATES = { INIT: 1, RTR: 2, RTS: 3 } as const;

export interface Qp {
  qpn: number;
  psn: number;
  index: number;
}
export interface Memory {
  addr: bigint;
  size: number;
  lkey: number;
  rkey: number;
}

/**
 * One side's program: emits its rows. Handles are small numbers;
 * QP numbers and keys differ between the sides.
 */
export class Machine {
  readonly node: number;
  readonly options: VerbsOptions;
  /** Verbs that sleep count what they must acknowledge. */
  eventsTaken = 0;
  private readonly out: VerbsBuilder;
  private readonly random: Random;
  private calls = 0;
  private handles = 0;
  private readonly sges = new Map<string, Sge[]>();

  constructor(node: number, out: VerbsBuilder, options: VerbsOptions, random: Random) {
    this.node = node;
    this.out = out;
    this.options = options;
    this.random = random;
  }

  /** Adds a row; without `same` it starts a new call. */
  emit(verb: Verb, fields: Partial<VerbsRow> = {}, same = false): void {
    const row = Object.assign(emptyRow(verb), fields);
    if (!same) this.calls++;
    row.node = this.node;
    row.tid = 1;
    row.call = this.calls;
    row.t = BigInt(this.out.rows);
    this.out.add(row);
  }

  createCq(cqe: number): number {
    const cq = ++this.handles;
    this.emit("create_cq", { cq, cqe });
    return cq;
  }
  createQp(pd: number, cq: number, rcq: number, index: number, caps: { send: number; recv: number }): Qp {
    const qp: Qp = { qpn: 0x40 + 0x10000 * this.node + index, psn: this.random.below(1 << 24), index };
    this.emit("create_qp", {
      pd,
      qp: qp.qpn,
      cq,
      rcq,
      qp_type: TYPES[this.options.transport],
      cap_send_wr: caps.send,
      cap_recv_wr: caps.recv,
      cap_send_sge: 1,
      cap_recv_sge: 1,
      cap_inline: this.options.inline,
    });
    return qp;
  }
  modifyQp(qp: Qp, state: keyof typeof STATES, peer: Qp, maxRdAtomic: number): void {
    const { transport, mtu } = this.options;
    const row: Partial<VerbsRow> = {
      qp: qp.qpn,
      qp_state: STATES[state],
      attr_mask: MASKS[transport][STATES[state] - 1]!,
    };
    if (state === "RTR" && transport !== "UD")
      Object.assign(row, { peer_qp: peer.qpn, path_mtu: mtu, rq_psn: peer.psn });
    if (state === "RTS")
      Object.assign(row, { sq_psn: qp.psn }, transport === "RC" ? { max_rd_atomic: maxRdAtomic } : {});
    this.emit("modify_qp", row);
  }
  registerMemory(pd: number, size: number, access: number): Memory {
    const pages = Math.max(1, Math.ceil(size / PAGE));
    const first = 0x7f0000000n + BigInt(this.random.below(1 << 24)) * 16n;
    const key = 0x1000 * (this.node + 1) + 8 * ++this.handles;
    const memory: Memory = { addr: first * BigInt(PAGE), size, lkey: key, rkey: key + 1 };
    this.emit("reg_mr", {
      pd,
      mr: this.handles,
      lkey: key,
      rkey: key + 1,
      addr: memory.addr,
      remote_addr: memory.addr,
      size: BigInt(size),
      access,
      runs: this.pageRuns(first, pages),
    });
    return memory;
  }
  /** Physical runs: one that large leaves could map, or runs of 1 to 8 pages anywhere in 64 GiB. */
  private pageRuns(first: bigint, pages: number): PageRun[] {
    if (this.options.contiguity === "contiguous")
      return [
        { page: first, frame: (first & 511n) + 512n * BigInt(512 + this.random.below(4096)), count: pages },
      ];
    const runs: PageRun[] = [];
    for (let done = 0; done < pages; ) {
      const count = Math.min(pages - done, 1 + this.random.below(8));
      const frame = BigInt(0x10000 + this.random.below((1 << 24) - 0x10000));
      const last = runs.at(-1);
      if (last && last.frame + BigInt(last.count) === frame) continue; // adjacent runs would be one
      runs.push({ page: first + BigInt(done), frame, count });
      done += count;
    }
    return runs;
  }

  /** Bytes of a receive buffer. */
  get bufferLength(): number {
    return this.options.size + (this.options.transport === "UD" ? GRH : 0);
  }
  sge(memory: Memory, offset: number, length: number): Sge[] {
    const key = `${memory.lkey}/${offset}/${length}`;
    let sge = this.sges.get(key);
    if (!sge) this.sges.set(key, (sge = [{ addr: memory.addr + BigInt(offset), length, lkey: memory.lkey }]));
    return sge;
  }
  postRecv(qp: Qp, wr_id: bigint, memory: Memory, offset: number): void {
    const length = this.bufferLength;
    this.emit("post_recv", { qp: qp.qpn, wr_id, length, num_sge: 1, sge: this.sge(memory, offset, length) });
  }
  pollSend(cq: number, qp: Qp, wr_id: bigint, opcode: Opcode, same = false): void {
    this.emit("poll_cq", { cq, qp: qp.qpn, wr_id, opcode, length: this.options.size }, same);
  }
  pollRecv(cq: number, qp: Qp, wr_id: bigint, same = false): void {
    this.emit("poll_cq", { cq, qp: qp.qpn, wr_id, opcode: "RECV", length: this.bufferLength }, same);
  }
  /** Sleeps until the CQ has an event and arms it again, as event-driven programs do before they poll. */
  sleep(cq: number, acknowledge: boolean): void {
    if (!this.options.events) return;
    this.emit("get_cq_event", { cq });
    this.eventsTaken++;
    if (acknowledge) this.emit("ack_cq_events", { cq });
    this.emit("req_notify_cq", { cq });
  }
  flags(signaled: boolean, opcode: Opcode): number {
    const { size, inline } = this.options;
    const inlined = inline > 0 && size <= inline && (opcode === "SEND" || opcode === "RDMA_WRITE");
    return (signaled ? FLAGS.signaled : 0) | (inlined ? FLAGS.inline : 0);
  }
}
