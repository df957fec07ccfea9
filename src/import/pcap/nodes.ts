import { NO_ID } from "../../abi/columns.js";
import { MTUS, mtuFor } from "../verbs/inferred.js";
import type { Flow } from "./flow.js";
import { UD } from "./packets/transport.js";
import type { Region } from "./regions.js";

/** Numbers of QPs that no packet tells lie above all that the wire can name. */
const UNKNOWN_QP = 1 << 24;

export interface NodeQp {
  /** Of the node. */
  readonly node: number;
  readonly qpn: number;
  /** Of QP_TYPES. */
  readonly type: number;
  peer: number;
  mtu: number;
  rq_psn: number;
  sq_psn: number;
  readonly cq: number;
  posts: number;
  /** Posts of RDMA WRITEs without immediate data. */
  writes: number;
  /** The peer's WRITEs that the next one waits for, where the two take turns; otherwise -1. */
  turn: number;
  /** Messages that take a receive, and the longest of them. */
  receives: number;
  longest: number;
}
/** One port of the capture: its objects are inferred from what was sent. */
export interface PortNode {
  readonly number: number;
  readonly port: number;
  readonly qps: Map<number, NodeQp>;
  readonly regions: Map<number, Region>;
}
/** Of a flow: its QPs, and how many WRs other flows have before its first there. */
export interface Ends {
  readonly sender: NodeQp;
  readonly receiver: NodeQp;
  readonly posts: number;
  readonly receives: number;
  readonly datagrams: boolean;
}

/** Gives a number to each sender's QP that nothing tells; says how many. */
export function numberUnknown(flows: readonly Flow[]): number {
  const unknown = flows.filter((f) => f.source_qp === undefined);
  unknown.forEach((f, i) => (f.source_qp = UNKNOWN_QP + i));
  return unknown.length;
}

/** The path MTU: of packets that fill it, else the least that the largest packet fits; 0 where none tells. */
export function mtuOf({ mtu, largest_bytes }: Flow): number {
  if (MTUS.includes(mtu)) return mtu;
  return mtuFor(largest_bytes);
}

/** The ports as nodes, in the order in which they first sent or were sent to, and the ends of each flow. */
export function connected(flows: readonly Flow[]): { nodes: PortNode[]; ends: Ends[] } {
  const byPort = new Map<number, PortNode>();
  const nodeOf = (port: number): PortNode => {
    let node = byPort.get(port);
    if (!node) {
      node = { number: byPort.size, port, qps: new Map(), regions: new Map() };
      byPort.set(port, node);
    }
    return node;
  };
  for (const f of flows) {
    nodeOf(f.source);
    nodeOf(f.target);
  }
  const ends = flows.map((f): Ends => {
    const sender = qpOf(nodeOf(f.source), f.source_qp!, f.service),
      receiver = qpOf(nodeOf(f.target), f.qp, f.service),
      { posts } = sender,
      { receives } = receiver,
      datagrams = f.service === UD;
    if (!datagrams) {
      sender.peer = f.qp;
      receiver.peer = f.source_qp!;
      sender.sq_psn = receiver.rq_psn = f.first_psn < 0 ? NO_ID : f.first_psn;
      sender.mtu = receiver.mtu = Math.max(sender.mtu, mtuOf(f));
    }
    sender.posts += f.messages;
    sender.writes += f.writes;
    receiver.receives += f.receives;
    receiver.longest = Math.max(receiver.longest, f.longest);
    f.regions.addTo(nodeOf(f.target).regions);
    return { sender, receiver, posts, receives, datagrams };
  });
  return { nodes: [...byPort.values()], ends };
}

function qpOf({ number, qps }: PortNode, qpn: number, type: number): NodeQp {
  let qp = qps.get(qpn);
  if (!qp) {
    qp = {
      node: number,
      qpn,
      type,
      peer: NO_ID,
      mtu: 0,
      rq_psn: NO_ID,
      sq_psn: NO_ID,
      cq: qps.size,
      posts: 0,
      writes: 0,
      turn: -1,
      receives: 0,
      longest: 0,
    };
    qps.set(qpn, qp);
  }
  return qp;
}
