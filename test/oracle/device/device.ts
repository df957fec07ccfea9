/** The stages that every flow through an HCA is made of (R4.2 to R4.23). */
import type { Layer } from "../../../src/abi/layers.js";
import {
  add,
  addPlain,
  type Clock,
  control,
  type OwnClock,
  plain,
  type Span,
  stage,
  takeOver,
} from "../clock.js";
import type { Op, Qp } from "../objects.js";
import type { NodeObjects } from "../rows.js";
import type { CacheName, FifoName, Node, World } from "../world.js";

/** One burst of an operation (or its ack) on its way (R4.2, R4.3). */
export interface Flow {
  op: Op;
  burst: number;
  sub: number;
  span: Span;
}

export class Device {
  readonly world: World;
  /** what rows named, by node */
  readonly nodes: NodeObjects[];

  constructor(world: World, nodes: NodeObjects[]) {
    this.world = world;
    this.nodes = nodes;
  }

  flow(op: Op, burst: number, sub: number, at: OwnClock): Flow {
    return { op, burst, sub, span: { head: at, tail: at } };
  }

  node(qp: Qp): Node {
    return this.world.nodes[qp.node]!;
  }

  /** The MTU of the requester's QP, on both sides (R4.15). */
  mtu(op: Op): number {
    return op.wr.mtu || this.world.testbed.number("wire.mtu");
  }

  /** A flow arrives at a fifo or ctl stage: an event at its head's time (R4.9). */
  arrive(flow: Flow, run: () => void): void {
    this.world.queue.push({ time: flow.span.head.time, kind: 0, number: flow.op.number, sub: flow.sub, run });
  }

  /** A FIFO stage (R4.4). */
  fifo(flow: Flow, node: Node, name: FifoName, layer: Layer, first: bigint, all: bigint): void {
    const { head, tail, resource } = stage(flow.span, node.fifo[name], layer, first, all);
    flow.span = { head, tail };
    node.fifo[name] = resource;
  }

  /** So many packets at a node's receive engine (R4.2.12). */
  received(flow: Flow, node: Node, packets = 1): void {
    const one = this.cost("hca.rx_packet");
    this.fifo(flow, node, "rx", "hca.process", one, this.cost("hca.rx_packet", packets));
  }

  /** A control packet (R4.6, R4.7). */
  ctl(flow: Flow, node: Node, name: "down" | "up" | "link", layer: Layer, cost: bigint): void {
    const { testbed } = this.world;
    if (flow.span.head.time !== flow.span.tail.time)
      throw new Error("a control packet with a head before its tail");
    let full: bigint;
    if (name === "down") full = testbed.fullDown();
    else if (name === "up") full = testbed.fullUp();
    else full = testbed.wire(pad(this.mtu(flow.op)) + testbed.number("wire.header_bytes"));
    const { clock, resource } = control(flow.span.tail, node.fifo[name], layer, cost, full);
    flow.span = { head: clock, tail: clock };
    node.fifo[name] = resource;
  }

  /** Head and tail are later (R4.5). */
  lat(flow: Flow, layer: Layer, cost: bigint): void {
    flow.span = { head: add(flow.span.head, layer, cost), tail: add(flow.span.tail, layer, cost) };
  }

  /** Takes time of a resource that delays nobody now (R4.8). */
  occupy(node: Node, name: FifoName, layer: Layer, cost: bigint, h: Clock): void {
    const f = node.fifo[name];
    node.fifo[name] = addPlain(f.time > h.time ? f : plain(h), layer, cost);
  }

  /** Both clocks of a flow take over the same clock. */
  takeOver(flow: Flow, f: Clock, layer: Layer): void {
    flow.span = { head: takeOver(flow.span.head, f, layer), tail: takeOver(flow.span.tail, f, layer) };
  }

  cost(name: string, n: bigint | number = 1n): bigint {
    return this.world.testbed.cost(name, n);
  }

  /** Counts a DMA read (R4.12). */
  dmaRead(bytes: number): void {
    this.world.count("dma.reads");
    this.world.count("dma.read_bytes", bytes);
    this.world.count("pcie.tlps", this.world.testbed.readTlps(bytes));
  }

  /** Counts a DMA write (R4.13). */
  dmaWrite(bytes: number): void {
    this.world.count("dma.writes");
    this.world.count("dma.write_bytes", bytes);
    this.world.count("pcie.tlps", this.world.testbed.writeTlps(bytes));
  }

  /** Counts packets (R4.17). */
  sent(packets: number, bytes: number): void {
    this.world.count("wire.packets", packets);
    this.world.count("wire.bytes", bytes);
  }

  /** Returns 1 on a miss (R4.23). */
  lookup(node: Node, name: CacheName, key: bigint): number {
    const hit = node.caches[name].lookup(key);
    this.world.count(`${name}.${hit ? "hits" : "misses"}`);
    if (hit) return 0;
    if (name !== "iotlb") this.dmaRead(64);
    return 1;
  }

  /** The QP context; the virtual node looks nothing up (R4.6.2, R4.21). */
  qpContext(flow: Flow, qp: Qp): void {
    if (!qp.virtual)
      this.lat(
        flow,
        "hca.context",
        this.cost("pcie.read_rtt", this.lookup(this.node(qp), "qpc", BigInt(qp.ordinal))),
      );
  }
}

/** Padded to a multiple of 4 (R4.15). */
export function pad(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
