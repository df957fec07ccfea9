const COMMA = 44,
  SPACE = 32,
  TAB = 9,
  ZERO = 48,
  LETTER_X = 120,
  LOWER = 32;
const HALF = 2 ** 32;
const HEX = new Int8Array(256).fill(-1);
for (const [i, digit] of [..."0123456789abcdef"].entries())
  HEX[digit.charCodeAt(0)] = HEX[digit.toUpperCase().charCodeAt(0)] = i;

/** Numbers of a line, without bigints and strings: a recording has many millions of lines. */
export class Cursor {
  at = 0;
  /** The halves of the last hexadecimal number. */
  low = 0;
  high = 0;

  /** Reads hexadecimal digits; false when there are none or more than 16 that count. */
  hex(bytes: Uint8Array, to: number): boolean {
    const start = this.at;
    let i = start;
    while (i < to && bytes[i] === ZERO) i++;
    const first = i,
      middle = Math.min(to, first + 8);
    // Eight digits fill a half: those of the upper half come first, if there are more.
    let upper = 0,
      lower = 0,
      digit = 0;
    for (; i < middle && (digit = HEX[bytes[i]!]!) >= 0; i++) upper = (upper << 4) | digit;
    if (i === first + 8) for (; i < to && (digit = HEX[bytes[i]!]!) >= 0; i++) lower = (lower << 4) | digit;
    const more = i - first - 8;
    this.at = i;
    if (more <= 0) {
      this.low = upper >>> 0;
      this.high = 0;
      return i > start;
    }
    const shift = 4 * more;
    this.low = (more === 8 ? lower : (upper << shift) | lower) >>> 0;
    this.high = (more === 8 ? upper : upper >>> (32 - shift)) >>> 0;
    return more <= 8;
  }
  /** Reads decimal digits; -1 when there are none, infinite when the number is too large to be exact. */
  decimal(bytes: Uint8Array, to: number): number {
    let i = this.at,
      value = 0;
    for (; i < to; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const some = i > this.at;
    this.at = i;
    return !some ? -1 : value <= Number.MAX_SAFE_INTEGER ? value : Infinity;
  }
  /** Hexadecimal digits with or without 0x before them; false as for `hex`. */
  prefixed(bytes: Uint8Array, to: number): boolean {
    if (bytes[this.at] === ZERO && this.at + 1 < to && (bytes[this.at + 1]! | LOWER) === LETTER_X)
      this.at += 2;
    return this.hex(bytes, to);
  }
  /** Reads decimal digits of up to 64 bits into the halves; false when there are none or too many. */
  wide(bytes: Uint8Array, to: number): boolean {
    const start = this.at,
      value = this.decimal(bytes, to);
    if (value < 0) return false;
    if (value !== Infinity) {
      this.low = value >>> 0;
      this.high = (value - this.low) / HALF;
      return true;
    }
    let low = 0,
      high = 0;
    for (let i = start; i < this.at; i++) {
      low = low * 10 + bytes[i]! - ZERO;
      const carry = Math.floor(low / HALF);
      low -= carry * HALF;
      high = high * 10 + carry;
      if (high >= HALF) return false;
    }
    this.low = low;
    this.high = high;
    return true;
  }
  /** Passes over spaces and tabs; false when there are none. */
  spaces(bytes: Uint8Array, to: number): boolean {
    const start = this.at;
    while (this.at < to && (bytes[this.at] === SPACE || bytes[this.at] === TAB)) this.at++;
    return this.at > start;
  }
  /** Passes over one byte; false when another is there. */
  byte(bytes: Uint8Array, to: number, wanted: number): boolean {
    if (this.at >= to || bytes[this.at] !== wanted) return false;
    this.at++;
    return true;
  }
  /** Passes over these bytes; false, and where it was, when others are there. */
  word(bytes: Uint8Array, to: number, wanted: Uint8Array): boolean {
    if (this.at + wanted.length > to) return false;
    for (let i = 0; i < wanted.length; i++) if (bytes[this.at + i] !== wanted[i]) return false;
    this.at += wanted.length;
    return true;
  }
  comma(bytes: Uint8Array, to: number): boolean {
    if (this.at >= to || bytes[this.at] !== COMMA) return false;
    this.at++;
    return true;
  }
}

const MAX_SIZE = 65535;

interface Misfit {
  column: "address" | "size";
  value: string;
  why: string;
}
/** What is wrong with an access, if anything: the column, and what it should be. */
export function misfit(low: number, high: number, size: number): Misfit | undefined {
  if (size < 1 || size > MAX_SIZE)
    return { column: "size", value: String(size), why: `must be 1 to ${MAX_SIZE} bytes` };
  const top = high >>> 24; // bits 56 to 63
  if (top === 0 && high < 0xffffff) return undefined;
  if (top !== 0 && top !== 0xff)
    return badAddress(low, high, "is not canonical: bits 56 to 63 must be equal");
  const last = low + size - 1,
    carried = high + (last >= 2 ** 32 ? 1 : 0);
  if (carried === 2 ** 32) return badAddress(low, high, `wraps the address space with its ${size} bytes`);
  if (carried >>> 24 !== top)
    return badAddress(low, high, `is not canonical at the end of its ${size} bytes`);
  return undefined;
}
function badAddress(low: number, high: number, why: string): Misfit {
  return { column: "address", value: `0x${((BigInt(high) << 32n) | BigInt(low)).toString(16)}`, why };
}
