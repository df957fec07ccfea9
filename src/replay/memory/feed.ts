import type { Core } from "../../core/instance.js";
import type { BatchInfo, MemoryTrace } from "../../trace/read.js";

/** Columns in the order of the core's column block; those that a trace lacks are 0 there. */
const COLUMNS = ["vaddr", "size", "kind", "gap", "tid", "t"] as const;

/** Puts batches of a memory trace into the core's memory, one after the other in the same place. */
export class ColumnFeed {
  private readonly core: Core;
  private readonly trace: MemoryTrace;
  private readonly names: ReadonlySet<string>;
  private readonly body: number;
  private readonly bytes: number;
  private layout: Record<string, { offset: number }[]> = {};

  /** `threads`: the core runs one thread's rows at a time; otherwise those of all, in order (M6.3). */
  constructor(core: Core, trace: MemoryTrace, { threads }: { threads: boolean }) {
    this.core = core;
    this.trace = trace;
    this.names = new Set(COLUMNS.filter((name) => threads || name !== "tid"));
    this.bytes = Math.max(0, ...trace.batches.map((b) => trace.batchLayout(b).bytes)) + 64;
    this.body = core.alloc(this.bytes);
  }
  /** Reads a batch and makes it the one that the core runs. */
  load(batch: BatchInfo): void {
    this.layout = this.trace.readBody(batch, this.core.bytes(this.body, this.bytes)).columns;
    this.select();
  }
  /** Makes the batch read last the one that the core runs, after another feed had its turn. */
  select(): void {
    const words = this.core.u32(this.core.exports.mem_columns_ptr(), COLUMNS.length);
    COLUMNS.forEach((name, i) => {
      const column = this.names.has(name) ? this.layout[name] : undefined;
      words[i] = column ? this.body + column[0]!.offset : 0;
    });
  }
}
