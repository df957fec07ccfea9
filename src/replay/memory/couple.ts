import type { Core } from "../../core/instance.js";
import { UserError } from "../../errors.js";
import type { Path } from "../../path/flatten.js";
import type { VerbsTrace } from "../../trace/read.js";
import type { Prepared } from "../prepare/prepare.js";
import { ColumnFeed } from "./feed.js";
import { footprint, union } from "./links.js";
import type { PreparedMemory } from "./prepare.js";
import { relinks, setUpMemory } from "./setup.js";

/** Which threads of a verbs trace execute which accesses of a memory trace. */
export interface Coupling {
  readonly memory: PreparedMemory;
  readonly node: number;
  /** True when rows are placed by time, false when they are spread evenly. */
  readonly timed: boolean;
  /** Thread index in the verbs trace → rows of its accesses and their tid. */
  readonly threads: ReadonlyMap<number, { tid: number; rows: number }>;
  /** Rows of threads that make no verbs call. */
  readonly refused: number;
  readonly notes: readonly string[];
}

/** Finds the node and threads that a memory trace belongs to (M3.11, M6.4, M6.5). */
export function couple(verbs: VerbsTrace, prepared: Prepared, memory: PreparedMemory): Coupling {
  const notes: string[] = [],
    { trace } = memory;
  const name = trace.metadata.nodes[0]!.name,
    named = verbs.metadata.nodes.findIndex((n) => n.name === name),
    node = Math.max(0, named);
  if (named < 0 && verbs.metadata.nodes.length > 1)
    notes.push(
      `the memory trace does not say which node it is of ("${name}" is none of ` +
        `${verbs.metadata.nodes.map((n) => n.name).join(", ")}): ` +
        `its accesses are those of node 0, ${verbs.metadata.nodes[0]!.name} (assumed)`,
    );
  const of = verbs.threads
    .map(([n, tid, rows], index) => ({ n, tid, rows, index }))
    .filter((t) => t.n === node);
  if (of.length === 0)
    throw new UserError(
      `${verbs.path}: node ${node} has no rows, so the accesses of ${trace.path} ` +
        "have no thread to run in; replay the traces apart",
    );
  const timed = trace.metadata.clock === "ns" && verbs.metadata.clock === "ns";
  if (!timed)
    notes.push(
      "the traces share no clock: accesses are spread evenly between the calls of their thread (assumed)",
    );
  const threads = new Map<number, { tid: number; rows: number }>();
  let refused = 0;
  if (trace.columns.has("tid")) {
    for (const [tid, rows] of rowsByThread(memory)) {
      const thread = of.find((t) => t.tid === tid);
      if (thread) threads.set(thread.index, { tid, rows });
      else refused += rows;
    }
    if (threads.size === 0)
      throw new UserError(
        `${trace.path}: column tid names no thread of node ${node} of ${verbs.path} ` +
          `(${of.map((t) => t.tid).join(", ")}); give traces of one run, or replay them apart`,
      );
    if (refused > 0) notes.push(`${refused} accesses are refused: their threads make no verbs call`);
  } else {
    const busiest = of.reduce((a, b) => (b.rows > a.rows ? b : a));
    threads.set(busiest.index, { tid: 0, rows: trace.rows });
    if (of.length > 1)
      notes.push(
        "the memory trace does not name threads: its accesses are those of thread " +
          `${busiest.tid}, which has most verbs rows (assumed)`,
      );
  }
  // What reg_mr links must have its frames too.
  const regions = prepared.mrs
    .filter((mr) => mr.node === node && mr.bytes > 0n)
    .map((mr) => ({
      page: Number(mr.start >> 12n),
      pages: Number(((mr.start + mr.bytes + 4095n) >> 12n) - (mr.start >> 12n)),
    }));
  const setup = {
    ...memory.setup,
    pages: footprint(memory.scan, union([...memory.setup.links.ranges, ...regions])),
  };
  return { memory: { ...memory, setup }, node, timed, threads, refused, notes };
}

function rowsByThread({ trace }: PreparedMemory): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { batch, body, at } of trace.bodies()) {
    for (const tid of new Uint32Array(body.buffer, at("tid"), batch.rows))
      counts.set(tid, (counts.get(tid) ?? 0) + 1);
  }
  return counts;
}

/** Feeds each thread its accesses, batch by batch. */
export class CoupledFeed {
  private readonly core: Core;
  private readonly coupling: Coupling;
  private readonly feeds = new Map<number, { feed: ColumnFeed; next: number }>();

  constructor(core: Core, path: Path, coupling: Coupling) {
    const { memory, node, timed, threads } = coupling;
    this.core = core;
    this.coupling = coupling;
    setUpMemory(core, path, memory.setup);
    core.exports.mem_attach_node(node, relinks(path) ? 1 : 0);
    for (const [thread, { tid, rows }] of threads) {
      this.feeds.set(thread, { feed: new ColumnFeed(core, memory.trace, { threads: true }), next: 0 });
      core.exports.mem_attach(
        thread,
        tid,
        timed ? 1 : 0,
        memory.scan.fetches > 0 ? 1 : 0,
        rows >>> 0,
        Math.floor(rows / 2 ** 32),
      );
    }
  }
  /** Gives the thread that the core asks for its next batch. */
  feedNext(): void {
    const thread = this.core.exports.mem_starved(),
      entry = this.feeds.get(thread)!;
    const { batches } = this.coupling.memory.trace,
      batch = batches[entry.next++]!;
    entry.feed.load(batch);
    this.core.exports.mem_feed(thread, batch.rows, entry.next === batches.length ? 1 : 0);
  }
}
