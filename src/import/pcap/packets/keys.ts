/** The golden ratio's bits: neighbouring keys fall far apart. */
const SPREAD = 0x9e3779b1;

/**
 * Numbers keys of a few 32-bit words from 0, in the order in which they first come. A string a packet, as the
 * keys of a Map would be, takes longer than all else that is done with it.
 */
export class Keys {
  /** The key that is asked for: filled before each call. */
  readonly key: Uint32Array;
  count = 0;
  private readonly width: number;
  private words: Uint32Array;
  /** Number of the key in a slot, plus 1; at most half of them are taken. */
  private slots = new Uint32Array(64);

  constructor(width: number) {
    this.width = width;
    this.key = new Uint32Array(width);
    this.words = new Uint32Array(32 * width);
  }
  /** Number of the key; -1 where it was never added. */
  find(): number {
    return this.slots[this.slot(this.key, 0)]! - 1;
  }
  /** Number of the key, which is there from now on. */
  add(): number {
    const slot = this.slot(this.key, 0);
    if (this.slots[slot]! > 0) return this.slots[slot]! - 1;
    this.words.set(this.key, this.count * this.width);
    this.slots[slot] = ++this.count;
    if (2 * this.count === this.slots.length) this.grow();
    return this.count - 1;
  }
  /** A word of a key that was added. */
  word(number: number, at: number): number {
    return this.words[number * this.width + at]!;
  }

  /** Where the key at `from` is, or would be. */
  private slot(key: Uint32Array, from: number): number {
    const { width, words, slots } = this,
      mask = slots.length - 1;
    let hash = 0;
    for (let i = 0; i < width; i++) {
      hash = Math.imul(hash ^ key[from + i]!, SPREAD);
      hash ^= hash >>> 15;
    }
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = (slots[slot]! - 1) * width;
      if (at < 0) return slot;
      let i = 0;
      while (i < width && words[at + i] === key[from + i]) i++;
      if (i === width) return slot;
    }
  }
  private grow(): void {
    const words = new Uint32Array(2 * this.words.length);
    words.set(this.words);
    this.words = words;
    this.slots = new Uint32Array(2 * this.slots.length);
    for (let n = 0; n < this.count; n++) this.slots[this.slot(words, n * this.width)] = n + 1;
  }
}
