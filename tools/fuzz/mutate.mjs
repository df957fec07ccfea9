/** A generator of numbers that a seed settles (xorshift32). */
export function randomOf(seed) {
  let x = (seed * 2654435761) >>> 0 || 1;
  return (n) => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x % n;
  };
}

const MOST_BYTES = 1 << 14;
const BYTES = [0, 1, 9, 10, 13, 32, 45, 48, 57, 127, 128, 255];
const TEXTS = [
  "-1",
  "0",
  "0x",
  "18446744073709551615",
  "18446744073709551616",
  "4294967296",
  "1e9",
  "NaN",
  "\n\n",
  '"',
].map((t) => Buffer.from(t));

/** One to five changes: bits, bytes, pieces left out, repeated, put elsewhere, or taken from another input. */
export function mutated(input, other, random) {
  let bytes = Buffer.from(input);
  for (let n = 1 + random(5); n > 0 && bytes.length > 0; n--) {
    const at = random(bytes.length),
      length = 1 + random(Math.min(64, bytes.length - at)),
      piece = bytes.subarray(at, at + length);
    const instead = (middle, end) => Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(end)]);
    const from = random(other.length + 1);
    switch (random(8)) {
      case 0:
        bytes[at] ^= 1 << random(8);
        break;
      case 1:
        bytes[at] = BYTES[random(BYTES.length)];
        break;
      case 2:
        bytes = instead(Buffer.alloc(0), at + length);
        break;
      case 3:
        bytes = instead(piece, at);
        break;
      case 4:
        bytes = instead(TEXTS[random(TEXTS.length)], random(2) ? at : at + length);
        break;
      case 5:
        bytes = instead(other.subarray(from, from + 1 + random(256)), random(2) ? at : at + length);
        break;
      case 6:
        if (at + 8 <= bytes.length) bytes.writeBigUInt64LE(BigInt.asUintN(64, -1n << BigInt(random(64))), at);
        break;
      default:
        bytes = bytes.subarray(0, at);
    }
  }
  return bytes.subarray(0, MOST_BYTES);
}
