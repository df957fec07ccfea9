import { FLAGS, QP_TYPES } from "../../abi/verbs.js";
import type { VerbsTrace } from "../read.js";
import type { FieldOrigin, ThreadRows, TraceNode } from "../table/metadata.js";
import type { VerbsRow } from "../table/rows.js";
import { Endpoints } from "../verbs/endpoints.js";
import { pairQps } from "../verbs/pairs.js";
import { readRows } from "../verbs/read-rows.js";

export type Histogram = Record<string, number>;
export interface Spread {
  count: number;
  min: number;
  median: number;
  max: number;
}

/** What is said of a trace of either schema. */
export interface TraceFacts {
  file: string;
  rows: number;
  clock: string;
  emulated: boolean;
  source: Record<string, unknown>;
  nodes: TraceNode[];
  fields: Record<FieldOrigin, string[]>;
  notes: string[];
}

/** What is in a verbs trace, for a person or a script. */
export interface Inspection extends TraceFacts {
  threads: ThreadRows[];
  verbs: Histogram;
  opcodes: Histogram;
  /** Bytes of send WRs, and how many are in each size class (the smallest power of two that holds them). */
  sizes: Spread & { classes: Histogram };
  postLists: Histogram;
  sges: Histogram;
  sends: { count: number; signaled: number; inline: number };
  qps: { types: Histogram; paired: number; unpaired: number };
  memory: { regions: number; bytes: Spread; pages: number; runs: number };
  emptyPolls: number;
  failed: number;
}

export function inspectTrace(trace: VerbsTrace): Inspection {
  const collect = new Collector();
  for (const row of readRows(trace)) collect.see(row);
  const { metadata } = trace;
  const fields = byOrigin(trace.fields);
  const partner = pairQps(collect.endpoints.qps);
  const connected = collect.endpoints.qps.filter((q) => q.type !== 2).length;
  const paired = partner.reduce((n, p) => n + (p >= 0 ? 1 : 0), 0);
  return {
    file: trace.path,
    rows: trace.rows,
    clock: metadata.clock,
    emulated: metadata.emulated,
    source: metadata.source,
    nodes: metadata.nodes,
    threads: metadata.threads,
    verbs: collect.verbs,
    opcodes: collect.opcodes,
    sizes: { ...spread(collect.sizes), classes: sizeClasses(collect.sizes) },
    postLists: collect.postLists(),
    sges: collect.sges,
    sends: collect.sends,
    qps: { types: collect.qpTypes, paired, unpaired: connected - paired },
    memory: {
      regions: collect.regions.length,
      bytes: spread(collect.regions),
      pages: collect.pages,
      runs: collect.runs,
    },
    emptyPolls: collect.emptyPolls,
    failed: collect.failed,
    fields,
    notes: trace.notes,
  };
}

/** Columns by where their values come from. */
export function byOrigin(fields: Record<string, FieldOrigin>): Record<FieldOrigin, string[]> {
  const by: Record<FieldOrigin, string[]> = { recorded: [], inferred: [], assumed: [] };
  for (const [name, origin] of Object.entries(fields)) by[origin].push(name);
  return by;
}

class Collector {
  readonly verbs: Histogram = {};
  readonly opcodes: Histogram = {};
  readonly sges: Histogram = {};
  readonly qpTypes: Histogram = {};
  readonly sizes: number[] = [];
  readonly regions: number[] = [];
  readonly endpoints = new Endpoints();
  readonly sends = { count: 0, signaled: 0, inline: 0 };
  pages = 0;
  runs = 0;
  emptyPolls = 0;
  failed = 0;
  private readonly lists = new Map<string, number>();
  private readonly signalAll = new Set<string>();

  see(row: VerbsRow): void {
    bump(this.verbs, row.verb);
    this.endpoints.see(row);
    if (row.opcode !== "NONE") bump(this.opcodes, row.opcode);
    if (row.status !== 0) this.failed++;
    const key = `${row.node}/${row.ctx}/${row.qp}`;
    switch (row.verb) {
      case "poll_cq_empty":
        this.emptyPolls += Number(row.size);
        break;
      case "post_send":
        this.send(row, this.signalAll.has(key));
        break;
      case "reg_mr":
        this.regions.push(Number(row.size));
        this.pages += Number(((row.addr + row.size + 4095n) >> 12n) - (row.addr >> 12n));
        this.runs += row.runs.length;
        break;
      case "create_qp":
        if (row.status !== 0) break;
        if (row.flags & FLAGS.signaled) this.signalAll.add(key);
        else this.signalAll.delete(key);
        bump(this.qpTypes, QP_TYPES[row.qp_type] ?? String(row.qp_type));
        break;
    }
  }
  private send(row: VerbsRow, signalAll: boolean): void {
    this.sends.count++;
    if (signalAll || row.flags & FLAGS.signaled) this.sends.signaled++;
    if (row.flags & FLAGS.inline) this.sends.inline++;
    bump(this.sges, String(row.num_sge));
    this.sizes.push(row.length);
    const call = `${row.node}/${row.tid}/${row.call}`;
    this.lists.set(call, (this.lists.get(call) ?? 0) + 1);
  }
  postLists(): Histogram {
    const lengths: Histogram = {};
    for (const n of this.lists.values()) bump(lengths, String(n));
    return lengths;
  }
}

function bump(histogram: Histogram, key: string): void {
  histogram[key] = (histogram[key] ?? 0) + 1;
}
function spread(values: number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  return {
    count: sorted.length,
    min: sorted[0] ?? 0,
    median: sorted[(sorted.length - 1) >> 1] ?? 0,
    max: sorted.at(-1) ?? 0,
  };
}
function sizeClasses(sizes: readonly number[]): Histogram {
  const counts = new Map<number, number>();
  for (const size of sizes) {
    const limit = size === 0 ? 0 : 2 ** Math.ceil(Math.log2(size));
    counts.set(limit, (counts.get(limit) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort((a, b) => a[0] - b[0]).map(([limit, n]) => [String(limit), n]));
}
