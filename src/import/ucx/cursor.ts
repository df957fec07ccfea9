const ZERO = 48,
  NINE = 57,
  /**
   * From here on sums of addresses and lengths are not exact in 53 bits; neither the addresses of programs nor
   * counters of work requests come near.
   */
  TOO_LARGE = 2 ** 52;
/** Value of each lower-case hexadecimal digit, as printf writes them; 16 of other bytes. */
const DIGIT = new Uint8Array(256).fill(16);
for (let i = 0; i < 16; i++) DIGIT[i.toString(16).charCodeAt(0)] = i;

/** Bytes of a text that is looked for. */
export const word = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

/** A place in a line, which passes over words and numbers as long as they are what is expected. */
export class Cursor {
  bytes: Uint8Array = new Uint8Array();
  at = 0;
  to = 0;

  /** Passes over `text` if it stands here. */
  pass(text: Uint8Array): boolean {
    const { bytes, at } = this,
      { length } = text;
    if (at + length > this.to) return false;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== text[i]) return false;
    this.at = at + length;
    return true;
  }
  /** Passes over digits of a hexadecimal number; -1 where there are none or too many. */
  hex(): number {
    const { bytes, to } = this;
    let { at } = this,
      value = 0;
    const from = at;
    for (; at < to; at++) {
      const digit = DIGIT[bytes[at]!]!;
      if (digit === 16) break;
      value = value * 16 + digit;
    }
    this.at = at;
    return at === from || value >= TOO_LARGE ? -1 : value;
  }
  /** The same of a decimal number without a sign. */
  decimal(): number {
    const { bytes, to } = this;
    let { at } = this,
      value = 0;
    const from = at;
    for (; at < to; at++) {
      const byte = bytes[at]!;
      if (byte < ZERO || byte > NINE) break;
      value = value * 10 + byte - ZERO;
    }
    this.at = at;
    return at === from || value >= TOO_LARGE ? -1 : value;
  }
  /** Passes over everything up to `byte` and over it; false where the line ends before. */
  passTo(byte: number): boolean {
    while (this.at < this.to) if (this.bytes[this.at++] === byte) return true;
    return false;
  }
  /** Passes over bytes that are `byte`. */
  passAll(byte: number): void {
    while (this.at < this.to && this.bytes[this.at] === byte) this.at++;
  }
}
