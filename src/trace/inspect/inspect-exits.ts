import type { ExitsTrace } from "../read.js";
import { readExits } from "../read.js";
import { byOrigin, type TraceFacts } from "./inspect.js";

/** Exits of one reason. Times are of those whose entry was seen, and undefined where none was. */
export interface ReasonShare {
  reason: string;
  count: number;
  /** Exits whose entry was not seen. */
  without_entry: number;
  median_ps: number | undefined;
  /** The smallest duration that 99 % of them do not exceed. */
  p99_ps: number | undefined;
  total_ps: number;
  /** Of the durations of all reasons; 0 where there are none. */
  share: number;
}
/** What is in a table of exits, for a person or a script. */
export interface ExitsInspection extends TraceFacts {
  vcpus: number;
  /** From the first exit to the last one, in ps. */
  span_ps: number;
  /** By their time, the longest first. */
  reasons: ReasonShare[];
}

const PS_PER_NS = 1000;

export function inspectExits(trace: ExitsTrace): ExitsInspection {
  const summary = new ExitSummary(),
    threads = new Set<number>();
  let first = 0n,
    last = 0n;
  for (const row of readExits(trace)) {
    if (threads.size === 0 || row.t < first) first = row.t;
    if (row.t > last) last = row.t;
    threads.add(row.tid);
    summary.add(row.reason, row.duration_ps);
  }
  return {
    file: trace.path,
    rows: trace.rows,
    clock: trace.metadata.clock,
    emulated: trace.emulated,
    source: trace.metadata.source,
    nodes: trace.metadata.nodes,
    vcpus: threads.size,
    span_ps: Number(last - first) * PS_PER_NS,
    reasons: summary.reasons(),
    fields: byOrigin(trace.fields),
    notes: trace.notes,
  };
}

/** Durations by reason. */
export class ExitSummary {
  private readonly of = new Map<string, { count: number; took: number[] }>();

  get count(): number {
    return [...this.of.values()].reduce((sum, { count }) => sum + count, 0);
  }
  /** Of all reasons together. */
  get median_ps(): number | undefined {
    const sorted = Float64Array.from([...this.of.values()].flatMap(({ took }) => took)).sort();
    return sorted[(sorted.length - 1) >> 1];
  }
  add(reason: string, duration_ps: bigint | undefined): void {
    let found = this.of.get(reason);
    if (found === undefined) {
      found = { count: 0, took: [] };
      this.of.set(reason, found);
    }
    found.count++;
    if (duration_ps !== undefined) found.took.push(Number(duration_ps));
  }
  reasons(): ReasonShare[] {
    const shares = [...this.of].map(([reason, { count, took }]): ReasonShare => {
      const sorted = Float64Array.from(took).sort();
      return {
        reason,
        count,
        without_entry: count - sorted.length,
        median_ps: sorted[(sorted.length - 1) >> 1],
        p99_ps: sorted[Math.ceil(0.99 * sorted.length) - 1],
        total_ps: sorted.reduce((sum, d) => sum + d, 0),
        share: 0,
      };
    });
    const all = shares.reduce((sum, s) => sum + s.total_ps, 0);
    for (const s of shares) s.share = all === 0 ? 0 : s.total_ps / all;
    return shares.sort(
      (a, b) => b.total_ps - a.total_ps || b.count - a.count || (a.reason < b.reason ? -1 : 1),
    );
  }
}
