import type { Batch } from "../../trace/table/columns.js";
import type { ThreadRows } from "../../trace/table/metadata.js";
import { BATCH_ROWS, checkBatchRows, type VerbsBatches } from "../../trace/verbs/columns-builder.js";
import { DataRows } from "../../trace/verbs/data-rows.js";
import { Earliest } from "./events/earliest.js";
import type { Events } from "./events/events.js";
import { type NodeRows, TID } from "./node-rows.js";

/**
 * The rows of all nodes by time, as `interleave` puts them, made while they are written: once, and in one batch
 * whose arrays are used again.
 */
export class PcapRows implements VerbsBatches {
  rows = 0;
  private readonly nodes: readonly NodeRows[];
  private readonly events: Events;
  private readonly origin_ns: bigint;
  private readonly batchRows: number;

  constructor(nodes: readonly NodeRows[], events: Events, origin_ns: bigint, batchRows = BATCH_ROWS) {
    checkBatchRows(batchRows);
    this.nodes = nodes;
    this.events = events;
    this.origin_ns = origin_ns;
    this.batchRows = batchRows;
  }
  get batches(): Iterable<Batch> {
    return this.made();
  }
  threads(): ThreadRows[] {
    return this.nodes.map(({ number, calls }): ThreadRows => [number, TID, calls]);
  }
  close(): void {
    this.events.close();
  }

  private *made(): Generator<Batch, void> {
    const rows = new DataRows(this.batchRows, this.origin_ns, TID),
      order = new Earliest(this.nodes);
    while (order.first) {
      fill(rows, order);
      this.rows = rows.total;
      yield rows.batch;
      rows.clear();
    }
  }
}

function fill(rows: DataRows, order: Earliest<NodeRows>): void {
  for (let node = order.first; node && !rows.full; node = order.first) {
    node.add(rows);
    if (node.done) order.ended();
    else order.moved();
  }
}
