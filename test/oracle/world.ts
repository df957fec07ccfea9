/** What one replay shares: the queue, the counters, the nodes, the accounts. */
import { COUNTERS } from "../../src/abi/counters.js";
import { LAYER_SLOTS } from "../../src/abi/layers.js";
import { CPU_RESOURCE_NAMES } from "../../src/abi/resources.js";
import { assertOwn, type Clock, type Ledger, type OwnClock, ZERO } from "./clock.js";
import { Cache } from "./device/cache.js";
import type { Op, Qp } from "./objects.js";
import type { Path } from "./path.js";
import { EventQueue } from "./queue.js";
import type { Testbed } from "./testbed.js";

export type FifoName = "down" | "up" | "tx" | "rx" | "link";
export type CacheName = "qpc" | "cqc" | "mpt" | "mtt" | "iotlb";

export interface CpuResource {
  clock: Clock;
  holder?: object;
  queue: object[];
}

/** One node: its HCA, and the shared things on its CPU side (R4.1). */
export interface Node {
  virtual: boolean;
  fifo: Record<FifoName, Clock>;
  caches: Record<CacheName, Cache>;
  onesided: bigint;
  cpu: Map<string, CpuResource>;
}

export interface Operation {
  count: number;
  bytes: bigint;
  min: bigint;
  max: bigint;
  sum: bigint;
  service: bigint[];
  wait: bigint[];
  latencies: bigint[];
}

/** What does not fit together in the rows, counted as messages arrive (R5.5). */
export interface Seen {
  short: number;
  otherLengths: number;
}

/** From the first post to the last end (R5.4). */
export class DataPath {
  start?: bigint;
  end?: bigint;

  posted(callStart: bigint): void {
    if (this.start === undefined || callStart < this.start) this.start = callStart;
  }
  completed({ time }: Clock): void {
    if (this.end === undefined || time > this.end) this.end = time;
  }
}

export class World {
  readonly dataPath = new DataPath();
  readonly seen: Seen = { short: 0, otherLengths: 0 };
  readonly queue = new EventQueue();
  readonly counters: Record<string, bigint> = Object.fromEntries(COUNTERS.map((c) => [c, 0n]));
  readonly operations = new Map<string, Operation>();
  readonly nodes: Node[] = [];
  readonly testbed: Testbed;
  readonly path: Path;
  readonly peerPath: Path;
  private numbered = 0;

  constructor(testbed: Testbed, path: Path, peerPath: Path, nodeCount: number) {
    this.testbed = testbed;
    this.path = path;
    this.peerPath = peerPath;
    for (let i = 0; i <= nodeCount; i++) this.nodes.push(this.newNode(i === nodeCount));
  }

  /** A node's HCA and its caches (R4.6.1, R4.21). */
  private newNode(virtual: boolean): Node {
    const n = (name: string): number => this.testbed.number(name);
    return {
      virtual,
      fifo: { down: ZERO, up: ZERO, tx: ZERO, rx: ZERO, link: ZERO },
      onesided: 0n,
      caches: {
        qpc: new Cache(n("hca.qpc_entries"), n("hca.qpc_ways")),
        cqc: new Cache(n("hca.cqc_entries"), n("hca.cqc_ways")),
        mpt: new Cache(n("hca.mpt_entries"), n("hca.mpt_ways")),
        mtt: new Cache(Math.floor(n("hca.mtt_entries") / 8), n("hca.mtt_ways")),
        iotlb: new Cache(n("iommu.entries"), n("iommu.ways")),
      },
      cpu: new Map(CPU_RESOURCE_NAMES.map((name) => [name, { clock: ZERO, queue: [] }])),
    };
  }

  nextNumber(): number {
    return this.numbered++;
  }

  count(counter: string, n: bigint | number = 1n): void {
    this.counters[counter] = this.counters[counter]! + BigInt(n);
  }

  /** Account one operation or call that ended at `end` and began at `since` (R5.1). */
  account(
    verb: string,
    opcode: string,
    sizeClass: string,
    bytes: bigint,
    end: OwnClock,
    since: bigint,
  ): void {
    assertOwn(`${verb} ${opcode}`, end, since);
    const key = `${verb}|${opcode}|${sizeClass}`;
    const latency = end.time - since;
    let o = this.operations.get(key);
    if (!o) {
      const zeros = (): bigint[] => new Array<bigint>(LAYER_SLOTS).fill(0n);
      this.operations.set(
        key,
        (o = {
          count: 0,
          bytes: 0n,
          min: latency,
          max: latency,
          sum: 0n,
          service: zeros(),
          wait: zeros(),
          latencies: [],
        }),
      );
    }
    o.count += 1;
    o.bytes += bytes;
    if (latency < o.min) o.min = latency;
    if (latency > o.max) o.max = latency;
    o.sum += latency;
    o.latencies.push(latency);
    accumulate(o.service, end.service);
    accumulate(o.wait, end.wait);
  }
}

function accumulate(into: bigint[], ledger: Ledger): void {
  ledger.forEach((v, i) => (into[i] = into[i]! + v));
}

/** Whether a receive completion has the length of its message; of UD it may hold the GRH's 40 bytes (R5.5). */
export function sameLength(polled: { qp: Qp; length: number }, op: Op): boolean {
  const l = op.wr.length;
  return polled.length === l || (polled.qp.type === "UD" && polled.length === l + 40);
}

/** 0, then powers of two: the smallest that is not less than `bytes` (R5.2). */
export function sizeClass(bytes: number): string {
  if (bytes === 0) return "0";
  let size = 1;
  while (size < bytes) size *= 2;
  return String(size);
}
