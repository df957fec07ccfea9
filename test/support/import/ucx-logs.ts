// Logs as UCX 1.13 writes them with UCX_LOG_LEVEL=data, from the format strings of its libraries (libucs,
// libuct_ib): no RDMA device was there to record one. Prefixes, padding and debug lines are those of real logs.

/** The end of a text of work requests: its buffer has 256 bytes, of which two stay zero. */
const TEXT = 254;

export interface Process {
  host: string;
  pid: number;
}
/** Lines of one log; each is 1.5 µs, rounded, after the one before it, unless `wait` puts time between them. */
export class UcxLog {
  private readonly lines: string[] = [];
  private t_us: number;
  private halves = 0;
  private readonly process: Process;
  thread = 0;

  constructor(process: Process, t_us: number) {
    this.process = process;
    this.t_us = t_us;
  }
  wait(us: number): this {
    this.t_us += us;
    return this;
  }
  line(level: string, source: string, text: string, indent = 0): this {
    const { host, pid } = this.process,
      t = this.t_us + Math.floor(this.halves++ * 1.5),
      [file, line] = source.split(":") as [string, string];
    this.lines.push(
      `[${Math.floor(t / 1e6)}.${String(t % 1e6).padStart(6, "0")}] ` +
        `[${host}:${String(pid).padEnd(5)}:${this.thread}] ${file.padStart(17)}:${line.padEnd(4)} UCX  ` +
        `${level.padEnd(5)} ${" ".repeat(2 * indent)}${text}`,
    );
    return this;
  }
  data(source: string, text: string): this {
    return this.line("DATA", source, text.slice(0, TEXT));
  }
  /** Anything else that is in the file. */
  other(text: string): this {
    this.lines.push(text);
    return this;
  }
  text(): string {
    return `${this.lines.join("\n")}\n`;
  }
  bytes(): Uint8Array {
    return Buffer.from(this.text(), "latin1");
  }

  created(type: string, qp: number, caps = { wr: 256, sge: 5, inline: 64, recv_wr: 0, recv_sge: 0 }): this {
    return this.line(
      "DEBUG",
      "ib_iface.c:1033",
      `iface=0x55d01c2a4f40: created ${type} QP 0x${qp.toString(16)} on mlx5_0:1 TX wr:${caps.wr} ` +
        `sge:${caps.sge} inl:${caps.inline} resp:0 RX wr:${caps.recv_wr} sge:${caps.recv_sge} resp:0`,
    );
  }
  connected(qp: number, peer: number, mtu = 1024): this {
    return this.line(
      "DEBUG",
      "rc_iface.c:1013",
      `connected rc qp 0x${qp.toString(16)} on mlx5_0:1/IB to lid 7(+0) sl 0 ` +
        `remote_qp 0x${peer.toString(16)} mtu ${mtu} timer 18x7 rnr 13x7 rd_atom 4`,
    );
  }
  /** A work request of rc_verbs or ud_verbs. */
  verbs(qp: number, wr_id: number, work: string): this {
    return this.data("rc_verbs_ep.c:42", `QP 0x${qp.toString(16)} wrid 0x${wr_id.toString(16)} ${work}`);
  }
  /** A work request of rc_mlx5 or ud_mlx5. */
  mlx5(qp: number, index: number, work: string): this {
    return this.data(
      "rc_mlx5.inl:402",
      `QP 0x${qp.toString(16)} [${String(index).padStart(3, "0")}] ${work}`,
    );
  }
  received(qp: number, bytes: number, from?: number, text = " -- am 2 TAG tag 1"): this {
    const datagram = from === undefined ? "" : ` [slid 7 sqp 0x${from.toString(16)}]`;
    return this.data(
      "rc_verbs_impl.h:98",
      `RECV qp 0x${qp.toString(16)}${datagram} [va 0x7f3a20014c80 len ${bytes}]${text}`,
    );
  }
  cqe(qp: number, wqe: number, op_own = 1): this {
    return this.data(
      "ud_mlx5.c:603",
      `CQE(op_own 0x${op_own.toString(16)}) qp 0x${qp.toString(16)} sqp 0x0 slid 0 bytes 0 wqe_idx ${wqe} `,
    );
  }
}
