import type { Opcode } from "../../abi/verbs.js";

/** What a packet is for its flow. */
export type Part = "only" | "first" | "middle" | "last" | "ack" | "response" | "atomic-ack";
interface Kind {
  readonly part: Part;
  readonly opcode: Opcode;
  /** Of a response: nothing follows. */
  readonly end?: boolean;
}
/** The transport of a packet, IBTA 1.x table 35: the upper three bits of the opcode. */
export const RC = 0,
  UC = 1,
  UD = 3;
const SERVICES: Readonly<Record<number, "RC" | "UC" | "UD">> = { [RC]: "RC", [UC]: "UC", [UD]: "UD" };

const kind = (part: Part, opcode: Opcode, end = false): Kind => ({ part, opcode, end });
/** The lower five bits of the opcode. */
const KINDS: Readonly<Record<number, Kind>> = {
  0: kind("first", "SEND"),
  1: kind("middle", "SEND"),
  2: kind("last", "SEND"),
  3: kind("last", "SEND_WITH_IMM"),
  4: kind("only", "SEND"),
  5: kind("only", "SEND_WITH_IMM"),
  6: kind("first", "RDMA_WRITE"),
  7: kind("middle", "RDMA_WRITE"),
  8: kind("last", "RDMA_WRITE"),
  9: kind("last", "RDMA_WRITE_WITH_IMM"),
  10: kind("only", "RDMA_WRITE"),
  11: kind("only", "RDMA_WRITE_WITH_IMM"),
  12: kind("only", "RDMA_READ"),
  13: kind("response", "RDMA_READ"),
  14: kind("response", "RDMA_READ"),
  15: kind("response", "RDMA_READ", true),
  16: kind("response", "RDMA_READ", true),
  17: kind("ack", "NONE"),
  18: kind("atomic-ack", "NONE"),
  19: kind("only", "ATOMIC_CMP_AND_SWP"),
  20: kind("only", "ATOMIC_FETCH_AND_ADD"),
  22: kind("last", "SEND_WITH_INV"),
  23: kind("only", "SEND_WITH_INV"),
};
const BTH = 12,
  DETH = 8,
  RETH = 16,
  ATOMIC_ETH = 28,
  AETH = 4,
  ATOMIC_ACK = 8,
  IMM = 4,
  ICRC = 4;
const u32 = (b: Uint8Array, at: number): number =>
  ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
const u24 = (b: Uint8Array, at: number): number => (b[at]! << 16) | (b[at + 1]! << 8) | b[at + 2]!;
const u64 = (b: Uint8Array, at: number): bigint => (BigInt(u32(b, at)) << 32n) | BigInt(u32(b, at + 4));

/** The headers of a packet that an import needs; one object is filled again and again. */
export interface Packet {
  service: "RC" | "UC" | "UD";
  part: Part;
  opcode: Opcode;
  end: boolean;
  /** Destination QP, 24 bits, and packet sequence number. */
  qp: number;
  psn: number;
  /** Of UD: the sender's QP. */
  source_qp: number;
  payload_bytes: number;
  remote_addr: bigint;
  rkey: number;
  /** What the whole message has, of RDMA. */
  message_bytes: number;
  imm: number;
  /** AETH: 0 to 31 an ACK, 32 to 63 not ready, 96 and more refused. */
  syndrome: number;
}

/**
 * Reads BTH and what follows it in `bytes[at, to)`; `length` is up to the ICRC's end, on the wire.
 * "foreign" is a transport or opcode that no verb of the model makes, "short" was cut within its headers.
 */
export function readPacket(
  bytes: Uint8Array,
  at: number,
  to: number,
  length: number,
  out: Packet,
): "read" | "foreign" | "short" {
  if (at + BTH > to) return "short";
  const service = SERVICES[bytes[at]! >> 5],
    is = KINDS[bytes[at]! & 31];
  if (service === undefined || is === undefined) return "foreign";
  out.service = service;
  out.part = is.part;
  out.opcode = is.opcode;
  out.end = is.end!;
  out.qp = u24(bytes, at + 5);
  out.psn = u24(bytes, at + 9);
  const pad = (bytes[at + 1]! >> 4) & 3;
  let next = at + BTH;
  const room = (n: number): boolean => (next += n) <= to;
  if (service === "UD") {
    if (!room(DETH)) return "short";
    out.source_qp = u24(bytes, next - 3);
  }
  const starts = is.part === "only" || is.part === "first";
  out.message_bytes = 0;
  if (starts && /^RDMA/.test(is.opcode)) {
    if (!room(RETH)) return "short";
    out.remote_addr = u64(bytes, next - 16);
    out.rkey = u32(bytes, next - 8);
    out.message_bytes = u32(bytes, next - 4);
  } else if (starts && is.opcode.startsWith("ATOMIC")) {
    if (!room(ATOMIC_ETH)) return "short";
    out.remote_addr = u64(bytes, next - 28);
    out.rkey = u32(bytes, next - 20);
    out.message_bytes = 8;
  }
  // READ responses in the middle have no AETH.
  const code = bytes[at]! & 31;
  if (is.part === "ack" || is.part === "atomic-ack" || (is.part === "response" && code !== 14)) {
    if (!room(AETH)) return "short";
    out.syndrome = bytes[next - 4]!;
    if (is.part === "atomic-ack" && !room(ATOMIC_ACK)) return "short";
  }
  out.imm = 0;
  if (/_IMM$|_INV$/.test(is.opcode)) {
    if (!room(IMM)) return "short";
    out.imm = u32(bytes, next - 4);
  }
  out.payload_bytes = Math.max(0, length - (next - at) - pad - ICRC);
  return "read";
}

export const emptyPacket = (): Packet => ({
  service: "RC",
  part: "only",
  opcode: "NONE",
  end: false,
  qp: 0,
  psn: 0,
  source_qp: 0,
  payload_bytes: 0,
  remote_addr: 0n,
  rkey: 0,
  message_bytes: 0,
  imm: 0,
  syndrome: 0,
});
