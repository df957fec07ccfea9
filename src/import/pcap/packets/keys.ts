/** The golden ratio's bits: neighbouring keys fall far apart. */
const SPREAD = 0x9e3779b1;
/** Words of a key. */
const WIDTH = 5;

/**
 * Numbers keys of up to five 32-bit words from 0, in the order in which they first come. A string a packet, as the
 * keys of a Map would be, takes longer than all else that is done with it; so would loops over the words.
 */
export class Keys {
  count = 0;
  private words = new Int32Array(32 * WIDTH);
  /** Number of the key in a slot, plus 1; at most half of them are taken. */
  private slots = new Int32Array(64);

  /** Number of the key; -1 where it was never added. */
  find(a: number, b: number, c = 0, d = 0, e = 0): number {
    return this.slots[this.slot(a | 0, b | 0, c | 0, d | 0, e | 0)]! - 1;
  }
  /** Number of the key, which is there from now on. */
  add(a: number, b: number, c = 0, d = 0, e = 0): number {
    const slot = this.slot(a | 0, b | 0, c | 0, d | 0, e | 0),
      number = this.slots[slot]! - 1;
    if (number >= 0) return number;
    const at = this.count * WIDTH;
    this.words[at] = a;
    this.words[at + 1] = b;
    this.words[at + 2] = c;
    this.words[at + 3] = d;
    this.words[at + 4] = e;
    this.slots[slot] = ++this.count;
    if (2 * this.count === this.slots.length) this.grow();
    return this.count - 1;
  }
  /** The words of a key that was added. */
  key(number: number): Uint32Array {
    return Uint32Array.from(this.words.subarray(number * WIDTH, (number + 1) * WIDTH));
  }

  /** Where a key is, or would be. */
  private slot(a: number, b: number, c: number, d: number, e: number): number {
    const { words, slots } = this,
      mask = slots.length - 1;
    let hash = Math.imul(a, SPREAD);
    hash = Math.imul(hash ^ (hash >>> 15) ^ b, SPREAD);
    hash = Math.imul(hash ^ (hash >>> 15) ^ c, SPREAD);
    hash = Math.imul(hash ^ (hash >>> 15) ^ d, SPREAD);
    hash = Math.imul(hash ^ (hash >>> 15) ^ e, SPREAD);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const at = (slots[slot]! - 1) * WIDTH;
      if (at < 0) return slot;
      if (
        words[at] === a &&
        words[at + 1] === b &&
        words[at + 2] === c &&
        words[at + 3] === d &&
        words[at + 4] === e
      )
        return slot;
    }
  }
  private grow(): void {
    const words = new Int32Array(2 * this.words.length);
    words.set(this.words);
    this.words = words;
    this.slots = new Int32Array(2 * this.slots.length);
    for (let n = 0, at = 0; n < this.count; n++, at += WIDTH)
      this.slots[this.slot(words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, words[at + 4]!)] =
        n + 1;
  }
}
