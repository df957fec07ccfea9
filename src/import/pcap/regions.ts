const WORD = 2 ** 32;

/** Addresses that RDMA touched with one key: halves, since a bigint a message is slow. */
interface Span {
  readonly rkey: number;
  low: number;
  lowHigh: number;
  /** Behind the last byte. */
  end: number;
  endHigh: number;
}
export interface Region {
  low: bigint;
  high: bigint;
}

/** The memory regions of one flow's receiver, in the order in which they were first touched. */
export class Regions {
  private readonly spans = new Map<number, Span>();
  private last: Span | undefined;

  touch(rkey: number, high: number, low: number, bytes: number): void {
    let end = low + bytes,
      endHigh = high;
    if (end >= WORD) {
      end -= WORD;
      endHigh++;
    }
    let span = this.last?.rkey === rkey ? this.last : this.spans.get(rkey);
    if (!span) {
      span = { rkey, low, lowHigh: high, end, endHigh };
      this.spans.set(rkey, span);
    }
    this.last = span;
    if (high < span.lowHigh || (high === span.lowHigh && low < span.low)) {
      span.low = low;
      span.lowHigh = high;
    }
    if (endHigh > span.endHigh || (endHigh === span.endHigh && end > span.end)) {
      span.end = end;
      span.endHigh = endHigh;
    }
  }
  /** Adds them to those of a node. */
  addTo(regions: Map<number, Region>): void {
    for (const { rkey, low, lowHigh, end, endHigh } of this.spans.values()) {
      const from = (BigInt(lowHigh) << 32n) | BigInt(low),
        to = (BigInt(endHigh) << 32n) + BigInt(end),
        region = regions.get(rkey);
      if (!region) regions.set(rkey, { low: from, high: to });
      else {
        if (from < region.low) region.low = from;
        if (to > region.high) region.high = to;
      }
    }
  }
}
