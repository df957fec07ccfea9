import type { Opcode } from "../abi/verbs.js";
import { Machine, type Memory, PAGE, type Qp } from "./machine.js";
import type { Side } from "./side.js";

const ACCESS: Partial<Record<Opcode, number>> = {
  SEND: 1,
  RDMA_WRITE: 3,
  RDMA_READ: 5,
  ATOMIC_FETCH_AND_ADD: 9,
};
/** Outstanding READs and atomics of a ConnectX. */
const MAX_RD_ATOMIC = 16;

/**
 * What perftest's programs share: their objects, set-up and tear-down. Each QP
 * has a slot of two buffers, to send from and to receive into.
 */
export class Perftest {
  readonly m: Machine;
  readonly opcode: Opcode;
  readonly qps: Qp[];
  readonly cq: number;
  readonly rcq: number;
  readonly memory: Memory;
  /** Receives posted to each QP so far. */
  readonly received: number[];
  private readonly slot: number;
  private ah = false;

  constructor(m: Machine, opcode: Opcode) {
    const o = m.options;
    this.m = m;
    this.opcode = opcode;
    this.slot = 2 * PAGE * Math.ceil(Math.max(1, m.bufferLength) / PAGE);
    m.emit("get_device_list", { devices: 1 });
    m.emit("open_device");
    m.emit("query_port");
    if (o.events) m.emit("create_comp_channel");
    m.emit("alloc_pd", { pd: 1 });
    this.memory = m.registerMemory(1, this.slot * o.qps, ACCESS[opcode]!);
    this.cq = m.createCq(o.txDepth * o.qps);
    this.rcq = opcode === "SEND" ? m.createCq(o.rxDepth * o.qps) : this.cq;
    const recv = opcode === "SEND" ? o.rxDepth : 1;
    this.qps = Array.from({ length: o.qps }, (_, i) =>
      m.createQp(1, this.cq, this.rcq, i, { send: o.txDepth, recv }),
    );
    for (const qp of this.qps) m.modifyQp(qp, "INIT", qp, 0);
    this.received = this.qps.map(() => 0);
  }

  connect(peer: Side, sends: boolean, receives: boolean): void {
    const { m } = this;
    const outstanding = this.opcode === "SEND" || this.opcode === "RDMA_WRITE" ? 1 : MAX_RD_ATOMIC;
    if (m.options.transport === "UD" && sends) {
      m.emit("create_ah", { pd: 1 });
      this.ah = true;
    }
    this.qps.forEach((qp, i) => {
      m.modifyQp(qp, "RTR", peer.qps[i]!, outstanding);
      if (sends) m.modifyQp(qp, "RTS", peer.qps[i]!, outstanding);
    });
    if (m.options.events) {
      m.emit("req_notify_cq", { cq: this.cq });
      if (this.rcq !== this.cq) m.emit("req_notify_cq", { cq: this.rcq });
    }
    if (receives)
      for (const qp of this.qps)
        for (let i = 0; i < Math.min(m.options.rxDepth, m.options.iters); i++) this.postRecv(qp);
  }
  /** Posts a receive unless those that are posted cover the rest. */
  postRecv(qp: Qp): void {
    if (this.received[qp.index]! >= this.m.options.iters) return;
    this.received[qp.index]!++;
    this.m.postRecv(qp, BigInt(qp.index), this.memory, qp.index * this.slot + this.slot / 2);
  }
  /** One post call of `count` WRs; `signaled` tells which. */
  post(qp: Qp, peer: Side, count: number, signaled: (k: number) => boolean, awaitWrites = 0): void {
    const { m, opcode } = this;
    const { size, transport } = m.options;
    const oneSided = opcode !== "SEND";
    const sge = m.sge(this.memory, qp.index * this.slot, size);
    for (let k = 0; k < count; k++) {
      m.emit(
        "post_send",
        {
          qp: qp.qpn,
          wr_id: BigInt(qp.index),
          opcode,
          flags: m.flags(signaled(k), opcode),
          length: size,
          num_sge: 1,
          sge,
          ...(oneSided
            ? {
                remote_addr: peer.target!.addr + BigInt(qp.index * this.slot + this.slot / 2),
                rkey: peer.target!.rkey,
              }
            : {}),
          ...(transport === "UD" ? { peer_qp: peer.qps[qp.index]!.qpn } : {}),
          await_writes: k === 0 ? awaitWrites : 0,
        },
        k > 0,
      );
    }
  }
  tearDown(awaitWrites = 0): void {
    const { m } = this;
    if (this.ah) m.emit("destroy_ah");
    for (const qp of this.qps) m.emit("destroy_qp", { qp: qp.qpn, await_writes: awaitWrites });
    m.emit("destroy_cq", { cq: this.cq });
    if (this.rcq !== this.cq) m.emit("destroy_cq", { cq: this.rcq });
    m.emit("dereg_mr", { mr: 1, lkey: this.memory.lkey, size: BigInt(this.memory.size) });
    m.emit("dealloc_pd", { pd: 1 });
    if (m.options.events) m.emit("destroy_comp_channel");
    m.emit("close_device");
  }
}
