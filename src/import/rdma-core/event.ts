import { FLAGS, type Opcode } from "../../abi/verbs.js";
import type { Line } from "./line.js";

/** QP numbers have 24 bits. */
const LARGEST_QP = 0xffffff,
  LARGEST_ID = (1n << 64n) - 1n,
  /** No InfiniBand message is longer (model.md, R2.24). */
  LONGEST_MESSAGE = 2 ** 31,
  /** No HCA takes more in a WR. */
  SGES = 64;
/** ibv_wr_opcode, in its order; what a trace of verbs cannot replay is undefined. */
const WR: readonly (Opcode | undefined)[] = [
  "RDMA_WRITE",
  "RDMA_WRITE_WITH_IMM",
  "SEND",
  "SEND_WITH_IMM",
  "RDMA_READ",
  "ATOMIC_CMP_AND_SWP",
  "ATOMIC_FETCH_AND_ADD",
  undefined, // LOCAL_INV
  undefined, // BIND_MW
  "SEND_WITH_INV",
];
/** ibv_wc_opcode of completions of sends that are replayed. */
const WC: readonly Opcode[] = [
  "SEND",
  "RDMA_WRITE",
  "RDMA_READ",
  "ATOMIC_CMP_AND_SWP",
  "ATOMIC_FETCH_AND_ADD",
];
const WC_RECV = 128,
  WC_RECV_RDMA_WITH_IMM = 129;
/** ibv_send_flags, and the bits of the `flags` column. */
const SEND_FLAGS = [
  [1, FLAGS.fence],
  [2, FLAGS.signaled],
  [4, FLAGS.solicited],
  [8, FLAGS.inline],
] as const;

/** What happened: a send or a receive was posted, a send is complete, a message was received. */
export type Kind = "post" | "receive" | "sent" | "received";
export interface Event {
  readonly kind: Kind;
  /** ns, as its line tells it. */
  readonly t: bigint;
  readonly tid: number;
  readonly device: string;
  readonly qp: number;
  /** -1 where the tracepoint does not tell. */
  readonly wr_id: bigint;
  readonly opcode: Opcode;
  readonly flags: number;
  readonly length: number;
  readonly num_sge: number;
  /** The other side's QP number; 0 where the tracepoint does not tell. */
  readonly peer: number;
  readonly status: number;
}
/** `srq`: posted to a queue that QPs share; `other`: of an opcode that is not replayed. */
export type NoEvent = "damaged" | "srq" | "other";

export const isSend = (opcode: Opcode): boolean => opcode.startsWith("SEND");
export const isAtomic = (opcode: Opcode): boolean => opcode.startsWith("ATOMIC");
export const takesReceive = (opcode: Opcode): boolean => isSend(opcode) || opcode === "RDMA_WRITE_WITH_IMM";

/** The values of a line, each checked; NaN becomes `damaged`. */
class Values {
  damaged = false;
  private readonly fields: ReadonlyMap<string, string>;

  constructor(fields: ReadonlyMap<string, string>) {
    this.fields = fields;
  }
  text(name: string): string {
    return this.fields.get(name)!;
  }
  upTo(name: string, most: number): number {
    const value = Number(this.id(name));
    if (value <= most) return value;
    this.damaged = true;
    return 0;
  }
  id(name: string): bigint {
    const text = this.fields.get(name)!;
    if (/^(0x[0-9a-fA-F]+|\d+)$/.test(text)) {
      const value = BigInt(text);
      if (value <= LARGEST_ID) return value;
    }
    this.damaged = true;
    return 0n;
  }
}

/** The event of a line of a tracepoint that is read. */
export function eventOf(line: Line): Event | NoEvent {
  const values = new Values(line.fields!),
    event =
      line.provider === "rxe"
        ? rxePost(line, values)
        : line.event === "post_send"
          ? hnsPost(line, values)
          : line.event === "post_recv"
            ? hnsReceive(line, values)
            : hnsPoll(line, values);
  return values.damaged ? "damaged" : event;
}

const nothing = { wr_id: 0n, flags: 0, length: 0, num_sge: 0, peer: 0, status: 0 };

function rxePost({ t, tid }: Line, v: Values): Event | NoEvent {
  const name = v.text("opcode_name").toUpperCase().replaceAll("-", "_"),
    opcode = WR.find((o) => o === name);
  const length = v.upTo("bytes", LONGEST_MESSAGE),
    qp = v.upTo("src_qp_num", LARGEST_QP);
  if (!opcode) return "other";
  const num_sge = length > 0 ? 1 : 0;
  return {
    ...nothing,
    kind: "post",
    t,
    tid,
    device: v.text("dev"),
    qp,
    wr_id: -1n,
    opcode,
    flags: FLAGS.signaled,
    length,
    num_sge,
  };
}

function hnsPost({ t, tid }: Line, v: Values): Event | NoEvent {
  const opcode = WR[v.upTo("opcode", 255)],
    asked = v.upTo("send_flags", 0xffffffff);
  const event = {
    ...nothing,
    kind: "post" as const,
    t,
    tid,
    device: v.text("dev_name"),
    qp: v.upTo("lqpn", LARGEST_QP),
    wr_id: v.id("wr_id"),
    flags: SEND_FLAGS.reduce((flags, [bit, flag]) => (asked & bit ? flags | flag : flags), 0),
    length: v.upTo("msg_len", LONGEST_MESSAGE),
    num_sge: v.upTo("num_sge", SGES),
    peer: v.upTo("rqpn", LARGEST_QP),
  };
  return opcode ? { ...event, opcode } : "other";
}

function hnsReceive({ t, tid }: Line, v: Values): Event | NoEvent {
  const event = {
    ...nothing,
    kind: "receive" as const,
    t,
    tid,
    device: v.text("dev_name"),
    qp: v.upTo("rqn", LARGEST_QP),
    wr_id: v.id("wr_id"),
    opcode: "NONE" as const,
    num_sge: v.upTo("num_sge", SGES),
  };
  return v.upTo("is_srq", 1) === 1 ? "srq" : event;
}

function hnsPoll({ t, tid }: Line, v: Values): Event | NoEvent {
  const code = v.upTo("opcode", 255),
    status = v.upTo("status", 255),
    rqpn = Number(v.id("rqpn")),
    received = code === WC_RECV || code === WC_RECV_RDMA_WITH_IMM,
    opcode = received ? (code === WC_RECV ? "RECV" : "RECV_RDMA_WITH_IMM") : WC[code];
  const event = {
    ...nothing,
    kind: received ? ("received" as const) : ("sent" as const),
    t,
    tid,
    device: v.text("dev_name"),
    qp: v.upTo("lqpn", LARGEST_QP),
    wr_id: v.id("wr_id"),
    // Of a failed one neither is defined.
    length: status === 0 ? v.upTo("byte_len", 0xffffffff) : 0,
    peer: received && rqpn <= LARGEST_QP ? rqpn : 0,
    status,
  };
  return opcode ? { ...event, opcode } : status === 0 ? "other" : { ...event, opcode: "NONE" };
}
