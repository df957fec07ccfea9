/** XXH32 with seed 0, the checksum of LZ4 frames (xxHash's specification, doc/xxhash_spec.md), for data in pieces. */
const P1 = 0x9e3779b1,
  P2 = 0x85ebca77,
  P3 = 0xc2b2ae3d,
  P4 = 0x27d4eb2f,
  P5 = 0x165667b1;
const STRIPE = 16;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const round = (lane: number, input: number): number =>
  Math.imul(rotate((lane + Math.imul(input, P2)) | 0, 13), P1);

export class Xxh32 {
  private readonly lanes = Int32Array.of(P1 + P2, P2, 0, -P1);
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
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (; at + STRIPE <= bytes.length; at += STRIPE) this.stripe(view, at);
    this.rest.set(bytes.subarray(at));
    this.held = bytes.length - at;
  }
  /** The hash of all bytes; nothing may be added after it. */
  digest(): number {
    const [a, b, c, d] = this.lanes as unknown as [number, number, number, number];
    let hash = this.total >= STRIPE ? rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18) : P5;
    hash = (hash + this.total) | 0;
    let at = 0;
    for (; at + 4 <= this.held; at += 4)
      hash = Math.imul(rotate((hash + Math.imul(this.words.getInt32(at, true), P3)) | 0, 17), P4);
    for (; at < this.held; at++) hash = Math.imul(rotate((hash + Math.imul(this.rest[at]!, P5)) | 0, 11), P1);
    hash = Math.imul(hash ^ (hash >>> 15), P2);
    hash = Math.imul(hash ^ (hash >>> 13), P3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
  private stripe(view: DataView, at: number): void {
    const { lanes } = this;
    for (let i = 0; i < 4; i++) lanes[i] = round(lanes[i]!, view.getInt32(at + 4 * i, true));
  }
}
