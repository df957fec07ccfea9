/**
 * XXH64 with seed 0, the checksum of zstd frames (RFC 8878, 3.1.1), for data that come in pieces.
 * 64-bit words are pairs of 32-bit halves, named a value and its high half: bigints are many times as slow.
 */
const P1 = 0x85ebca87,
  P1H = 0x9e3779b1,
  P2 = 0x27d4eb4f,
  P2H = 0xc2b2ae3d,
  P3 = 0x9e3779f9,
  P3H = 0x165667b1,
  P4 = 0xc2b2ae63,
  P4H = 0x85ebca77,
  P5 = 0x165667c5,
  P5H = 0x27d4eb2f;
const STRIPE = 32;

/** High half of the product of two low halves, from their 16-bit pieces. */
function carried(a: number, b: number): number {
  const a0 = a & 0xffff,
    a1 = a >>> 16,
    b0 = b & 0xffff,
    b1 = b >>> 16;
  const low = Math.imul(a0, b0) >>> 16,
    middle = (Math.imul(a1, b0) >>> 0) + low,
    cross = (Math.imul(a0, b1) >>> 0) + (middle & 0xffff);
  return (Math.imul(a1, b1) + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}

export class Xxh64 {
  /** The word at hand. */
  private low = 0;
  private high = 0;
  /** Four accumulators; they start at P1 + P2, P2, 0 (the seed) and −P1. */
  private readonly lanes = Int32Array.of(P1 + P2, P1H + P2H, P2, P2H, 0, 0, -P1, ~P1H);
  private readonly rest = new Uint8Array(STRIPE);
  private readonly words = new DataView(this.rest.buffer);
  private held = 0;
  private total = 0;

  update(bytes: Uint8Array): void {
    this.total += bytes.length;
    let at = 0;
    if (this.held > 0) {
      at = Math.min(STRIPE - this.held, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.held);
      this.held += at;
      if (this.held < STRIPE) return;
      this.stripe(this.words, 0);
      this.held = 0;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + STRIPE <= bytes.length; at += STRIPE) this.stripe(view, at);
    this.rest.set(bytes.subarray(at));
    this.held = bytes.length - at;
  }
  /** The hash of all bytes; nothing may be added after it. */
  digest(): bigint {
    if (this.total >= STRIPE) this.merge();
    else this.set(P5, P5H);
    this.add(this.total | 0, Math.floor(this.total / 2 ** 32));
    let at = 0;
    for (; at + 8 <= this.held; at += 8)
      this.mixRound(this.words.getInt32(at, true), this.words.getInt32(at + 4, true), 27);
    if (at + 4 <= this.held) {
      this.mixIn(this.words.getInt32(at, true), P1, P1H, 23, P2, P2H);
      this.add(P3, P3H);
      at += 4;
    }
    for (; at < this.held; at++) this.mixIn(this.rest[at]!, P5, P5H, 11, P1, P1H);
    this.shiftXor(33);
    this.multiply(P2, P2H);
    this.shiftXor(29);
    this.multiply(P3, P3H);
    this.shiftXor(32);
    return (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0);
  }

  private stripe(view: DataView, at: number): void {
    const { lanes } = this;
    for (let i = 0; i < 8; i += 2, at += 8) {
      this.round(lanes[i]!, lanes[i + 1]!, view.getInt32(at, true), view.getInt32(at + 4, true));
      lanes[i] = this.low;
      lanes[i + 1] = this.high;
    }
  }
  /** rotl(word + input × P2, 31) × P1 */
  private round(low: number, high: number, input: number, inputHigh: number): void {
    this.set(input, inputHigh);
    this.multiply(P2, P2H);
    this.add(low, high);
    this.rotate(31);
    this.multiply(P1, P1H);
  }
  private merge(): void {
    const { lanes } = this;
    let low = 0,
      high = 0;
    [1, 7, 12, 18].forEach((turns, lane) => {
      this.set(lanes[2 * lane]!, lanes[2 * lane + 1]!);
      this.rotate(turns);
      this.add(low, high);
      ({ low, high } = this);
    });
    for (let i = 0; i < 8; i += 2) this.mixRound(lanes[i]!, lanes[i + 1]!, 0);
  }
  /** rotl(word ^ round(0, input), turns) × P1 + P4 */
  private mixRound(input: number, inputHigh: number, turns: number): void {
    const { low, high } = this;
    this.round(0, 0, input, inputHigh);
    this.xor(low, high);
    if (turns > 0) this.rotate(turns);
    this.multiply(P1, P1H);
    this.add(P4, P4H);
  }
  /** rotl(word ^ value × by, turns) × then */
  private mixIn(
    value: number,
    by: number,
    byHigh: number,
    turns: number,
    then: number,
    thenHigh: number,
  ): void {
    const { low, high } = this;
    this.set(value, 0);
    this.multiply(by, byHigh);
    this.xor(low, high);
    this.rotate(turns);
    this.multiply(then, thenHigh);
  }

  private set(low: number, high: number): void {
    this.low = low | 0;
    this.high = high | 0;
  }
  private add(low: number, high: number): void {
    const sum = (this.low + low) | 0;
    this.high = (this.high + high + (sum >>> 0 < low >>> 0 ? 1 : 0)) | 0;
    this.low = sum;
  }
  private xor(low: number, high: number): void {
    this.set(this.low ^ low, this.high ^ high);
  }
  private rotate(turns: number): void {
    const { low, high } = this;
    this.set((low << turns) | (high >>> (32 - turns)), (high << turns) | (low >>> (32 - turns)));
  }
  private shiftXor(by: number): void {
    const { low, high } = this;
    if (by < 32) this.xor((low >>> by) | (high << (32 - by)), high >>> by);
    else this.xor(high >>> (by - 32), 0);
  }
  private multiply(low: number, high: number): void {
    const a = this.low;
    this.high = (carried(a, low) + Math.imul(a, high) + Math.imul(this.high, low)) | 0;
    this.low = Math.imul(a, low);
  }
}
