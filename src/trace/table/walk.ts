import type { ArrowField, ArrowType, BufferRegion, RecordBatchHeader } from "../container/messages.js";
import { describe } from "./schema.js";

/** Data buffers of types without children, beside validity; views have a number of their own more. */
const BUFFERS: Partial<Record<ArrowType, number>> = {
  int: 1,
  float: 1,
  bool: 1,
  decimal: 1,
  date: 1,
  time: 1,
  timestamp: 1,
  interval: 1,
  duration: 1,
  fixed_size_binary: 1,
  binary: 2,
  utf8: 2,
  large_binary: 2,
  large_utf8: 2,
  binary_view: 1,
  utf8_view: 1,
  struct: 0,
  fixed_size_list: 0,
  list: 1,
  large_list: 1,
  map: 1,
  list_view: 2,
  large_list_view: 2,
};

/** Goes through the nodes and buffers of a record batch in the order of its fields. */
export class BatchWalk {
  private readonly batch: RecordBatchHeader;
  private readonly refuse: (why: string) => never;
  private node = 0;
  private buffer = 0;
  private views = 0;

  constructor(batch: RecordBatchHeader, refuse: (why: string) => never) {
    this.batch = batch;
    this.refuse = refuse;
  }
  nextNode(column: string): { length: number; nulls: number } {
    return this.batch.nodes[this.node++] ?? this.refuse(`column ${column} is missing in a record batch`);
  }
  nextBuffer(column: string): BufferRegion {
    return this.batch.buffers[this.buffer++] ?? this.refuse(`column ${column} has no buffer`);
  }
  /** Buffers that the next column of views points into. */
  nextViews(column: string): BufferRegion[] {
    const n = this.batch.variadic[this.views++] ?? -1;
    if (!(n >= 0 && n <= this.batch.buffers.length))
      return this.refuse(`column ${column} does not tell its buffers`);
    return Array.from({ length: n }, () => this.nextBuffer(column));
  }
  /** Passes over a column that the table does not have, of whatever type. */
  pass(field: ArrowField): void {
    this.nextNode(field.name);
    if (field.type === "null" && field.dictionary === undefined) return;
    if (field.type === "run_end_encoded") return field.children.forEach((c) => this.pass(c));
    const buffers = field.dictionary === undefined ? BUFFERS[field.type] : 1;
    if (buffers === undefined)
      this.refuse(
        `column ${field.name} of type ${describe(field)} cannot be passed over (leave it out of the file)`,
      );
    for (let i = 0; i <= buffers; i++) this.nextBuffer(field.name);
    if (field.dictionary !== undefined) return;
    if (field.type === "utf8_view" || field.type === "binary_view") this.nextViews(field.name);
    for (const child of field.children) this.pass(child);
  }
  /** Whether all of the batch was seen. */
  get done(): boolean {
    return this.node === this.batch.nodes.length && this.buffer === this.batch.buffers.length;
  }
  get seen(): number {
    return this.buffer;
  }
}
