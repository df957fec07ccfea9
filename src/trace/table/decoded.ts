import type { BatchInfo, BatchLayout } from "./batch.js";

/**
 * Most bytes of decoded batches that a trace keeps: 17 million rows of memory/1 without optional columns.
 * Each thread that replays has a trace of its own. Batches beyond it are decoded at each reading.
 */
export const KEPT_BYTES = 256 << 20;

/**
 * Batches as the table wants them, kept because a trace is read several times: once for what it holds, and then
 * for each replay. Those that come first stay: readings go from start to end, so that dropping the oldest for
 * the newest would leave none that is still needed.
 */
export class DecodedBatches {
  private readonly batches = new Map<BatchInfo, { layout: BatchLayout; body: Uint8Array }>();
  private left: number;

  constructor(bytes: number) {
    this.left = bytes;
  }
  /** Copies a batch into `target`, if it is here; its layout. */
  read(batch: BatchInfo, target: Uint8Array): BatchLayout | undefined {
    const found = this.batches.get(batch);
    if (found) target.set(found.body);
    return found?.layout;
  }
  /** Keeps a copy of a batch that was read, if there is room. */
  keep(batch: BatchInfo, layout: BatchLayout, target: Uint8Array): void {
    if (layout.bytes > this.left) return;
    this.left -= layout.bytes;
    this.batches.set(batch, { layout, body: target.slice(0, layout.bytes) });
  }
}
