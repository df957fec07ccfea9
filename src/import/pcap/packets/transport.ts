import { OPCODE_ID, OPCODES, type Opcode } from "../../../abi/verbs.js";

/** What a packet is for its flow. Those from ACK on are answers. */
export const ONLY = 0,
  FIRST = 1,
  MIDDLE = 2,
  LAST = 3,
  ACK = 4,
  RESPONSE = 5,
  ATOMIC_ACK = 6;

/** Services by their numbers in QP_TYPES. */
export const RC = 0,
  UC = 1,
  UD = 2;
const NONE = -1;
/** The upper three bits of the opcode, IBTA 1.x table 35. */
const SERVICES = [RC, UC, NONE, UD, NONE, NONE, NONE, NONE];

const SEND = OPCODE_ID.SEND,
  WRITE = OPCODE_ID.RDMA_WRITE,
  READ = OPCODE_ID.RDMA_READ;
/** Part and operation of each of the lower five bits of the opcode; all others are of no verb. */
const KINDS = new Map<number, readonly [part: number, opcode: number]>([
  [0, [FIRST, SEND]],
  [1, [MIDDLE, SEND]],
  [2, [LAST, SEND]],
  [3, [LAST, OPCODE_ID.SEND_WITH_IMM]],
  [4, [ONLY, SEND]],
  [5, [ONLY, OPCODE_ID.SEND_WITH_IMM]],
  [6, [FIRST, WRITE]],
  [7, [MIDDLE, WRITE]],
  [8, [LAST, WRITE]],
  [9, [LAST, OPCODE_ID.RDMA_WRITE_WITH_IMM]],
  [10, [ONLY, WRITE]],
  [11, [ONLY, OPCODE_ID.RDMA_WRITE_WITH_IMM]],
  [12, [ONLY, READ]],
  [13, [RESPONSE, READ]],
  [14, [RESPONSE, READ]],
  [15, [RESPONSE, READ]],
  [16, [RESPONSE, READ]],
  [17, [ACK, OPCODE_ID.NONE]],
  [18, [ATOMIC_ACK, OPCODE_ID.NONE]],
  [19, [ONLY, OPCODE_ID.ATOMIC_CMP_AND_SWP]],
  [20, [ONLY, OPCODE_ID.ATOMIC_FETCH_AND_ADD]],
  [22, [LAST, OPCODE_ID.SEND_WITH_INV]],
  [23, [ONLY, OPCODE_ID.SEND_WITH_INV]],
]);
/** READ responses that have no AETH, and those that nothing follows. */
const RESPONSE_MIDDLE = 14,
  RESPONSE_LAST = 15;
const PARTS = Int8Array.from({ length: 32 }, (_, code) => KINDS.get(code)?.[0] ?? NONE),
  OPERATIONS = Uint8Array.from({ length: 32 }, (_, code) => KINDS.get(code)?.[1] ?? 0);

const among = (has: (name: Opcode) => boolean): Uint8Array =>
  Uint8Array.from(OPCODES, (name) => (has(name) ? 1 : 0));
/** By the numbers of OPCODES, 1 for those of which it is so. */
export const IS_SEND = among((o) => o.startsWith("SEND")),
  IS_ATOMIC = among((o) => o.startsWith("ATOMIC")),
  /** The receiver sends data back. */
  IS_ANSWERED = among((o) => o === "RDMA_READ" || o.startsWith("ATOMIC"));
const IS_RDMA = among((o) => o.startsWith("RDMA")),
  HAS_IMM = among((o) => /_IMM$|_INV$/.test(o));

const BTH = 12,
  DETH = 8,
  RETH = 16,
  ATOMIC_ETH = 28,
  AETH = 4,
  ATOMIC_BYTES = 8,
  IMM = 4,
  ICRC = 4;
const u32 = (b: Uint8Array, at: number): number =>
  ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
const u24 = (b: Uint8Array, at: number): number => (b[at]! << 16) | (b[at + 1]! << 8) | b[at + 2]!;

/** The headers of a packet that an import needs; one object is filled again and again. */
export class Packet {
  /** RC, UC or UD. */
  service = RC;
  part = ONLY;
  /** Of OPCODES. */
  opcode = 0;
  /** Of a response: nothing follows. */
  end = false;
  /** Destination QP, 24 bits, and packet sequence number. */
  qp = 0;
  psn = 0;
  /** Of UD: the sender's QP. */
  source_qp = 0;
  payload_bytes = 0;
  /** Halves of the remote address. */
  high = 0;
  low = 0;
  rkey = 0;
  /** What the whole message has, of RDMA. */
  message_bytes = 0;
  imm = 0;
  /** AETH: 0 to 31 an ACK, 32 to 63 not ready, 96 and more refused. */
  syndrome = 0;
}

/** "foreign" is a transport or opcode that no verb of the model makes, "short" was cut within its headers. */
export type Seen = "read" | "foreign" | "short";

/** Reads BTH and what follows it in `bytes[at, to)`; `length` is up to the ICRC's end, on the wire. */
export function readPacket(bytes: Uint8Array, at: number, to: number, length: number, out: Packet): Seen {
  if (at + BTH > to) return "short";
  const code = bytes[at]! & 31,
    service = SERVICES[bytes[at]! >> 5]!,
    part = PARTS[code]!,
    opcode = OPERATIONS[code]!;
  if (service === NONE || part === NONE) return "foreign";
  out.service = service;
  out.part = part;
  out.opcode = opcode;
  out.end = code >= RESPONSE_LAST;
  out.qp = u24(bytes, at + 5);
  out.psn = u24(bytes, at + 9);
  const pad = (bytes[at + 1]! >> 4) & 3;
  let next = at + BTH;
  if (service === UD) {
    if ((next += DETH) > to) return "short";
    out.source_qp = u24(bytes, next - 3);
  }
  out.message_bytes = 0;
  if (part <= FIRST && IS_RDMA[opcode] === 1) {
    if ((next += RETH) > to) return "short";
    address(bytes, next - RETH, out);
    out.message_bytes = u32(bytes, next - 4);
  } else if (part <= FIRST && IS_ATOMIC[opcode] === 1) {
    if ((next += ATOMIC_ETH) > to) return "short";
    address(bytes, next - ATOMIC_ETH, out);
    out.message_bytes = ATOMIC_BYTES;
  }
  if (part >= ACK && code !== RESPONSE_MIDDLE) {
    if ((next += AETH) > to) return "short";
    out.syndrome = bytes[next - AETH]!;
    if (part === ATOMIC_ACK && (next += ATOMIC_BYTES) > to) return "short";
  }
  out.imm = 0;
  if (HAS_IMM[opcode] === 1) {
    if ((next += IMM) > to) return "short";
    out.imm = u32(bytes, next - IMM);
  }
  out.payload_bytes = Math.max(0, length - (next - at) - pad - ICRC);
  return "read";
}

/** Address and key, with which RETH and AtomicETH begin. */
function address(bytes: Uint8Array, at: number, out: Packet): void {
  out.high = u32(bytes, at);
  out.low = u32(bytes, at + 4);
  out.rkey = u32(bytes, at + 8);
}
