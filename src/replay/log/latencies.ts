import hdr, { type Histogram } from "hdr-histogram-js";
import { OPCODES } from "../../abi/verbs.js";
import { type Integer, integer } from "../../numbers.js";
import { type LogReader, logKinds } from "./log.js";

/** Of a class of operations, in a result. */
export interface LatencySummary {
  min: Integer;
  mean: Integer;
  p50: Integer;
  p90: Integer;
  p99: Integer;
  p999: Integer;
  max: Integer;
}
/**
 * Latencies of one queue pair's operations, by opcode and size class. Percentiles are ends of
 * buckets, at most 1/128 above the exact ones; count, mean, min and max are exact.
 */
export interface QpLatencies {
  verb: "post_send" | "message";
  node: number;
  qp: number;
  opcode: string;
  size_class: string;
  count: number;
  latency_ps: LatencySummary;
}
interface Collected {
  key: Omit<QpLatencies, "count" | "latency_ps">;
  histogram: Histogram;
  min: bigint;
  max: bigint;
  sum: bigint;
  count: number;
}

/**
 * 128 steps an octave, as the core's histograms: some 15 KB for each queue
 * pair, opcode and size, however many operations there are.
 */
const HISTOGRAM = { bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 2 } as const;

/** Smallest power of two that holds n, as the core's size classes. */
const sizeClass = (bytes: number): string => (bytes === 0 ? "0" : String(2 ** (32 - Math.clz32(bytes - 1))));

/** Collects latencies by queue pair from a replay's log. `nodeOf` gives the node of a thread. */
export class QpLatencyCollector {
  private readonly classes = new Map<string, Collected>();
  private readonly nodeOf: (thread: number) => number;
  constructor(nodeOf: (thread: number) => number) {
    this.nodeOf = nodeOf;
  }
  readonly log: LogReader = {
    kinds: logKinds("OPERATION", "POLLED"),
    take: (r) => {
      if (r.kind === "OPERATION")
        this.add("post_send", r.track, r.qp, OPCODES[r.what]!, r.bytes, r.end_ps - r.start_ps);
      else if ((r.what & 1) === 1)
        this.add(
          "message",
          this.nodeOf(r.track),
          r.qp,
          OPCODES[r.what >> 8]!,
          r.bytes,
          r.end_ps - r.start_ps,
        );
      return true;
    },
    lost: (n) => {
      throw new Error(`the log lost ${n} records; this is a defect of verbscope`);
    },
  };

  private add(
    verb: QpLatencies["verb"],
    node: number,
    qp: number,
    opcode: string,
    bytes: number,
    latency: bigint,
  ): void {
    const size_class = sizeClass(bytes),
      name = `${verb} ${node} ${qp} ${opcode} ${size_class}`;
    let c = this.classes.get(name);
    if (!c)
      this.classes.set(
        name,
        (c = {
          key: { verb, node, qp, opcode, size_class },
          histogram: hdr.build(HISTOGRAM),
          min: latency,
          max: latency,
          sum: 0n,
          count: 0,
        }),
      );
    c.histogram.recordValue(Number(latency));
    if (latency < c.min) c.min = latency;
    if (latency > c.max) c.max = latency;
    c.sum += latency;
    c.count++;
  }
  /** Sorted by node, queue pair, verb, opcode, size. */
  result(): QpLatencies[] {
    const list = [...this.classes.values()].map(({ key, histogram, min, max, sum, count }): QpLatencies => {
      const p = (q: number): number => Math.min(Number(max), histogram.getValueAtPercentile(q));
      return {
        ...key,
        count,
        latency_ps: {
          min: integer(min),
          mean: integer(sum / BigInt(count)),
          p50: p(50),
          p90: p(90),
          p99: p(99),
          p999: p(99.9),
          max: integer(max),
        },
      };
    });
    const text = (l: QpLatencies): string => `${l.verb} ${l.opcode}`;
    return list.sort(
      (a, b) =>
        a.node - b.node ||
        a.qp - b.qp ||
        (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : Number(a.size_class) - Number(b.size_class)),
    );
  }
}
