/** Bytes, sequence numbers that it takes at most, and its first sequence number with the opcode above it. */
const WORDS = 3,
  BYTES = 0,
  PSNS = 1,
  PSN = 2;
const PSN_BITS = 24,
  MASK = 0xffffff;

/** Messages of a connection that no answer completed yet, oldest first, in a ring of 12 bytes each. */
export class Unanswered {
  length = 0;
  private first = 0;
  private ring = new Uint32Array(16 * WORDS);
  private mask = 15;

  push(psn: number, psns: number, bytes: number, opcode: number): void {
    if (this.length > this.mask) this.grow();
    const at = ((this.first + this.length++) & this.mask) * WORDS;
    this.ring[at + BYTES] = bytes;
    this.ring[at + PSNS] = psns;
    this.ring[at + PSN] = psn | (opcode << PSN_BITS);
  }
  /** Forgets the oldest. */
  shift(): void {
    this.first = (this.first + 1) & this.mask;
    this.length--;
  }
  psn(i: number): number {
    return this.word(i, PSN) & MASK;
  }
  opcode(i: number): number {
    return this.word(i, PSN) >>> PSN_BITS;
  }
  psns(i: number): number {
    return this.word(i, PSNS);
  }
  bytes(i: number): number {
    return this.word(i, BYTES);
  }
  /** Whether one of them takes this sequence number; the newest are the likeliest. */
  has(psn: number): boolean {
    for (let i = this.length - 1; i >= 0; i--) if (((psn - this.psn(i)) & MASK) < this.psns(i)) return true;
    return false;
  }

  private word(i: number, which: number): number {
    return this.ring[((this.first + i) & this.mask) * WORDS + which]!;
  }
  private grow(): void {
    const old = this.ring,
      from = this.first * WORDS;
    this.ring = new Uint32Array(2 * old.length);
    this.ring.set(old.subarray(from));
    this.ring.set(old.subarray(0, from), old.length - from);
    this.first = 0;
    this.mask = 2 * this.mask + 1;
  }
}
