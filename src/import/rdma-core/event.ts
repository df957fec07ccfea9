import { FLAGS, type Opcode } from "../../abi/verbs.js";
import { GRH_BYTES } from "../verbs/inferred.js";
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

/** Values that are checked; one that is not a number of its kind makes the line a damaged one. */
class Values {
  damaged = false;

  upTo(text: string, most: number): number {
    const value = isDigit(text) ? Number(text) : -1;
    if (value >= 0 && value <= most) return value;
    this.damaged = true;
    return 0;
  }
  id(text: string): bigint {
    const value = isDigit(text) ? Number(text) : -1;
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    const large = value > 0 ? BigInt(text) : LARGEST_ID + 1n;
    if (large <= LARGEST_ID) return large;
    this.damaged = true;
    return 0n;
  }
}
const isDigit = (text: string): boolean => /^(?:0x[0-9a-fA-F]+|\d+)$/.test(text);

/** The event of a line of a tracepoint that is read. */
export function eventOf(line: Line): Event | NoEvent {
  const v = new Values(),
    event =
      line.provider === "rxe"
        ? rxePost(line, v)
        : line.event === "post_send"
          ? hnsPost(line, v)
          : line.event === "post_recv"
            ? hnsReceive(line, v)
            : hnsPoll(line, v);
  return v.damaged ? "damaged" : event;
}

function rxePost({ t, tid, values }: Line, v: Values): Event | NoEvent {
  const [device, src_qp_num, word, bytes] = values as string[],
    name = word!.toUpperCase().replaceAll("-", "_"),
    opcode = WR.find((o) => o === name),
    length = v.upTo(bytes!, LONGEST_MESSAGE),
    qp = v.upTo(src_qp_num!, LARGEST_QP);
  if (!opcode) return "other";
  return {
    kind: "post",
    t,
    tid,
    device: device!,
    qp,
    wr_id: -1n,
    opcode,
    flags: FLAGS.signaled,
    length,
    num_sge: length > 0 ? 1 : 0,
    peer: 0,
    status: 0,
  };
}

function hnsPost({ t, tid, values }: Line, v: Values): Event | NoEvent {
  const [device, wr_id, num_sge, lqpn, rqpn, send_flags, msg_len, code] = values as string[],
    opcode = WR[v.upTo(code!, 255)],
    asked = v.upTo(send_flags!, 0xffffffff);
  const event: Event = {
    kind: "post",
    t,
    tid,
    device: device!,
    qp: v.upTo(lqpn!, LARGEST_QP),
    wr_id: v.id(wr_id!),
    opcode: opcode ?? "NONE",
    flags: SEND_FLAGS.reduce((flags, [bit, flag]) => (asked & bit ? flags | flag : flags), 0),
    length: v.upTo(msg_len!, LONGEST_MESSAGE),
    num_sge: v.upTo(num_sge!, SGES),
    peer: v.upTo(rqpn!, LARGEST_QP),
    status: 0,
  };
  return opcode ? event : "other";
}

function hnsReceive({ t, tid, values }: Line, v: Values): Event | NoEvent {
  const [device, wr_id, num_sge, rqn, is_srq] = values as string[];
  const event: Event = {
    kind: "receive",
    t,
    tid,
    device: device!,
    qp: v.upTo(rqn!, LARGEST_QP),
    wr_id: v.id(wr_id!),
    opcode: "NONE",
    flags: 0,
    length: 0,
    num_sge: v.upTo(num_sge!, SGES),
    peer: 0,
    status: 0,
  };
  return v.upTo(is_srq!, 1) === 1 ? "srq" : event;
}

function hnsPoll({ t, tid, values }: Line, v: Values): Event | NoEvent {
  const [device, wr_id, state, code, , , , lqpn, rqpn, byte_len] = values as string[],
    number = v.upTo(code!, 255),
    status = v.upTo(state!, 255),
    peer = v.upTo(rqpn!, 0xffffffff),
    received = number === WC_RECV || number === WC_RECV_RDMA_WITH_IMM,
    opcode = received ? (number === WC_RECV ? "RECV" : "RECV_RDMA_WITH_IMM") : WC[number];
  const event: Event = {
    kind: received ? "received" : "sent",
    t,
    tid,
    device: device!,
    qp: v.upTo(lqpn!, LARGEST_QP),
    wr_id: v.id(wr_id!),
    opcode: opcode ?? "NONE",
    flags: 0,
    // Of a failed one neither opcode nor length is defined.
    length: status === 0 ? v.upTo(byte_len!, LONGEST_MESSAGE + GRH_BYTES) : 0,
    num_sge: 0,
    peer: received && peer <= LARGEST_QP ? peer : 0,
    status,
  };
  return opcode || status !== 0 ? event : "other";
}
