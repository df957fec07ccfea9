import { NO_ID } from "../../abi/columns.js";
import { FLAGS, OPCODE_ID, type Opcode } from "../../abi/verbs.js";
import { type Cursor, word } from "./cursor.js";

const SPACE = 32,
  OPEN = 91,
  CLOSE = 93;
/** Most characters that UCX gives a text of this kind: its buffer has 256 bytes (src/uct/ib/base/ib_log.c). */
const LONGEST = 254;
/** QP numbers have 24 bits. */
const LARGEST_QP = 0xffffff;
/** No HCA takes more in a WR, and no line has room for a tenth of them. */
const SGES = 64;
/** No InfiniBand message is longer (model.md, R2.24). */
const LONGEST_MESSAGE = 2 ** 31;

const QP = word("QP 0x"),
  WRID = word(" wrid 0x"),
  INDEX = word(" ["),
  AFTER_INDEX = word("] "),
  RQPN = word("rqpn 0x"),
  RVA = word("rva 0x"),
  RKEY = word(" rkey 0x"),
  VA = word("va 0x"),
  LEN = word(" len "),
  LKEY = word(" lkey 0x"),
  INLINE = word("inl len "),
  ADD = word("add "),
  CMP = word("cmp "),
  BIT = word("bit "),
  SPACED_BIT = word(" bit ");
/** Opcodes as UCX calls them, each with the space behind it. */
const OPCODES: readonly [Uint8Array, Opcode, boolean][] = (
  [
    ["SEND", "SEND"],
    ["RDMA_WRITE", "RDMA_WRITE"],
    ["RDMA_READ", "RDMA_READ"],
    ["SEND_IMM", "SEND_WITH_IMM"],
    ["FETCH_ADD", "ATOMIC_FETCH_AND_ADD"],
    ["CSWAP", "ATOMIC_CMP_AND_SWP"],
    ["MASKED_FETCH_ADD", "ATOMIC_FETCH_AND_ADD"],
    ["MASKED_CSWAP", "ATOMIC_CMP_AND_SWP"],
  ] as const
).map(([name, opcode]) => [word(`${name} `), opcode, name.startsWith("MASKED")]);
export const isSend = (opcode: number): boolean =>
  opcode === OPCODE_ID.SEND || opcode === OPCODE_ID.SEND_WITH_IMM;
export const isAtomic = (opcode: number): boolean =>
  opcode === OPCODE_ID.ATOMIC_CMP_AND_SWP || opcode === OPCODE_ID.ATOMIC_FETCH_AND_ADD;
const FLAG = [
  [word("s"), FLAGS.signaled],
  [word("f"), FLAGS.fence],
  [word("e"), FLAGS.solicited],
] as const;

/** A work request as its line tells it. */
export interface Work {
  qp: number;
  /** `wrid`; of mlx5 the index of its WQE. */
  wr_id: number;
  /** The index is one of WQEs. */
  by_index: boolean;
  /** In OPCODE_ID. */
  opcode: number;
  masked: boolean;
  flags: number;
  /** Of a datagram; -1 else. */
  peer: number;
  /** Of one-sided work; -1 else. */
  remote_addr: number;
  rkey: number;
  /** Bytes and number of the inline pieces. */
  inline_bytes: number;
  inlines: number;
  sges: number;
  readonly addr: Float64Array;
  readonly length: Float64Array;
  readonly lkey: Uint32Array;
}
export const emptyWork = (): Work => ({
  qp: 0,
  wr_id: 0,
  by_index: false,
  opcode: 0,
  masked: false,
  flags: 0,
  peer: -1,
  remote_addr: -1,
  rkey: 0,
  inline_bytes: 0,
  inlines: 0,
  sges: 0,
  addr: new Float64Array(SGES),
  length: new Float64Array(SGES),
  lkey: new Uint32Array(SGES),
});

/** `cut`: what there is of it is good; `foreign`: of an opcode that is not known, such as NOP. */
export type Read = "whole" | "cut" | "damaged" | "foreign";

