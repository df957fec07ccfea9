// Lines of rdma-core's tracepoints as babeltrace2 prints them, from the fields of its *_trace.h headers.

/** 28 November 2026, 23:59:58, in s. */
const START = 1_795_910_398;
const WR: Readonly<Record<string, number>> = {
  RDMA_WRITE: 0,
  RDMA_WRITE_WITH_IMM: 1,
  SEND: 2,
  SEND_WITH_IMM: 3,
  RDMA_READ: 4,
  ATOMIC_FETCH_AND_ADD: 6,
  LOCAL_INV: 7,
};
const WC: Readonly<Record<string, number>> = {
  SEND: 0,
  RDMA_WRITE: 1,
  RDMA_READ: 2,
  ATOMIC_FETCH_AND_ADD: 4,
  LOCAL_INV: 6,
  RECV: 128,
  RECV_RDMA_WITH_IMM: 129,
};
export const SIGNALED = 2,
  INLINE = 8;

type Fields = Readonly<Record<string, number | bigint | string>>;
/** lttng_ust_field_integer_hex becomes hexadecimal, with capitals. */
const hex = (value: number | bigint): string => `0x${value.toString(16).toUpperCase()}`;

export interface Style {
  /** As --clock-seconds; otherwise as the default, or with --clock-date. */
  clock?: "seconds" | "day" | "date";
  /** Contexts of process and thread. */
  context?: boolean;
  delta?: boolean;
}
interface Who {
  host?: string;
  pid?: number;
  tid?: number;
}

/** Lines of one file; a thread's go on from those before, 1 µs later unless `wait` says otherwise. */
export class Lines {
  private readonly lines: string[] = [];
  private ns = 0n;
  /** Of the line above. */
  private last_ns = 0n;
  private readonly style: Required<Style>;
  private who: Required<Who>;

  constructor(style: Style = {}, who: Who = {}) {
    this.style = { clock: "seconds", context: true, delta: true, ...style };
    this.who = { host: "node1", pid: 4711, tid: 4711, ...who };
  }
  as(who: Who): this {
    this.who = { ...this.who, ...(who.pid === undefined ? {} : { tid: who.pid }), ...who };
    return this;
  }
  wait(ns: number): this {
    this.ns += BigInt(ns) - 1000n;
    return this;
  }
  other(text: string): this {
    this.lines.push(text);
    return this;
  }
  event(name: string, fields: Fields, hexadecimal = false): this {
    this.ns += 1000n;
    const { style, who } = this,
      ns = `${this.ns % 1_000_000_000n}`.padStart(9, "0"),
      seconds = START + Number(this.ns / 1_000_000_000n),
      [day, time] = new Date(seconds * 1000).toISOString().slice(0, 19).split("T") as [string, string],
      clock = { seconds: `${seconds}`, day: time, date: `${day} ${time}` }[style.clock],
      since = (Number(this.ns - this.last_ns) / 1e9).toFixed(9),
      delta = style.delta ? `(+${this.lines.length === 0 ? "?.?????????" : since}) ` : "",
      context = style.context ? `{ vpid = ${who.pid}, vtid = ${who.tid}, procname = "ib_send_bw" }, ` : "",
      values = Object.entries(fields).map(
        ([k, v]) => `${k} = ${typeof v === "string" ? `"${v}"` : hexadecimal ? hex(v) : v}`,
      );
    this.last_ns = this.ns;
    const host = who.host === "" ? "" : `${who.host} `;
    return this.other(
      `[${clock}.${ns}] ${delta}${host}rdma_core_${name}: { cpu_id = ${who.pid % 8} }, ${context}{ ${values.join(", ")} }`,
    );
  }

  rxe(qp: number, opcode: string, bytes: number): this {
    return this.event("rxe:post_send", { dev: "rxe0", src_qp_num: qp, opcode, bytes });
  }
  mlx5(qp: number, opcode: string, sges: number): this {
    return this.event("mlx5:post_send", { dev: "mlx5_0", src_qp_num: qp, opcode, bytes: sges });
  }
  efa(qp: number, wr_id: number, length: number): this {
    const fields = {
      dev_name: "rdmap0s6",
      wr_id,
      op_type: 0,
      src_qp_num: qp,
      dst_qp_num: 9,
      ah_num: 3,
      length,
    };
    return this.event("efa:post_send", fields);
  }
  post(
    lqpn: number,
    wr_id: number | bigint,
    opcode: string,
    msg_len: number,
    { send_flags = SIGNALED, num_sge = 1, rqpn = 0 } = {},
  ): this {
    const op = { opcode: WR[opcode]!, sl: 0, t_class: 0 };
    return this.event(
      "hns:post_send",
      { dev_name: "hns_0", wr_id, num_sge, lqpn, rqpn, send_flags, msg_len, ...op },
      true,
    );
  }
  receive(rqn: number, wr_id: number, { num_sge = 1, is_srq = 0 } = {}): this {
    return this.event("hns:post_recv", { dev_name: "hns_0", wr_id, num_sge, rqn, is_srq }, true);
  }
  poll(
    lqpn: number,
    wr_id: number | bigint,
    opcode: string,
    byte_len: number,
    { status = 0, rqpn = 0 } = {},
  ): this {
    const code = { status, opcode: WC[opcode]!, wc_flags: 0, vendor_err: 0, pktype: 0 };
    return this.event("hns:poll_cq", { dev_name: "hns_0", wr_id, ...code, lqpn, rqpn, byte_len }, true);
  }
  text(): string {
    return this.lines.map((l) => `${l}\n`).join("");
  }
}
