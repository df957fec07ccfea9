import { WC_STATUS } from "../../abi/verbs.js";
import { type Cursor, word } from "./cursor.js";

const CLOSE = 93,
  SPACE = 32;
const RECV = word("RECV qp 0x"),
  SLID = word(" [slid "),
  VA = word(" [va "),
  NIL = word("(nil)"),
  HEX = word("0x"),
  LEN = word(" len "),
  CQE = word("CQE(op_own 0x"),
  CQE_QP = word(") qp 0x"),
  WQE = word("wqe_idx ");

/** A message that was received, as its line tells it. */
export interface Received {
  qp: number;
  /** It is a datagram. */
  ud: boolean;
  /** Bytes; of a datagram without the GRH. */
  length: number;
}
/** Reads the text from `RECV qp` on; false for one that is damaged. */
export function readReceived(c: Cursor, into: Received): boolean {
  if (!c.pass(RECV)) return false;
  into.qp = c.hex();
  into.ud = c.pass(SLID);
  if (into.ud && !c.passTo(CLOSE)) return false;
  // Where it lies says nothing without a key. glibc's %p of a null pointer is (nil).
  if (!c.pass(VA) || !(c.pass(NIL) || (c.pass(HEX) && c.hex() >= 0))) return false;
  into.length = c.pass(LEN) ? c.decimal() : -1;
  return (
    c.at < c.to &&
    c.bytes[c.at] === CLOSE &&
    into.qp >= 0 &&
    into.qp <= 0xffffff &&
    into.length >= 0 &&
    into.length <= 0x7fffffff
  );
}

/** A completion of mlx5. */
export interface Cqe {
  qp: number;
  /** It is one of a requester without an error: opcode 0 in the upper half of op_own (mlx5dv.h). */
  requester: boolean;
  /** Count of WQE blocks that were posted before its WQE, in 16 bits. */
  wqe: number;
}
/** Reads the text from `CQE(` on; false for one that is damaged. */
export function readCqe(c: Cursor, into: Cqe): boolean {
  if (!c.pass(CQE)) return false;
  const op_own = c.hex();
  if (op_own < 0 || op_own > 0xff || !c.pass(CQE_QP)) return false;
  into.requester = op_own >> 4 === 0;
  into.qp = c.hex();
  if (into.qp < 0 || into.qp > 0xffffff) return false;
  while (!c.pass(WQE)) if (!c.passTo(SPACE)) return false;
  into.wqe = c.decimal();
  return into.wqe >= 0 && into.wqe <= 0xffff;
}

const CONNECTED =
    /^connected rc (?:devx )?qp 0x([0-9a-f]{1,6}) .*?remote_qp 0x([0-9a-f]{1,6}) mtu (\d+)(?:.*rd_atom (\d+))?/,
  CREATED = new RegExp(
    String.raw`^iface=\S+ created (\w+) QP 0x([0-9a-f]{1,6}) on (\S+):\d+ ` +
      String.raw`TX wr:(\d+) sge:(\d+) inl:(\d+)(?: resp:\d+)? RX wr:(\d+) sge:(\d+)`,
  ),
  FAILED = /^send completion with error: (.+?) \[?qpn 0x([0-9a-f]{1,6}) wrid 0x([0-9a-f]{1,13})(?![0-9a-f])/,
  POLLED = /^rc_verbs iface \S+ tx_wc wrid 0x([0-9a-f]{1,13}) ep \S+ qpn 0x([0-9a-f]{1,6}) /;
const hex = (digits: string | undefined): number => Number.parseInt(digits!, 16);

export interface Connected {
  qp: number;
  peer: number;
  /** Bytes. */
  mtu: number;
  reads: number;
}
export function readConnected(text: string): Connected | undefined {
  const found = CONNECTED.exec(text);
  if (!found) return undefined;
  return { qp: hex(found[1]), peer: hex(found[2]), mtu: Number(found[3]), reads: Number(found[4] ?? 0) };
}

export interface Created {
  type: string;
  qp: number;
  device: string;
  send_wr: number;
  send_sge: number;
  inline: number;
  recv_wr: number;
  recv_sge: number;
}
export function readCreated(text: string): Created | undefined {
  const found = CREATED.exec(text);
  if (!found) return undefined;
  const [send_wr, send_sge, inline, recv_wr, recv_sge] = found.slice(4).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    type: found[1]!,
    qp: hex(found[2]),
    device: found[3]!,
    send_wr,
    send_sge,
    inline,
    recv_wr,
    recv_sge,
  };
}

/** Texts of ibv_wc_status_str (libibverbs/verbs.c), in the order of the statuses. */
const STATUS_TEXTS = [
  "success",
  "local length error",
  "local QP operation error",
  "local EE context operation error",
  "local protection error",
  "Work Request Flushed Error",
  "memory management operation error",
  "bad response error",
  "local access error",
  "remote invalid request error",
  "remote access error",
  "remote operation error",
  "transport retry counter exceeded",
  "RNR retry counter exceeded",
  "local RDD violation error",
  "remote invalid RD request",
  "aborted error",
  "invalid EE context number",
  "invalid EE context state",
  "fatal error",
  "response timeout error",
  "general error",
];
const GENERAL = WC_STATUS.indexOf("GENERAL_ERR");

export interface Completed {
  qp: number;
  wr_id: number;
  /** Of ibv_wc_status; a text that is not known is a general error. */
  status: number;
}
/** A send completion: a failed one, or one that UCX_LOG_LEVEL=poll shows. */
export function readCompleted(text: string): Completed | undefined {
  const polled = POLLED.exec(text);
  if (polled) return { wr_id: hex(polled[1]), qp: hex(polled[2]), status: 0 };
  const failed = FAILED.exec(text);
  if (!failed) return undefined;
  const status = STATUS_TEXTS.indexOf(failed[1]!);
  return { qp: hex(failed[2]), wr_id: hex(failed[3]), status: status > 0 ? status : GENERAL };
}