/** Reads the text of a work request from `QP 0x` on; of a damaged one QP and opcode are -1 where they are not known. */
export function readWork(c: Cursor, work: Work): Read {
  const from = c.at;
  work.qp = work.opcode = -1;
  if (!c.pass(QP)) return "damaged";
  const qp = c.hex();
  if (qp > LARGEST_QP) return "damaged";
  work.qp = qp;
  work.by_index = !c.pass(WRID);
  if (work.by_index && !c.pass(INDEX)) return "damaged";
  work.wr_id = work.by_index ? c.decimal() : c.hex();
  if (work.by_index ? !c.pass(AFTER_INDEX) : c.bytes[c.at++] !== SPACE) return "damaged";
  if (work.qp < 0 || work.wr_id < 0) return "damaged";
  if (!readOpcode(c, work)) return c.passTo(SPACE) ? "foreign" : "damaged";
  work.flags = 0;
  for (const [letter, flag] of FLAG) {
    if (c.pass(letter)) work.flags |= flag;
    else if (c.bytes[c.at++] !== 45) return "damaged";
  }
  work.peer = work.remote_addr = -1;
  work.rkey = work.inline_bytes = work.inlines = work.sges = 0;
  const end = readGroups(c, work),
    full = c.to - from >= LONGEST,
    one_sided = !isSend(work.opcode);
  if (end === "damaged" || (end === "open" && !full) || (one_sided && work.remote_addr < 0)) return "damaged";
  let bytes = work.inline_bytes;
  for (let i = 0; i < work.sges; i++) bytes += work.length[i]!;
  if (bytes > LONGEST_MESSAGE) return "damaged";
  // With no room left behind a whole group, there may have been more of them.
  return full && c.at >= c.to ? "cut" : "whole";
}

function readOpcode(c: Cursor, work: Work): boolean {
  for (let i = 0; i < OPCODES.length; i++) {
    const [name, opcode, masked] = OPCODES[i]!;
    if (!c.pass(name)) continue;
    work.opcode = OPCODE_ID[opcode];
    work.masked = masked;
    return true;
  }
  return false;
}

/** Groups in brackets, up to what else there is: UCX's tracers put the message's header there. */
function readGroups(c: Cursor, work: Work): "whole" | "open" | "damaged" {
  for (;;) {
    const { at } = c;
    if (c.at >= c.to || c.bytes[c.at] !== SPACE) return "whole";
    // Later versions put a letter before some SGEs.
    const bracket = c.bytes[at + 1] === OPEN ? at + 1 : c.bytes[at + 2] === OPEN ? at + 2 : -1;
    if (bracket < 0 || bracket >= c.to) {
      if (at + 1 === c.to) c.at = c.to;
      return "whole";
    }
    c.at = bracket + 1;
    const group = readGroup(c, work);
    if (group === "damaged") {
      c.at = bracket;
      return c.passTo(CLOSE) ? "damaged" : "open";
    }
    if (group === "foreign") {
      c.at = at;
      return "whole";
    }
  }
}

function readGroup(c: Cursor, work: Work): "whole" | "damaged" | "foreign" {
  const { at } = c;
  if (c.pass(VA)) {
    const addr = c.hex(),
      length = c.pass(LEN) ? c.decimal() : -1,
      lkey = c.pass(LKEY) ? c.hex() : -1;
    if (!close(c) || addr < 0 || !fits(length) || !fits(lkey) || work.sges === SGES) return "damaged";
    // Inline data that goes on at the queue's start: only its second piece is called so (ib_mlx5_log.c), and no
    // region has the key 0.
    if (lkey === 0 && length > 0) {
      work.inline_bytes += length;
      work.inlines++;
      return "whole";
    }
    work.addr[work.sges] = addr;
    work.length[work.sges] = length;
    work.lkey[work.sges++] = lkey;
    return "whole";
  }
  if (c.pass(INLINE)) {
    const length = c.decimal();
    if (!close(c) || !fits(length)) return "damaged";
    work.inline_bytes += length;
    work.inlines++;
    return "whole";
  }
  if (c.pass(RVA)) {
    const addr = c.hex(),
      rkey = c.pass(RKEY) ? c.hex() : -1;
    if (!close(c) || addr < 0 || !fits(rkey)) return "damaged";
    work.remote_addr = addr;
    work.rkey = rkey;
    return "whole";
  }
  if (c.pass(RQPN)) {
    work.peer = c.hex();
    return c.passTo(CLOSE) && work.peer >= 0 && work.peer <= LARGEST_QP ? "whole" : "damaged";
  }
  if (c.pass(ADD) || c.pass(CMP)) return c.passTo(CLOSE) ? "whole" : "damaged";
  if (c.decimal() >= 0 && (c.pass(BIT) || c.pass(SPACED_BIT))) return c.passTo(CLOSE) ? "whole" : "damaged";
  // A group that the end cuts off within its first word.
  c.at = at;
  return c.to - at < VA.length && !c.passTo(CLOSE) ? "damaged" : "foreign";
}

/** Of 32 bits, and not what stands for none. */
const fits = (n: number): boolean => n >= 0 && n < NO_ID;
function close(c: Cursor): boolean {
  if (c.at >= c.to || c.bytes[c.at] !== CLOSE) return false;
  c.at++;
  return true;
}
