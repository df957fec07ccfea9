/**
 * The objects of a replay: what the trace created, and what the
 * simulation knows about each. Fresh for every run.
 */
import type { Opcode } from "../../src/abi/verbs.js";
import { type Clock, type OwnClock, type Span, ZERO } from "./clock.js";

export interface Sge {
  addr: bigint;
  length: number;
  mr?: Mr;
}

export interface Mr {
  ordinal: number;
  addr: bigint;
  size: bigint;
  pages: bigint;
  runs: bigint;
  largeLeaf: boolean;
}

/** Something that a create call makes ready. */
export interface Created {
  creator?: string;
  ready?: Clock;
}

export interface Cq extends Created {
  kind: "cq";
  node: number;
  ordinal: number;
  entries: bigint;
  bufPages: bigint;
  /** written CQEs in the order of writing */
  cqes: Cqe[];
  armed?: { solicitedOnly: boolean; clock: Clock };
  /** by the number of the wait that takes it, and the numbers of waits that were assumed (R3.20) */
  events: Map<number, Clock>;
  assumed: Set<number>;
}

/** A CQE, visible at a clock (R4.5.1). */
export interface Cqe {
  visible: OwnClock;
  op: Op;
  receive: boolean;
  polled: boolean;
}

/** An RQ or SRQ: WRs that were posted, and operations that wait for one (R4.2.13). */
export interface ReceiveQueue {
  /** WRs that were asked for, 0: not known; and that it holds in the order of rows (R2.43) */
  capacity: number;
  held: number;
  wrs: RecvWr[];
  waiting: Op[];
}
export interface RecvWr {
  sges: Sge[];
  numSge: number;
  length: number;
  accepted: boolean;
  posted?: Clock;
}

export interface Srq extends Created {
  kind: "srq";
  queue: ReceiveQueue;
  bufPages: bigint;
}

export interface Qp extends Created {
  kind: "qp";
  node: number;
  ordinal: number;
  ctx: number;
  number: number;
  /** row of its creation */
  row: number;
  type: "RC" | "UC" | "UD";
  virtual: boolean;
  sigAll: boolean;
  sendCq?: Cq;
  recvCq?: Cq;
  queue: ReceiveQueue;
  usesSrq: boolean;
  peer?: Qp;
  /** its messages come from a peer that the trace does not have (R4.6.1) */
  simulated: boolean;
  /** of modify_qp: what R2.41 pairs by */
  peerNumber?: number;
  rqPsn?: number;
  sqPsn?: number;
  sendCapacity: number;
  inlineCapacity: number;
  sqSlots: bigint;
  bufPages: bigint;
  // while resolving rows
  mtu: number;
  /** each path_mtu, with the row that set it */
  mtus: { row: number; mtu: number }[];
  maxRdAtomic: number;
  posted: SendWr[];
  completed: number;
  retiredRows: number;
  received: number;
  polledRows: number;
  lastPoller?: string;
  // requester
  ops: Op[];
  passed: number;
  gate: Clock;
  left: number;
  wireGate: Clock;
  sendLine: Line;
  respondLine: Line;
  outstanding: number;
  retired: number;
  retireClock: Clock;
  // responder
  lastHead: Clock;
  recvCqes: Cqe[];
  writes: Clock[];
  /** clock at which the n-th successful completion was polled, in simulated order */
  polledAt: Clock[];
}

export interface SendWr {
  qp: Qp;
  /** where a UD send goes when the trace has several nodes (R2.23) */
  to?: Qp;
  /** column peer_qp */
  destination: number;
  /** polled with an error: in no statistics (R2.42) */
  failed: boolean;
  opcode: Opcode;
  wrId: bigint;
  length: number;
  inline: boolean;
  fence: boolean;
  solicited: boolean;
  signalled: boolean;
  accepted: boolean;
  units: number;
  inlineBytes: number;
  sges: Sge[];
  numSge: number;
  remoteAddr: bigint;
  rkey: number;
  mtu: number;
  maxRdAtomic: number;
  number: number;
  cqe?: Cqe;
}

/**
 * Operations of a QP that wait to have their payload read, and when the last one was done (R4.2.2, R4.2.3).
 */
export interface Line {
  ops: Op[];
  clock: Clock;
  unsent: number;
  blocked?: (served: Clock) => void;
}

/** One WR (or injected message) in the device. */
export interface Op {
  wr: SendWr;
  number: number;
  callStart: bigint;
  sender: Qp;
  receiver: Qp;
  bursts: number[];
  blueflame: number;
  atGate?: Span;
  released: boolean;
  parkedForReads: boolean;
  done?: OwnClock;
  doneSub: number;
  /** bursts parked at the wire gate, in burst order */
  atWire: (() => void)[];
  left: boolean;
  /** its first burst waits in the payload line */
  inLine?: () => void;
  recv?: RecvWr;
  parked: { burst: number; sub: number; span: Span }[];
}

export function newQueue(capacity = 0): ReceiveQueue {
  return { capacity, held: 0, wrs: [], waiting: [] };
}

export function newQp(
  fields: Pick<
    Qp,
    "node" | "ordinal" | "ctx" | "type" | "virtual" | "sigAll" | "queue" | "usesSrq" | "sqSlots" | "bufPages"
  > &
    Partial<Qp>,
): Qp {
  return {
    kind: "qp",
    row: -1,
    number: -1,
    simulated: false,
    sendCapacity: 0,
    inlineCapacity: 0,
    mtu: 0,
    mtus: [],
    maxRdAtomic: 0,
    posted: [],
    completed: 0,
    retiredRows: 0,
    received: 0,
    polledRows: 0,
    ops: [],
    passed: 0,
    gate: ZERO,
    left: 0,
    wireGate: ZERO,
    sendLine: { ops: [], clock: ZERO, unsent: 0 },
    respondLine: { ops: [], clock: ZERO, unsent: 0 },
    outstanding: 0,
    retired: 0,
    retireClock: ZERO,
    lastHead: ZERO,
    recvCqes: [],
    writes: [],
    polledAt: [],
    ...fields,
  };
}

export function isSend(opcode: Opcode): boolean {
  return opcode.startsWith("SEND");
}
export function isWrite(opcode: Opcode): boolean {
  return opcode.startsWith("RDMA_WRITE");
}
export function isAtomic(opcode: Opcode): boolean {
  return opcode.startsWith("ATOMIC");
}
/** READ or atomic: something comes back (R4.1.5). */
export function returnsData(opcode: Opcode): boolean {
  return opcode === "RDMA_READ" || isAtomic(opcode);
}
/** Whether the requester reads a payload (R4.1.7). */
export function readsPayload(wr: SendWr): boolean {
  return wr.length > 0 && !wr.inline && (isSend(wr.opcode) || isWrite(wr.opcode));
}
export function hasImmediate(opcode: Opcode): boolean {
  return opcode.includes("_WITH_");
}
/** Whether the message takes a receive WQE (R4.2.13). */
export function needsReceive(opcode: Opcode): boolean {
  return isSend(opcode) || opcode === "RDMA_WRITE_WITH_IMM";
}
/** Bytes of a WQE (R2.27). */
export function wqeBytes(units: number): number {
  return 64 * Math.ceil(units / 4);
}
