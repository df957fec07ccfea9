/** One moment on the recorder's clock and on the system's. */
export interface Moment {
  ticks: bigint;
  ns: bigint;
}

/** Moments closer than this say nothing new about the clock's rate; reading two clocks takes some 100 ns. */
const APART_NS = 50_000_000n;

/** Turns ticks into nanoseconds, piece by piece between the moments that the recorder noted. */
export class Ticks {
  private readonly moments: readonly Moment[];
  private pieces: { from: Moment; to: bigint; rate: number }[] | undefined;
  private at = 0;

  /** The list may grow until the first conversion. */
  constructor(moments: readonly Moment[]) {
    this.moments = moments;
  }
  ns(ticks: bigint): bigint {
    const pieces = (this.pieces ??= this.divide());
    while (this.at > 0 && ticks < pieces[this.at]!.from.ticks) this.at--;
    while (this.at < pieces.length - 1 && ticks >= pieces[this.at]!.to) this.at++;
    const { from, rate } = pieces[this.at]!;
    const ns = from.ns + BigInt(Math.round(Number(ticks - from.ticks) * rate));
    return ns > 0n ? ns : 0n;
  }
  /** Length of a span of ticks near the last conversion. */
  span(ticks: number): number {
    return Math.round(ticks * (this.pieces ??= this.divide())[this.at]!.rate);
  }

  private divide(): { from: Moment; to: bigint; rate: number }[] {
    const sorted = [...this.moments].sort((a, b) => (a.ticks < b.ticks ? -1 : a.ticks > b.ticks ? 1 : 0));
    const last = sorted.at(-1)!;
    const kept = [sorted[0]!];
    for (const m of sorted)
      if (m.ns - kept.at(-1)!.ns >= APART_NS && m.ticks > kept.at(-1)!.ticks) kept.push(m);
    // The end of a short recording is the only other moment there is.
    if (kept.length === 1 && last.ticks > kept[0]!.ticks && last.ns > kept[0]!.ns) kept.push(last);
    const pieces = kept.slice(1).map((to, i) => {
      const from = kept[i]!;
      return { from, to: to.ticks, rate: Number(to.ns - from.ns) / Number(to.ticks - from.ticks) };
    });
    return pieces.length > 0 ? pieces : [{ from: kept[0]!, to: kept[0]!.ticks, rate: 1 }];
  }
}
