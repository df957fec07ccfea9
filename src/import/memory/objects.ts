import { droppedNote } from "./absent.js";

/**
 * Caches know objects, not addresses. Each is given a place of its own: its id, modulo 2^44, times 4 KiB,
 * so that the same object is the same pages, and objects of up to 4 KiB share none unless their ids do.
 */
const ID_BITS_HIGH = 12;
/** The largest access that a trace can hold. */
const MOST_BYTES = 0xffff;

/** Where objects of a cache trace are placed in memory, and what of them is not. */
export class Objects {
  low = 0;
  high = 0;
  size = 0;
  private large = 0;
  private folded = 0;
  private empty = 0;

  /** Places an object; false when it has no bytes. `high` and `low` are the halves of its id. */
  place(low: number, high: number, bytes: number): boolean {
    if (bytes === 0) {
      this.empty++;
      return false;
    }
    if (high >= 1 << ID_BITS_HIGH) this.folded++;
    this.low = (low << 12) >>> 0;
    this.high = ((((high & ((1 << ID_BITS_HIGH) - 1)) << 12) >>> 0) | (low >>> 20)) >>> 0;
    if (bytes > MOST_BYTES) this.large++;
    this.size = Math.min(bytes, MOST_BYTES);
    return true;
  }
  notes(): string[] {
    return [
      ...droppedNote(this.empty, "request", "their object has no bytes"),
      ...(this.folded === 0 ? [] : [`${this.folded} requests are of ids above 2^44, which may share places`]),
      ...(this.large === 0
        ? []
        : [`${this.large} requests are of objects larger than ${MOST_BYTES} bytes: so many are accessed`]),
    ];
  }
}
export const OBJECT_LOST: readonly string[] = [
  "these are requests to a cache: objects have ids, no addresses, so each is placed at its id × 4 KiB " +
    "(assumed): reuse is what was recorded, neighbourhood is not",
  "which requests write is not recorded: all are loads (assumed)",
];
