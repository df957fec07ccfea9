const SECOND_NS = 1_000_000_000n;

/** What a timestamp of two 32-bit numbers says. */
export interface Unit {
  /** ns of one in the higher number, and in the lower one. */
  readonly high_ns: bigint;
  readonly low_ns: number;
  /** Ticks a second of the two as one number of 64 bits, where a tick is no whole number of ns; otherwise 0. */
  readonly ticks: bigint;
}

/** Seconds, and microseconds or nanoseconds. */
export const secondsAnd = (nano: boolean): Unit => ({
  high_ns: SECOND_NS,
  low_ns: nano ? 1 : 1000,
  ticks: 0n,
});

/** Ticks in 64 bits. Below a thousand a second, what the lower 32 of them span is no exact number of ns. */
export function ticksOf(ticks: bigint): Unit {
  if (SECOND_NS % ticks !== 0n || ticks < 1000n) return { high_ns: 0n, low_ns: 0, ticks };
  const ns = SECOND_NS / ticks;
  return { high_ns: ns << 32n, low_ns: Number(ns), ticks: 0n };
}

/**
 * The time of the packet at hand, from that of the first packet whose time was asked for: a number, exact below
 * 104 days. A bigint a packet would be slow.
 */
export class Clock {
  high = 0;
  low = 0;
  unit: Unit = secondsAnd(false);
  /** The time that others are from, ns; undefined while none was asked for. */
  origin_ns: bigint | undefined;
  /** From the origin to the lower number's 0, for the last higher one. */
  private base = 0;
  private baseHigh = -1;
  private baseUnit: Unit | undefined;

  /** ns since 1970, as the file has it. */
  exact_ns(): bigint {
    const { high, low, unit } = this;
    if (unit.ticks > 0n) return (((BigInt(high) << 32n) | BigInt(low)) * SECOND_NS) / unit.ticks;
    return BigInt(high) * unit.high_ns + BigInt(low) * BigInt(unit.low_ns);
  }
  /** ns from the origin. */
  now_ns(): number {
    const { unit } = this;
    this.origin_ns ??= this.exact_ns();
    if (unit.ticks > 0n) return Number(this.exact_ns() - this.origin_ns);
    if (this.high !== this.baseHigh || unit !== this.baseUnit) {
      this.baseHigh = this.high;
      this.baseUnit = unit;
      this.base = Number(BigInt(this.high) * unit.high_ns - this.origin_ns);
    }
    return this.base + this.low * unit.low_ns;
  }
}
